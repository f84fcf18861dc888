import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { ServiceAction } from '../../../../shared/errors.ts';
import { NodeError } from '../../../../shared/errors.ts';
import type { Clock } from '../clock.ts';
import { createToolRunner } from '../run-tool.ts';
import { type ServiceFile, type ServiceScope, unitName } from './definition.ts';
import type { ServiceManager, ServiceState, ServiceUnavailable } from './service-manager.ts';
import { readUnit, unitText } from './systemd-unit.ts';
import { faultOf } from './tool-fault.ts';

export interface SystemdOptions {
  scope: ServiceScope;
  env: NodeJS.ProcessEnv;
  homeDir: string;
  uid: number;
  /** Everything is looked up below it; `/` but in tests. */
  root?: string;
}

const quickMs = 10_000;
/** A start waits until the node is ready, a stop until it has finished its requests: both are bounded by the unit. */
const startMs = 320_000;
const stopMs = 3_700_000;
/** From this version on a message is not lost when its sender has ended by the time it is read. */
const firstReliableNotify = 246;

/** systemd, as one user's service manager or as that of the computer. */
export function createSystemd(options: SystemdOptions, modules: { clock: Clock }): ServiceManager {
  const { scope, env, homeDir, uid, root = '/' } = options;
  const runtimeDir = env.XDG_RUNTIME_DIR || `/run/user/${uid}`;
  // A shell that `su` or a timer opened knows nothing of the user's service manager, which may well run.
  const runTool = createToolRunner(
    { env: scope === 'user' ? { ...env, XDG_RUNTIME_DIR: runtimeDir } : env },
    modules,
  );
  const flags = scope === 'user' ? ['--user'] : [];
  const config = env.XDG_CONFIG_HOME;
  const folder =
    scope === 'user'
      ? join(config && isAbsolute(config) ? config : join(homeDir, '.config'), 'systemd', 'user')
      : join(root, 'etc', 'systemd', 'system');

  const systemctl = (args: readonly string[], timeoutMs = quickMs) =>
    runTool('systemctl', [...flags, '--no-ask-password', ...args], { timeoutMs });

  async function act(
    action: ServiceAction,
    name: string,
    args: readonly string[],
    timeoutMs = quickMs,
  ): Promise<void> {
    const reason = faultOf(await systemctl(args, timeoutMs));
    if (reason !== null) throw new NodeError('service-failed', { action, name: unitName(name), reason });
  }

  return {
    kind: 'systemd',
    scope,
    label: unitName,
    path: (name) => join(folder, unitName(name)),
    text: unitText,
    async files() {
      const names = await readdir(folder).catch(() => [] as string[]);
      const read = names.map(async (file) => {
        const path = join(folder, file);
        return readUnit(path, await readFile(path, 'utf8').catch(() => ''));
      });
      return (await Promise.all(read)).filter((file): file is ServiceFile => file !== null);
    },
    async unavailable(): Promise<ServiceUnavailable | null> {
      if (!existsSync(join(root, 'run', 'systemd', 'system'))) return isWsl(root) ? 'wsl' : 'no-systemd';
      if (scope === 'system') return uid === 0 ? null : 'needs-root';
      return existsSync(join(runtimeDir, 'systemd', 'private')) ? null : 'no-user-manager';
    },
    async notify() {
      const asked = await runTool('systemctl', ['--version'], { timeoutMs: quickMs });
      const version = asked.kind === 'ran' ? Number(/^systemd (\d+)/.exec(asked.stdout)?.[1]) : 0;
      const helper = await runTool('systemd-notify', ['--version'], { timeoutMs: quickMs });
      return version >= firstReliableNotify && helper.kind === 'ran';
    },
    async state(name) {
      const asked = await systemctl(['show', unitName(name), `--property=${properties.join(',')}`]);
      return asked.kind === 'ran' ? readState(asked.stdout) : unknownState;
    },
    reload: () => act('reload', '', ['daemon-reload'], 60_000),
    enable: (name) => act('enable', name, ['enable', '--quiet', unitName(name)]),
    disable: (name) => act('disable', name, ['disable', '--quiet', unitName(name)]),
    async start(name) {
      // One that failed for good counts as failed until this is said.
      await systemctl(['reset-failed', unitName(name)]);
      await act('start', name, ['start', unitName(name)], startMs);
    },
    async stop(name) {
      await act('stop', name, ['stop', unitName(name)], stopMs);
      // Otherwise one that failed before stays listed, even when its file is gone.
      await systemctl(['reset-failed', unitName(name)]);
    },
    async restart(name) {
      await systemctl(['reset-failed', unitName(name)]);
      await act('restart', name, ['restart', unitName(name)], stopMs);
    },
  };
}

const properties = [
  ...[
    'ActiveState',
    'SubState',
    'UnitFileState',
    'MainPID',
    'NRestarts',
    'Result',
    'ExecMainCode',
    'ExecMainStatus',
  ],
  'ExecMainExitTimestampMonotonic',
];

const unknownState: ServiceState = {
  activity: 'unknown',
  enabled: false,
  pid: null,
  restarts: null,
  exitCode: null,
  signal: null,
  hung: false,
};

const activities: Readonly<Record<string, ServiceState['activity']>> = {
  active: 'running',
  reloading: 'running',
  activating: 'starting',
  deactivating: 'stopping',
  inactive: 'stopped',
  failed: 'failed',
};

/** `si_code` of a child that was ended by a signal (CLD_KILLED, CLD_DUMPED). */
const killed = new Set(['2', '3']);

/** What `systemctl show` printed, as far as it is needed. */
export function readState(printed: string): ServiceState {
  const found = new Map(
    printed.split('\n').map((line) => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)] as const;
    }),
  );
  const number = (name: string) => Number(found.get(name) ?? 0);
  const restarting = found.get('SubState') === 'auto-restart';
  const ended = number('ExecMainExitTimestampMonotonic') > 0;
  const bySignal = ended && killed.has(found.get('ExecMainCode') ?? '');
  return {
    activity: restarting ? 'restarting' : (activities[found.get('ActiveState') ?? ''] ?? 'unknown'),
    enabled: /^enabled/.test(found.get('UnitFileState') ?? ''),
    pid: number('MainPID') || null,
    restarts: found.has('NRestarts') ? number('NRestarts') : null,
    exitCode: ended && !bySignal ? number('ExecMainStatus') : null,
    signal: bySignal ? String(number('ExecMainStatus')) : null,
    hung: found.get('Result') === 'watchdog',
  };
}

function isWsl(root: string): boolean {
  try {
    return /microsoft/i.test(readFileSync(join(root, 'proc', 'sys', 'kernel', 'osrelease'), 'utf8'));
  } catch {
    return false;
  }
}
