import type { CheckId, CheckResult, FindingCode, FindingFacts } from '../check-findings.ts';
import { describeTier, isTier } from '../hardware/tiers.ts';

/** What is said of one finding. */
export interface Wording<F> {
  check: CheckId;
  result: CheckResult;
  means: (facts: F) => string;
  mend: string | ((facts: F) => string) | null;
}

/** A tier as text. */
export const tier = (number: number) => (isTier(number) ? describeTier(number) : `tier ${number}`);
export const ok = <F>(check: CheckId, means: (facts: F) => string): Wording<F> => ({
  check,
  result: 'ok',
  means,
  mend: null,
});
const bad =
  (result: CheckResult) =>
  <F>(
    check: CheckId,
    means: (facts: F) => string,
    mend: string | ((facts: F) => string) | null,
  ): Wording<F> => ({
    check,
    result,
    means,
    mend,
  });
export const failed = bad('failed');
export const warning = bad('warning');
export const notChecked = bad('not-checked');

/** Texts for every finding. */
export type Wordings = { readonly [C in FindingCode]: Wording<FindingFacts[C]> };
