import { registerLink } from './links.ts';

/** Where a key is registered. */
export interface RegistrationPlace {
  /** The Console's form, filled in; null where no contract is known to be the network's: then nothing may be signed. */
  link: string | null;
  /** What is to be known first; null for the network's own contracts. */
  note: 'other-network' | 'other-console' | null;
}

/**
 * By the same rule as every wallet action.
 *
 * @param network null where no contract is known to be the network's
 */
export function registrationPlace(
  { nodeKeyHash, tier }: { nodeKeyHash: string; tier: number },
  network: { official: boolean } | null,
): RegistrationPlace {
  if (network === null) return { link: null, note: 'other-network' };
  return { link: registerLink(nodeKeyHash, tier), note: network.official ? null : 'other-console' };
}
