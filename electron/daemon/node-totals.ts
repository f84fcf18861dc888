import type { OutboxChange } from './serving/conclusion.ts';
import type { ServedToday } from './serving/served-today.ts';

export interface NodeTotals {
  served: number;
  inputTokens: number;
  outputTokens: number;
  /** Results refused with 409: the network says it has an answer already. */
  conflicts: number;
}

/** What this run delivered, counted from the changes of the outbox. */
export function createNodeTotals(modules: { servedToday: Pick<ServedToday, 'add'> }) {
  const totals: NodeTotals = { served: 0, inputTokens: 0, outputTokens: 0, conflicts: 0 };
  return {
    totals: totals as Readonly<NodeTotals>,
    count(change: OutboxChange): void {
      if (change.kind === 'delivered') {
        totals.served += 1;
        modules.servedToday.add();
        totals.inputTokens += change.row.inputTokens ?? 0;
        totals.outputTokens += change.row.outputTokens ?? 0;
      }
      if (change.kind === 'refused' && change.status === 409 && !change.row.failure) totals.conflicts += 1;
    },
  };
}
