import type { CommandHandlers } from '../../../shared/contract/commands.ts';
import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import { ethereum } from '../chain/ethereum.ts';
import type { ChainMemory } from '../chain/functions.ts';
import type { ReadFollower } from '../chain/part.ts';
import { notKnown } from '../chain/unknown.ts';
import type { Part } from '../system/part.ts';

/** The daemon's own record of what its node has earned. */
export interface EarningsPart extends Part, ReadFollower {
  readonly memory: ChainMemory;
  readonly handlers: Pick<CommandHandlers, 'earnings.series' | 'earnings.claims' | 'earnings.export'>;
  report(): Pick<Snapshot, 'earned'>;
}

export function createEarningsPart(): EarningsPart {
  const kept = new Map<string, string | null>();
  const unknown = notKnown('not-read-yet');
  return {
    name: 'earnings',
    memory: { get: (name) => kept.get(name) ?? null, set: (name, value) => void kept.set(name, value) },
    blocks: () => [],
    follow: async () => undefined,
    report: () => ({
      earned: {
        claimableWei: unknown,
        estimate: null,
        ratePerDayWei: unknown,
        today: null,
        last7Days: null,
        last30Days: null,
        last365Days: null,
        everWei: unknown,
        weight: unknown,
        streamShare: unknown,
        impliedOnlineWeight: unknown,
        shareChange7Days: unknown,
        observedStreamPerDayWei: unknown,
        guide: { streamPerDayPrlx: ethereum.stream.prlxPerDay, bucketPrlx: ethereum.stream.bucketPrlx },
        pool: 'unknown',
        record: { firstSampleMs: null, lastSampleMs: null, samples: 0, putAside: null, failure: null },
      },
    }),
    handlers: {
      'earnings.series': async ({ nodeId }) => ({ nodeId, points: [], asOf: null }),
      'earnings.claims': async () => ({ claims: [], more: false, scanned: null, reason: 'not-read-yet' }),
      'earnings.export': async ({ format }) => ({ text: format === 'csv' ? '' : '[]\n', cursor: null }),
    },
  };
}
