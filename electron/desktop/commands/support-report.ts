import type { CheckReport } from '../../../shared/check-findings.ts';
import type { StatePaths } from '../../daemon/storage/paths.ts';
import type { SettingsStore } from '../../daemon/storage/settings.ts';
import { makeBundle } from '../../daemon/support-report/sources.ts';
import type { Clock } from '../../daemon/system/clock.ts';
import type { DaemonManager } from '../../node/daemon-manager.ts';

/** The diagnostics bundle as the app makes it: of its own node, or the one that it is attached to. */
export function createBundle(
  options: { paths: StatePaths; version: string; platform: string; env: NodeJS.ProcessEnv; homeDir: string },
  modules: {
    node: Pick<DaemonManager, 'phase' | 'snapshot'>;
    settings: SettingsStore;
    check: () => Promise<CheckReport[]>;
    clock: Clock;
  },
): () => Promise<string> {
  const { node, settings, check, clock } = modules;
  return async () => {
    const checks = await check();
    const { phase, snapshot } = node;
    const fault = phase.phase === 'failed' || phase.phase === 'key-trouble' ? `, ${phase.error.code}` : '';
    return makeBundle(options, {
      clock,
      node: `the app, ${phase.phase}${fault}`,
      snapshot,
      settings: settings.describe(),
      checks,
    });
  };
}
