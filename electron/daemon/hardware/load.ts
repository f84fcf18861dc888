import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import type { DetectedCard } from './card.ts';

/** Live figures of all cards; null is "not reported". */
export type Load = NonNullable<Snapshot['hardware']['load']>;
export type CardLoad = Load['cards'][number];

/** What one card says of itself at one moment. Null where it does not say: never 0 instead. */
export type CardFigures = Omit<CardLoad, 'card'>;

export const noFigures: CardFigures = {
  utilisationPercent: null,
  vramUsedBytes: null,
  temperatureCelsius: null,
  powerWatts: null,
};

/** How a card is called in the figures: by its UUID, else its address, else its name. */
export function cardKey({
  uuid,
  pciAddress,
  name,
}: Pick<DetectedCard, 'uuid' | 'pciAddress' | 'name'>): string {
  return uuid ?? pciAddress ?? name;
}
