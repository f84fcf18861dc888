import type { Tier } from '../../../shared/hardware/tiers.ts';
import type { Finding } from './card.ts';

/** Why a GPU is missing from the count, as its own tool or system says; the most precise that can be known. */
const reasons: readonly Finding['code'][] = [
  'driver-mismatch',
  'card-lost',
  'gpu-access-blocked',
  'gpu-lost-in-container',
  'gpu-not-started',
  'driver-not-loaded',
  'tool-not-permitted',
  'jetson-without-tool',
  'intel-build-on-apple-silicon',
];

/** What may hide a GPU, the precise reasons first. The other findings are about one that was detected. */
const hiding: readonly Finding['code'][] = [
  ...reasons,
  'gpu-without-driver',
  'tool-failed',
  'tool-timed-out',
  'tool-output-too-large',
  'tool-output-unreadable',
  'wsl-nvidia-only',
  'chosen-card-missing',
];

/** Whether it says why a GPU is missing, so that its mere absence needs no finding of its own. */
export const namesReason = (code: Finding['code']) => reasons.includes(code);

/** Whether a GPU may be missing from the count because of it. */
export const mayHideGpu = (code: Finding['code']) => hiding.includes(code);

/**
 * Why registering waits until the person accepts tier 1: the code of the finding that may hide a GPU, the most precise
 * one, or null. A tier is not known to be changeable, so it is not declared while a GPU may only be out of order.
 */
export function registrationBlock({
  tier,
  findings,
}: {
  tier: Tier;
  findings: readonly Finding[];
}): Finding['code'] | null {
  if (tier !== 1) return null;
  return hiding.find((hidden) => findings.some(({ code }) => code === hidden)) ?? null;
}
