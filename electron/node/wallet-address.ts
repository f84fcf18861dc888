import { getAddress } from 'ethers/address';

/**
 * What is wrong with a wallet address, or null. Capitals in it are a checksum that reveals a typing
 * error (EIP-55); all in one case there is none.
 */
export function walletFault(text: string): string | null {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) return 'must be an Ethereum address: 0x and 40 hex digits';
  if (/^0x0{40}$/.test(text)) return 'is nobody’s address; give that of your staking wallet';
  const digits = text.slice(2);
  if (digits === digits.toLowerCase() || digits === digits.toUpperCase()) return null;
  try {
    getAddress(text);
    return null;
  } catch {
    return 'does not match its checksum, so there is a typing error in it; copy it from your wallet again';
  }
}
