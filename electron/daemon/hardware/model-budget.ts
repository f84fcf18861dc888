import type { Card } from './card.ts';

/** Memory that models may fill on this machine. */
export interface ModelBudget {
  /** Null: the memory it is taken from is not known. */
  bytes: number | null;
  basis: 'vram' | 'unified-memory' | 'ram';
}

/** What a budget is taken from. */
export interface BudgetFacts {
  /** All cards, the deciding one first. */
  cards: readonly Card[];
  ramBytes: number;
  /** Memory that this process may use where it is less than what is installed. */
  ramLimitBytes: number | null;
  /** macOS: what `iogpu.wired_limit_mb` was set to, bytes; null where it was not. */
  wiredLimitBytes: number | null;
  /** An NVIDIA card is cut into MIG instances. */
  migEnabled: boolean;
}

const gib = 1024 ** 3;

/**
 * On cards: 90 % of the memory of all that count of the deciding vendor, because Ollama spreads one model over them
 * (the network's own 90 %, [network.md 11]). In unified memory of a Mac: what Metal gives to the GPU, two thirds up
 * to 36 GiB, three quarters above, unless the owner set a limit. Without a GPU, or on one that is a part of the
 * processor: half of the memory.
 */
export function modelBudget(facts: BudgetFacts): ModelBudget {
  const { cards, ramBytes, ramLimitBytes, wiredLimitBytes, migEnabled } = facts;
  const deciding = cards.find(({ counts }) => counts);
  if (deciding === undefined || deciding.kind === 'integrated') {
    return { bytes: Math.floor(Math.min(ramBytes, ramLimitBytes ?? ramBytes) * 0.5), basis: 'ram' };
  }
  if (deciding.vendor === 'apple') {
    const share = ramBytes <= 36 * gib ? 0.66 : 0.75;
    return { bytes: wiredLimitBytes ?? Math.floor(ramBytes * share), basis: 'unified-memory' };
  }
  if (deciding.kind === 'unified') return { bytes: null, basis: 'unified-memory' };
  // Of a card in instances Ollama gets one, and its size is not told.
  if (deciding.vramBytes === null || migEnabled) return { bytes: null, basis: 'vram' };
  const together = cards
    .filter(({ counts, vendor, kind }) => counts && vendor === deciding.vendor && kind !== 'integrated')
    .reduce((sum, { vramBytes }) => sum + (vramBytes ?? 0), 0);
  return { bytes: Math.floor(together * 0.9), basis: 'vram' };
}
