import type { Card, DetectedCard, Finding } from './card.ts';
import { tierOf } from './tier.ts';

export interface CardChoice {
  platform: NodeJS.Platform;
  /** ROCm lists its GPUs, the ones inside processors too. */
  listedByRocm: boolean;
  /** UUIDs; null: all cards may decide. */
  chosenCards: readonly string[] | null;
}

/**
 * What each card makes, the deciding one first: of those that count the one with the highest tier, then with the most
 * memory, then the first. Where a card of its own counts, none that is a part of a processor does.
 */
export function weighCards(
  detected: readonly DetectedCard[],
  { platform, listedByRocm, chosenCards }: CardChoice,
): { cards: Card[]; findings: Finding[] } {
  const chosen = chosenCards === null ? null : new Set(chosenCards.map((uuid) => uuid.toLowerCase()));
  const isChosen = ({ uuid }: DetectedCard) =>
    chosen === null || (uuid !== null && chosen.has(uuid.toLowerCase()));
  const isGpu = (card: DetectedCard) => ruleCounts(card, listedByRocm);
  const hasOwnCard = detected.some((card) => isChosen(card) && isGpu(card) && card.kind !== 'integrated');
  const cards = detected.map((card): Card => {
    const gpu = isGpu(card);
    return {
      ...card,
      tier: tierOf({ gpu, vramGb: card.vramGb, platform }).tier,
      counts: gpu && isChosen(card) && (card.kind !== 'integrated' || !hasOwnCard),
    };
  });
  const worth = ({ counts, tier, vramBytes }: Card) => [counts ? 1 : 0, tier, vramBytes ?? 0] as const;
  const sorted = cards.toSorted((a, b) => {
    const [x, y] = [worth(a), worth(b)];
    return y[0] - x[0] || y[1] - x[1] || y[2] - x[2];
  });
  const deciding = sorted[0]?.counts ? sorted[0] : null;
  const others = cards.filter((card) => card !== deciding);
  const there = new Set(detected.flatMap(({ uuid }) => (uuid === null ? [] : [uuid.toLowerCase()])));
  const missing = (chosenCards ?? []).filter((uuid) => !there.has(uuid.toLowerCase()));
  return {
    cards: deciding === null ? others : [deciding, ...others],
    findings: missing.map((uuid) => ({ code: 'chosen-card-missing', tool: 'settings', detail: uuid })),
  };
}

/**
 * Whether the tier rule sees a GPU in it. The official client finds a GPU inside an AMD processor only through ROCm,
 * and knows no Intel GPU at all. [network.md 3.1]
 */
function ruleCounts({ vendor, kind }: DetectedCard, listedByRocm: boolean): boolean {
  if (vendor === 'amd') return kind !== 'integrated' || listedByRocm;
  return vendor !== 'intel';
}
