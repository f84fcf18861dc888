import { getAddress } from 'ethers/address';
import type { ReasonCode } from '../../shared/reasons/reason-text.ts';

/**
 * What is wrong with a wallet address, or null. Capitals in it are a checksum that reveals a typing
 * error (EIP-55); all in one case there is none.
 */
export function walletFault(text: string): ReasonCode | null {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) return 'needs-wallet-address';
  if (/^0x0{40}$/.test(text)) return 'address-of-nobody';
  const digits = text.slice(2);
  if (digits === digits.toLowerCase() || digits === digits.toUpperCase()) return null;
  try {
    getAddress(text);
    return null;
  } catch {
    return 'wrong-checksum';
  }
}
