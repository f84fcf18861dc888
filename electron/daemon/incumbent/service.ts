import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { OfficialAction } from '../../../shared/errors.ts';
import { NodeError } from '../../../shared/errors.ts';
import type { RunTool } from '../system/run-tool.ts';
import { faultOf } from '../system/service-manager/tool-fault.ts';
import { officialAgent, officialUnit } from './run.ts';

export type OfficialServiceKind = 'systemd-unit' | 'launchd-agent';

/** The service of the official client, as its own installer set it up [network.md 12]. */
export interface OfficialService {
  readonly kind: OfficialServiceKind;
  readonly name: string;
  /** Whether it starts by itself with the computer. */
  isEnabled(): Promise<boolean>;
  /**
   * Ends it and, on macOS in the same step, keeps it from starting again.
   *
   * @throws NodeError (each method) `official-service-failed` with what the service manager said
   */
  stop(): Promise<void>;
  disable(): Promise<void>;
  enable(): Promise<void>;
  start(): Promise<void>;
}

/** Whether the official client's installer put a service here, running or not [network.md 12]. */
export function hasOfficialService(options: {
  platform: NodeJS.Platform;
  homeDir: string;
  root?: string;
}): boolean {
  const { platform, homeDir, root = '/' } = options;
  return platform === 'darwin'
    ? existsSync(join(homeDir, 'Library', 'LaunchAgents', `${officialAgent}.plist`))
    : existsSync(join(root, 'etc', 'systemd', 'system', `${officialUnit}.service`));
}

/** Stopping waits for the daemon to end, at most as long as systemd gives it. */
const actionTimeoutMs = 100_000;

export function officialService(
  kind: OfficialServiceKind,
  options: { homeDir: string },
  modules: { runTool: RunTool },
): OfficialService {
  const { runTool } = modules;
  const name = kind === 'systemd-unit' ? `${officialUnit}.service` : officialAgent;
  const act = async (action: OfficialAction, tool: string, args: readonly string[]) => {
    const outcome = await runTool(tool, args, { timeoutMs: actionTimeoutMs });
    const reason = faultOf(outcome);
    if (reason !== null) throw new NodeError('official-service-failed', { action, name, reason });
  };
  if (kind === 'systemd-unit') {
    return {
      kind,
      name,
      async isEnabled() {
        const asked = await runTool('systemctl', ['is-enabled', name], { timeoutMs: 5000 });
        return asked.kind === 'ran';
      },
      stop: () => act('stop', 'systemctl', ['stop', name]),
      disable: () => act('disable', 'systemctl', ['disable', name]),
      enable: () => act('enable', 'systemctl', ['enable', name]),
      start: () => act('start', 'systemctl', ['start', name]),
    };
  }
  const plist = join(options.homeDir, 'Library', 'LaunchAgents', `${officialAgent}.plist`);
  return {
    kind,
    name,
    isEnabled: async () => true,
    stop: () => act('stop', 'launchctl', ['unload', '-w', plist]),
    disable: async () => {},
    enable: async () => {},
    start: () => act('start', 'launchctl', ['load', '-w', plist]),
  };
}
