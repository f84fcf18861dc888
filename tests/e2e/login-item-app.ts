import { app } from 'electron';
import { createLoginItem } from '../../electron/desktop/session/login-item.ts';

/** Run under the test host: the login item as on macOS, for each thing that the system may say of it. */
const host = app as unknown as { hostLoginItem: { status: string; wasOpenedAtLogin: boolean } };
const make = () =>
  createLoginItem({ platform: 'darwin', env: {}, homeDir: '/nonexistent', isInstalled: true, args: [] });
const seen: Record<string, unknown> = {};
const report = async () => {
  for (const status of ['not-registered', 'enabled', 'requires-approval', 'not-found']) {
    host.hostLoginItem.status = status;
    seen[status] = await make().look();
  }
  host.hostLoginItem.wasOpenedAtLogin = true;
  seen.atLogin = make().startedAtLogin;
  const item = make();
  seen.on = await item.set(true);
  seen.off = await item.set(false);
  return seen;
};
Object.assign(globalThis, { report });
