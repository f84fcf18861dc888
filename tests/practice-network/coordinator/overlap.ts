import type { ServerResponse } from 'node:http';
import type { LedgerBook } from './ledger.ts';

/** Notices when a node has two heartbeats, or two polls, under way at once [network.md 15, W1 and W13]. */
export interface OverlapWatch {
  begin(endpoint: string, node: string, response: ServerResponse): void;
}

export function createOverlapWatch(ledger: LedgerBook): OverlapWatch {
  const underWay = new Map<string, Set<ServerResponse>>();
  return {
    begin(endpoint, node, response) {
      const what = `${endpoint} ${node}`;
      const others = underWay.get(what) ?? new Set();
      underWay.set(what, others);
      const earlier = [...others];
      others.add(response);
      const end = () => void others.delete(response);
      response.once('finish', end);
      response.once('close', end);
      if (earlier.length === 0) return;
      // A client may have hung up on the earlier one in the same breath: let that news arrive first.
      setImmediate(() =>
        setImmediate(() => {
          const open = earlier.filter((other) => others.has(other)).length;
          if (open > 0) ledger.violation(endpoint, 'overlap', `${open + 1} at once of ${node}`);
        }),
      );
    },
  };
}
