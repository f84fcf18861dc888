import type { CheckReport } from '../../../shared/check-findings.ts';
import type { SettingsStore } from '../../daemon/storage/settings.ts';
import { resolveConfiguration } from '../../node/configuration.ts';
import type { NodeContext } from '../../node/context.ts';
import type { DaemonManager } from '../../node/daemon-manager.ts';
import { checkNode } from '../../node/operations/checks.ts';
import { makeSupportReport } from '../../node/operations/support-report.ts';

/** Checks and support report of the node that this app hosts or is attached to. */
export function createDiagnostics(
  context: NodeContext,
  { settings, node }: { settings: SettingsStore; node: Pick<DaemonManager, 'phase' | 'snapshot'> },
): { check: () => Promise<CheckReport[]>; bundle: () => Promise<string> } {
  // What is wrong with the record itself is one of the checks.
  const configuration = () => resolveConfiguration(context, { store: settings, record: 'lenient' });
  const snapshot = async () => node.snapshot;
  return {
    check: async () => checkNode(context, await configuration(), { snapshot }),
    bundle: async () =>
      makeSupportReport(context, await configuration(), { snapshot, host: () => hostText(node.phase) }),
  };
}

function hostText(phase: DaemonManager['phase']): string {
  return `the app, ${phase.phase}${'error' in phase ? `, ${phase.error.code}` : ''}`;
}
