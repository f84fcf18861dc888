/** Links that leave the app. The node never signs or sends a transaction; the wallet does. */

export const consoleUrl = 'https://app.parallelix.io';
export const documentationUrl = 'https://docs.parallelix.io/node-cli';

export const explorerUrl = 'https://etherscan.io';

/** A transaction in a public explorer; null on a chain that it does not have. */
export function transactionLink(chainId: number | null, hash: string): string | null {
  return chainId === 1 ? `${explorerUrl}/tx/${hash}` : null;
}

/** The only published deep link of the Console: the register form, prefilled. [network.md 10] */
export function registerLink(nodeKeyHash: string, tier: number): string {
  const query = new URLSearchParams({ keyHash: nodeKeyHash, tier: String(tier) });
  return `${consoleUrl}/operate/nodes/register?${query}`;
}

/** A page of the Console inside the wallet's own browser, on a telephone. */
export function inWalletBrowser(link: string): string {
  return `https://link.metamask.io/dapp/${link.replace(/^https:\/\//, '')}`;
}
