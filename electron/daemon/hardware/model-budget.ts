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
  /** UUIDs of the NVIDIA cards that are cut into MIG instances; null stands for one whose UUID is not reported. */
  inInstances: readonly (string | null)[];
}

const gib = 1024 ** 3;
/** Of the memory of cards, what models may fill. */
export const vramShare = 0.9;

/**
 * On cards: 90 % of the memory of all that count of the deciding vendor, because Ollama spreads one model over them
 * (the network's own 90 %, [network.md 11]). In unified memory of a Mac: what Metal gives to the GPU, two thirds up
 * to 36 GiB, three quarters above, unless the owner set a limit. Without a GPU: half of the memory; on one that is a
 * part of the processor the same, or 90 % of what the BIOS reserved for it where that is more.
 */
export function modelBudget(facts: BudgetFacts): ModelBudget {
  const { cards, ramBytes, ramLimitBytes, wiredLimitBytes, inInstances } = facts;
  const deciding = cards.find(({ counts }) => counts);
  if (deciding === undefined || deciding.kind === 'integrated') {
    const ofRam = Math.floor(Math.min(ramBytes, ramLimitBytes ?? ramBytes) * 0.5);
    const own = Math.floor((deciding?.vramBytes ?? 0) * vramShare);
    return own > ofRam ? { bytes: own, basis: 'vram' } : { bytes: ofRam, basis: 'ram' };
  }
  if (deciding.vendor === 'apple') {
    const share = ramBytes <= 36 * gib ? 0.66 : 0.75;
    return { bytes: wiredLimitBytes ?? Math.floor(ramBytes * share), basis: 'unified-memory' };
  }
  if (deciding.kind === 'unified') return { bytes: null, basis: 'unified-memory' };
  const ofVendor = cards.filter(
    ({ counts, vendor, kind }) => counts && vendor === deciding.vendor && kind !== 'integrated',
  );
  // Of a card in instances Ollama gets one, and its size is not reported; whole ones beside it are there anyway.
  const whole = ofVendor.filter(({ uuid }) => !inInstances.includes(uuid));
  if (deciding.vramBytes === null || whole.length === 0) return { bytes: null, basis: 'vram' };
  const together = apart(whole).reduce((sum, { vramBytes }) => sum + (vramBytes ?? 0), 0);
  return { bytes: Math.floor(together * vramShare), basis: 'vram' };
}

/** Equal cards without address and UUID may be partitions of one, each listed with all its memory: one is counted. */
function apart(cards: readonly Card[]): Card[] {
  const isNameless = ({ vendor, pciAddress, uuid }: Card) =>
    vendor === 'amd' && pciAddress === null && uuid === null;
  return cards.filter(
    (card, index) =>
      !isNameless(card) ||
      cards.findIndex((other) => isNameless(other) && other.name === card.name) === index,
  );
}
