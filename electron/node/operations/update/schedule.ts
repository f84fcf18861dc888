import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { NodeError } from '../../../../shared/errors.ts';
import { fileError, writeFileAtomic } from '../../../daemon/storage/atomic-file.ts';
import type { RunTool } from '../../../daemon/system/run-tool.ts';
import { faultOf } from '../../../daemon/system/service-manager/tool-fault.ts';
import { formatWindow, type UpdateWindow } from './window.ts';

/**
 * Automatic updates are a timer of systemd, apart from the node: an update that restarts the node has to outlive it to
 * bring the old version back, and a service manager ends everything of a service with it.
 */
export interface UpdateSchedule {
  readonly timer: string;
  /** @throws NodeError `update-schedule-failed` (with the command for another scheduler), `state-dir-unusable`, `disk-full` */
  set(window: UpdateWindow): Promise<void>;
  /** @throws NodeError `update-schedule-failed` */
  remove(): Promise<void>;
}

const unitName = 'parallelix-operator-update';
const callMs = 20_000;

/** @param options.program what the timer starts: the launcher of `current`, so that it is always the newest */
export function createUpdateSchedule(
  options: { program: string; stateDir: string; homeDir: string; uid: number; env: NodeJS.ProcessEnv },
  modules: { runTool: RunTool },
): UpdateSchedule {
  const { program, stateDir, homeDir, uid, env } = options;
  const { runTool } = modules;
  const isRoot = uid === 0;
  const base = env.XDG_CONFIG_HOME?.startsWith('/') ? env.XDG_CONFIG_HOME : join(homeDir, '.config');
  const folder = isRoot ? '/etc/systemd/system' : join(base, 'systemd', 'user');
  const timer = `${unitName}.timer`;
  const files = { service: join(folder, `${unitName}.service`), timer: join(folder, timer) };
  const argsFor = (window: string) => ['update', '--auto', '--window', window, '--state-dir', stateDir];

  async function systemctl(command: string, ...args: string[]): Promise<void> {
    const scope = isRoot ? [] : ['--user'];
    const outcome = await runTool('systemctl', [...scope, ...args], { timeoutMs: callMs });
    if (outcome.kind === 'ran') return;
    const reason = outcome.kind === 'missing' ? 'no-systemd' : (faultOf(outcome) ?? 'unexpected error');
    throw new NodeError('update-schedule-failed', { reason, command });
  }

  async function removeFiles(): Promise<void> {
    for (const file of Object.values(files)) await rm(file, { force: true });
  }

  return {
    timer,
    async set(window) {
      const text = formatWindow(window);
      const args = argsFor(text);
      const command = [program, ...args].join(' ');
      try {
        await mkdir(folder, { recursive: true });
        await writeFileAtomic(files.service, serviceUnit([program, ...args]), { mode: 0o644 });
        await writeFileAtomic(files.timer, timerUnit(text), { mode: 0o644 });
      } catch (error) {
        throw fileError(error, folder, 'service');
      }
      try {
        await systemctl(command, 'daemon-reload');
        await systemctl(command, 'enable', '--now', timer);
      } catch (error) {
        await removeFiles();
        throw error;
      }
    },
    async remove() {
      await systemctl('', 'disable', '--now', timer).catch(() => undefined);
      await removeFiles();
      await systemctl('', 'daemon-reload').catch(() => undefined);
    },
  };
}

/**
 * `KillMode=process`: a node that this update has started beside the old one lives on. `Restart=on-abnormal`: an update
 * that was killed is taken up at once, and ends what was cut off.
 */
function serviceUnit(command: readonly string[]): string {
  return `[Unit]
Description=Update of ParalleliX Operator
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart=${command.map(quoted).join(' ')}
KillMode=process
TimeoutStartSec=infinity
Restart=on-abnormal
RestartSec=10
`;
}

/** The random moment is chosen by the update itself, which knows how much of the window is left. */
function timerUnit(window: string): string {
  const [from] = window.split('-');
  return `[Unit]
Description=Daily update of ParalleliX Operator

[Timer]
OnCalendar=*-*-* ${from}:00
AccuracySec=1s

[Install]
WantedBy=timers.target
`;
}

/** For a unit file: quoted, with `%` and `$` meaning themselves. */
function quoted(word: string): string {
  const escaped = word.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[\w/.:=@+,-]+$/.test(word) ? word : `"${escaped}"`;
}
