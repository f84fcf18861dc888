import { formatDecimal, formatPrlx } from '../shared/format.ts';
import { unknownText } from '../shared/wallet/text.ts';

type MaybeKnown = { known: true; value: string } | { known: false; reason: unknown };

/** A known amount of tokens as text, else null. */
export function prlxOf(of: MaybeKnown, decimals = 4): string | null {
  return of.known ? formatPrlx(BigInt(of.value), decimals) : null;
}

/** Why a figure is not known, as a sentence; null for one that is. */
export function whyUnknown(of: { known: boolean; reason?: unknown }): string | null {
  if (of.known) return null;
  const words = unknownText(of.reason);
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

/** A share of 0 to 1 as a percentage, cut: 100 % is said only when nothing is missing. */
export function percent(share: number | null, decimals = 1): string | null {
  if (share === null) return null;
  const step = 10 ** (decimals + 2);
  return `${formatDecimal(Math.floor(share * step) / 10 ** decimals, decimals)} %`;
}
