import { type RegistrationPlace, registrationPlace } from '../../../shared/registration-place.ts';
import { chainNetwork, knownContracts } from '../../daemon/chain/network.ts';
import type { Settings } from '../../daemon/storage/settings.ts';

/** Where a key is registered by these settings, whether a node runs or not. */
export function registrationOf(
  settings: Settings,
  key: { nodeKeyHash: string; tier: number },
): RegistrationPlace {
  return registrationPlace(key, knownContracts(chainNetwork(settings)));
}
