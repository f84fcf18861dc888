import type { Finding } from './card.ts';
import type { HardwareProbe } from './probe.ts';

/** What may hide a GPU. The others tell of one that was seen. */
const hiding: readonly Finding['code'][] = [
  'gpu-without-driver',
  'tool-failed',
  'tool-timed-out',
  'tool-output-too-large',
  'tool-output-unreadable',
  'tool-not-permitted',
  'driver-not-loaded',
  'driver-mismatch',
  'card-lost',
  'wsl-nvidia-only',
  'chosen-card-missing',
];

/** Whether a GPU may be missing from the count because of it. */
export const mayHideGpu = (code: Finding['code']) => hiding.includes(code);

/**
 * Why registering waits until the person accepts tier 1: the code of the finding that may hide a GPU, or null. A tier
 * is not known to be changeable, so it is not declared while a GPU may only be out of order.
 */
export function registrationHold({ tier, findings }: HardwareProbe): Finding['code'] | null {
  if (tier !== 1) return null;
  const codes = findings.map(({ code }) => code).filter(mayHideGpu);
  return codes.find((code) => code === 'gpu-without-driver') ?? codes[0] ?? null;
}
