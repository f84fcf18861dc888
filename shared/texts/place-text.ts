import { translatable } from '../language.ts';

/** Where a key is kept and what has trouble, where that is no path and no name: these cross to every version as they are written in English. */
const placeTexts = {
  'the macOS keychain': 'the macOS keychain',
  'the keychain (Secret Service)': 'the keychain (Secret Service)',
  'the keychain': 'the keychain',
  keychain: 'the keychain',
  'the driver of a GPU': 'the driver of a GPU',
  'its own process': 'its own process',
  'this terminal': 'this terminal',
  memory: 'memory',
} as const;

/** A place without a path. */
export type NamedPlace = keyof typeof placeTexts;
export const placeWords = translatable<Readonly<Record<NamedPlace, string>>>(placeTexts);

/** A place as text: a path as it is. */
export function describePlace(place: string): string {
  return Object.hasOwn(placeTexts, place) ? placeWords()[place as NamedPlace] : place;
}
