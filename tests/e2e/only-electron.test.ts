import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { proportionalMb } from '../bench/machine.ts';
import { realElectron } from '../fixtures/e2e/app.ts';
import { builtApp } from '../fixtures/e2e/app-build.ts';
import { createNodeWorld, type NodeWorld } from '../fixtures/e2e/app-node.ts';
import { until } from '../fixtures/e2e/until.ts';

/*
 * What the test host cannot show, by name: it calls what Electron is called with, and no more. Where a real
 * Electron is, the rest of this folder runs on it too.
 */

/** To be seen by a person: no program can tell from inside. */
const byHand = [
  'the tray icon is drawn in every state, light and dark on Linux, as a template on macOS, and its menu opens',
  'closing the last window leaves the tray, and on macOS the Dock icon goes and comes back',
  'a desktop without tray icons is told once, and its window is minimised instead of closed',
  'macOS asks for the login item, System Settings shows it, and requires-approval is told',
  'the autostart entry starts the AppImage hidden after a login, and after the AppImage was moved',
  'the computer does not sleep by itself while the node is online, and does when that is switched off',
  'after a sleep the first heartbeat leaves at once',
  'notifications appear, and a click opens the window',
  'parallelix-operator:// links open the app from a browser, running or not',
  'the system’s own dialogs for opening and saving files appear over the window',
  'the keychain of the desktop opens from Electron’s own process, and asks when it is locked',
  'the fuses of a package are as electron/desktop/checklist.ts wants them',
  'the sandbox of the renderer holds with Chromium’s own sandbox on',
] as const;

describe('only a person at a real desktop can see that', () => {
  test.for(byHand)('%s', (_what, context) => context.skip('to be seen by a person at a real desktop'));
});

describe('a real Electron', () => {
  const worlds: NodeWorld[] = [];
  afterEach(async () => {
    for (const world of worlds.splice(0)) await world.clean();
  });

  test('with all windows closed stays within 200 MB of memory, and starts no process for graphics', async (context) => {
    if (realElectron.missing !== null) return context.skip(realElectron.missing);
    if (process.platform !== 'linux') return context.skip('memory is read from /proc');
    const world = await createNodeWorld(realElectron, { main: await builtApp({ interface: 'product' }) });
    worlds.push(world);
    const app = await world.launch();
    await (await app.page()).locator('[data-state="ready"]').waitFor();
    const pid = await app.evaluate(() => process.pid);
    await app.evaluate(({ BrowserWindow }) => {
      for (const window of BrowserWindow.getAllWindows()) window.close();
    });
    await until('no window', async () =>
      app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length === 0),
    );
    const all = familyOf(pid);
    expect(all.filter(({ args }) => args.includes('--type=gpu-process'))).toEqual([]);
    const total = all.reduce((sum, process) => sum + proportionalMb(process.pid), 0);
    expect(total).toBeLessThanOrEqual(200);
  });
});

/** A process and everything it started. */
function familyOf(pid: number): { pid: number; args: string }[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        return [{ pid: Number(name), parent, args: readFileSync(`/proc/${name}/cmdline`, 'utf8') }];
      } catch {
        return [];
      }
    });
  const members = (of: number): { pid: number; args: string }[] =>
    all.filter(({ parent }) => parent === of).flatMap((child) => [child, ...members(child.pid)]);
  return [...all.filter((one) => one.pid === pid), ...members(pid)];
}
