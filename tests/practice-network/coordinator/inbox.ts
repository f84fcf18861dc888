import type { NodeRegistry } from '../registry.ts';
import type { Answer } from './answer.ts';
import { refuse } from './answer.ts';
import type { CoordinatorBehaviour } from './behaviour.ts';
import type { LedgerBook, WorkRecord } from './ledger.ts';
import type { Presence } from './presence.ts';
import type { WorkQueue } from './work.ts';

export interface InboxDesk {
  hand(query: URLSearchParams): Promise<Answer>;
}

/** GET /operator/inbox [network.md 6.2]: unsigned, the nodeId in the query is all there is. */
export function createInboxDesk(
  behaviour: () => CoordinatorBehaviour,
  modules: { registry: NodeRegistry; ledger: LedgerBook; queue: WorkQueue; presence: Presence },
): InboxDesk {
  const { registry, ledger, queue, presence } = modules;

  function entryOf(record: WorkRecord): Record<string, unknown> {
    const { idField, promptField } = behaviour();
    return {
      [idField]: record.requestId,
      [promptField]: record.prompt,
      ...(record.system === null ? {} : { system: record.system }),
      ...(record.model === null ? {} : { model: record.model }),
    };
  }

  async function answer(nodeId: string): Promise<Answer> {
    const node = await registry.node(nodeId).catch(() => null);
    const serving = node?.staked && !node.inCooldown;
    if (!serving) ledger.violation('inbox', 'not-serving', `node ${nodeId} polls without being in service`);
    else if (!presence.isOnline(nodeId))
      ledger.violation(
        'inbox',
        'no-heartbeat',
        `node ${nodeId} polls without an accepted heartbeat in the window`,
      );

    const taken = serving ? queue.take(nodeId) : [];
    ledger.poll({ atMs: performance.now(), nodeId, dispatched: taken.map((record) => record.requestId) });
    const entries = taken.map(entryOf);
    const { entriesKey, duplicateEntries } = behaviour();
    const listed = duplicateEntries ? entries.flatMap((entry) => [entry, entry]) : entries;
    return {
      status: 200,
      body: { [entriesKey]: listed },
      sent(atMs) {
        for (const record of taken) {
          const dispatch = record.dispatches.at(-1);
          if (dispatch) dispatch.atMs = atMs;
        }
        ledger.changed();
      },
    };
  }

  return {
    async hand(query) {
      const nodeId = query.get('nodeId');
      if (nodeId === null || !/^\d+$/.test(nodeId)) {
        ledger.violation('inbox', 'nodeId', String(nodeId));
        ledger.poll({ atMs: performance.now(), nodeId, dispatched: [] });
        return refuse(400, 'bad_node_id');
      }
      return answer(nodeId);
    },
  };
}
