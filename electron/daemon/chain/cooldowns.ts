import * as z from 'zod';
import { ethereum } from './ethereum.ts';
import type { ChainMemory } from './functions.ts';

interface Cooldown {
  endsAtMs: number;
  source: 'contract' | 'guide';
}

/** When cooldowns end, by chain time; kept over a restart, and after the end has passed. */
export interface Cooldowns {
  /** @param node.cooling null where nobody says */
  see(node: { nodeId: string; cooling: boolean | null; endsAtMs: number | null; blockTimeMs: number }): void;
  of(nodeId: string): Cooldown | null;
}

const key = 'cooldowns';
const entry = z.object({
  cooldown: z.object({ endsAtMs: z.number(), source: z.enum(['contract', 'guide']) }).nullable(),
});
const keptSchema = z.record(z.string(), entry);
const cooldownMs = ethereum.cooldownDays * 24 * 60 * 60_000;

export function createCooldowns(modules: { memory: ChainMemory }): Cooldowns {
  const { memory } = modules;
  const saved = keptSchema.safeParse(JSON.parse(memory.get(key) ?? '{}'));
  /** An entry without a cooldown was seen outside one: what comes after it began between two reads. */
  const known = new Map(Object.entries(saved.success ? saved.data : {}));

  function set(nodeId: string, cooldown: Cooldown | null): void {
    if (JSON.stringify(known.get(nodeId)?.cooldown) === JSON.stringify(cooldown)) return;
    known.set(nodeId, { cooldown });
    memory.set(key, JSON.stringify(Object.fromEntries(known)));
  }

  return {
    see({ nodeId, cooling, endsAtMs, blockTimeMs }) {
      if (cooling === null) return;
      if (!cooling) return set(nodeId, null);
      if (endsAtMs !== null) return set(nodeId, { endsAtMs, source: 'contract' });
      const before = known.get(nodeId);
      if (before?.cooldown === null) set(nodeId, { endsAtMs: blockTimeMs + cooldownMs, source: 'guide' });
    },
    of: (nodeId) => known.get(nodeId)?.cooldown ?? null,
  };
}
