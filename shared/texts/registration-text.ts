import { translatable } from '../language.ts';
import type { RegistrationPlace } from '../registration-place.ts';

/** What is to be known before a key is registered, or anything else is signed, on another network than ParalleliX's. */
export interface RegistrationWords {
  'other-network': string;
  'other-console': string;
  /** Where no contract is known to be the network's. */
  elsewhere: string;
}

export const registrationWords = translatable<RegistrationWords>({
  'other-network': 'This coordinator’s contracts aren’t known, so there’s nothing for your wallet to sign.',
  'other-console':
    'The Console acts on ParalleliX’s own contracts. Compare contract and chain before you sign.',
  elsewhere: 'Ask whoever runs this coordinator how to register your tier and nodeKeyHash.',
});

/** What is to be known before registering, a sentence or two each. */
export function registrationNotes(note: RegistrationPlace['note']): readonly string[] {
  if (note === null) return [];
  const words = registrationWords();
  return note === 'other-network' ? [words[note], words.elsewhere] : [words[note]];
}
