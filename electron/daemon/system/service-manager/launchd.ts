import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServiceAction } from '../../../../shared/errors.ts';
import { NodeError } from '../../../../shared/errors.ts';
import type { Clock } from '../clock.ts';
import { createToolRunner } from '../run-tool.ts';
import type { ServiceFile, ServiceScope } from './definition.ts';
import { launchdLabel, plistText, readPlist } from './launchd-plist.ts';
import type { ServiceManager, ServiceState } from './service-manager.ts';
import { faultOf } from './tool-fault.ts';

const quickMs = 10_000;
/** A stop waits until running requests are finished; launchd gives them 90 s. */
const stopMs = 100_000;

/**
 * launchd on macOS: an agent of a user, or a daemon of the computer [launchctl(1)]. Written after its manual; what only
 * macOS can confirm is listed in `docs/install.md`.
 */
export function createLaunchd(
  options: { scope: ServiceScope; env: NodeJS.ProcessEnv; homeDir: string; uid: number; root?: string },
  modules: { clock: Clock },
): ServiceManager {
  const { scope, env, homeDir, uid, root = '/' } = options;
  const runTool = createToolRunner({ env }, modules);
  const folder =
    scope === 'user' ? join(homeDir, 'Library', 'LaunchAgents') : join(root, 'Library', 'LaunchDaemons');
  const domain = scope === 'user' ? `gui/${uid}` : 'system';
  const target = (name: string) => `${domain}/${launchdLabel(name)}`;
  const plistPath = (name: string) => join(folder, `${launchdLabel(name)}.plist`);
  const launchctl = (args: readonly string[], timeoutMs = quickMs) =>
    runTool('launchctl', args, { timeoutMs });

  async function act(
    action: ServiceAction,
    name: string,
    args: readonly string[],
    timeoutMs = quickMs,
  ): Promise<void> {
    const reason = faultOf(await launchctl(args, timeoutMs));
    if (reason !== null) throw new NodeError('service-failed', { action, name: launchdLabel(name), reason });
  }

  const isLoaded = async (name: string) => (await launchctl(['print', target(name)])).kind === 'ran';

  async function start(name: string): Promise<void> {
    if (await isLoaded(name)) return act('start', name, ['kickstart', target(name)]);
    // RunAtLoad starts it.
    return act('start', name, ['bootstrap', domain, plistPath(name)]);
  }
  async function stop(name: string): Promise<void> {
    // Signals alone would have it started again.
    if (await isLoaded(name)) await act('stop', name, ['bootout', target(name)], stopMs);
  }

  return {
    kind: 'launchd',
    scope,
    label: launchdLabel,
    path: plistPath,
    text: plistText,
    async files() {
      const names = await readdir(folder).catch(() => [] as string[]);
      const read = names.map(async (file) => {
        const path = join(folder, file);
        return readPlist(path, await readFile(path, 'utf8').catch(() => ''));
      });
      return (await Promise.all(read)).filter((file): file is ServiceFile => file !== null);
    },
    unavailable: async () => (scope === 'system' && uid !== 0 ? 'needs-root' : null),
    notify: async () => false,
    async state(name) {
      const asked = await launchctl(['print', target(name)]);
      const disabled = await launchctl(['print-disabled', domain]);
      const off =
        disabled.kind === 'ran' &&
        new RegExp(`"${launchdLabel(name)}" => (disabled|true)`).test(disabled.stdout);
      return { ...readState(asked.kind === 'ran' ? asked.stdout : null), enabled: !off };
    },
    // It reads a file when it is asked to load it.
    reload: async () => {},
    enable: (name) => act('enable', name, ['enable', target(name)]),
    disable: (name) => act('disable', name, ['disable', target(name)]),
    start,
    stop,
    async restart(name) {
      await stop(name);
      await start(name);
    },
  };
}

/** What `launchctl print` printed; null when the service is not loaded. */
export function readState(printed: string | null): Omit<ServiceState, 'enabled'> {
  const field = (name: string) => new RegExp(`^\\s*${name} = (.+)$`, 'm').exec(printed ?? '')?.[1] ?? null;
  const pid = Number(field('pid') ?? 0) || null;
  const exit = field('last exit code');
  const runs = Number(field('runs') ?? 0);
  return {
    activity:
      printed === null
        ? 'stopped'
        : pid !== null
          ? 'running'
          : exit !== null && !/^(0|\(never exited\))/.test(exit)
            ? 'restarting'
            : 'stopped',
    pid,
    restarts: printed === null ? null : Math.max(0, runs - 1),
    exitCode: exit !== null && /^\d+/.test(exit) ? Number.parseInt(exit, 10) : null,
    signal: null,
    hung: false,
  };
}
