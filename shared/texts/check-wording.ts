import type { CheckId, CheckResult, FindingCode, FindingFacts } from '../check-findings.ts';
import { describeTier, isTier, tierWords } from '../hardware/tiers.ts';
import type { Action } from './problem.ts';

/** What is said of one finding. */
export interface Wording<F> {
  check: CheckId;
  result: CheckResult;
  /** What was found, and what it means for earning. */
  means: (facts: F) => string;
  /** What to do; null where there is nothing. */
  action: Action | ((facts: F) => Action) | null;
}

/** A tier as text. */
export const tier = (number: number) => (isTier(number) ? describeTier(number) : tierWords().tier(number));
export const ok = <F>(check: CheckId, means: (facts: F) => string): Wording<F> => ({
  check,
  result: 'ok',
  means,
  action: null,
});
const bad =
  (result: CheckResult) =>
  <F>(
    check: CheckId,
    means: (facts: F) => string,
    action: Action | ((facts: F) => Action) | null,
  ): Wording<F> => ({
    check,
    result,
    means,
    action,
  });
export const failed = bad('failed');
export const warning = bad('warning');
export const notChecked = bad('not-checked');

/** What is said of every finding, in any language. */
export type FindingWords = {
  readonly [C in FindingCode]: Pick<Wording<FindingFacts[C]>, 'means' | 'action'>;
};

/** Texts for every finding. */
export type Wordings = { readonly [C in FindingCode]: Wording<FindingFacts[C]> };
