import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';

const toldSchema = z.object({
  /** `awaited`: the node was seen before it had earned anything. Null: not known. */
  firstEarned: z.enum(['awaited', 'told']).nullable(),
  /** The block up to which claims are no news; null before the first look. */
  claimsTo: z.number().int().nullable(),
  /** Transactions of claims that were told: a block that vanished may bring one again. */
  claims: z.array(z.string()),
  /** The end of the cooldown that was told, Unix ms. */
  cooldownEndMs: z.number().nullable(),
});
export type Told = z.infer<typeof toldSchema>;

const nothing: Told = { firstEarned: null, claimsTo: null, claims: [], cooldownEndMs: null };

/**
 * What was told of each node, by its key: once per key, and to each person who uses the app. It is kept in the app's own
 * profile because a notification is shown to a person, while the folder of a node that a service runs is another user's.
 */
export interface ToldBook {
  of(nodeKeyHash: string): Told;
  keep(nodeKeyHash: string, told: Told): void;
}

/** Kept over restarts. Where it cannot be written, this run still tells everything once; a broken file is begun anew. */
export function createToldBook({ file }: { file: string }): ToldBook {
  const known = new Map(Object.entries(read(file)));
  return {
    of: (nodeKeyHash) => known.get(nodeKeyHash) ?? nothing,
    keep(nodeKeyHash, told) {
      if (JSON.stringify(known.get(nodeKeyHash) ?? nothing) === JSON.stringify(told)) return;
      known.set(nodeKeyHash, told);
      try {
        mkdirSync(dirname(file), { recursive: true });
        const draft = `${file}.part`;
        writeFileSync(draft, JSON.stringify(Object.fromEntries(known)));
        renameSync(draft, file);
      } catch {
        // After the next start something may be told a second time.
      }
    },
  };
}

function read(file: string): Record<string, Told> {
  try {
    return z.record(z.string(), toldSchema).parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}
