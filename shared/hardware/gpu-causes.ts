import { translatable } from '../language.ts';
import { describeReason } from '../reasons/reason-text.ts';

/** Why Ollama may run a model on the CPU though a GPU is there, in the order in which they are searched for. */
const causeTexts = {
  driver: 'its driver doesn’t work properly',
  'memory-in-use': 'its memory is in use by other programs',
  'cpu-only-build': 'this Ollama came without its GPU parts',
  'device-hidden':
    'it is hidden from Ollama (CUDA_VISIBLE_DEVICES, ROCR_VISIBLE_DEVICES or HIP_VISIBLE_DEVICES)',
} as const;

export type GpuUnusedCause = keyof typeof causeTexts;
export const gpuCauseWords = translatable<Readonly<Record<GpuUnusedCause, string>>>(causeTexts);
export const gpuUnusedCauses: readonly string[] = Object.keys(causeTexts);

/** A cause as text, to follow "likely"; one of another version is quoted. */
export function describeGpuCause(cause: string): string {
  return Object.hasOwn(causeTexts, cause) ? gpuCauseWords()[cause as GpuUnusedCause] : describeReason(cause);
}
