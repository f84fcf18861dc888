import * as z from 'zod';
import type { EarningsStore } from './store.ts';

const scanSchema = z.object({
  owner: z.string(),
  from: z.number().int(),
  to: z.number().int(),
  end: z.number().int(),
  /** Of the block `to`, where it was the newest; it may vanish with the claims in it. */
  toHash: z.string().nullable().default(null),
});

/** Which blocks were looked through for claims of an owner, without holes; `end` is where the search ends. */
export type ClaimsScan = z.infer<typeof scanSchema>;

/** How far the search for claims is; kept over a restart. */
export interface ClaimsProgress {
  current(): ClaimsScan | null;
  keep(scan: ClaimsScan): void;
}

const key = 'claims';

export function createClaimsProgress({ store }: { store: EarningsStore }): ClaimsProgress {
  return {
    current() {
      const found = scanSchema.safeParse(JSON.parse(store.memory.get(key) ?? 'null'));
      return found.success ? found.data : null;
    },
    keep: (scan) => store.memory.set(key, JSON.stringify(scan)),
  };
}
