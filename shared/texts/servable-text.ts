import { translatable } from '../language.ts';

/** Why a model that is here doesn't serve. `needs-memory` and `failing`: for a while. */
const texts = {
  embedding: 'embeddings, not text',
  cloud: 'runs on somebody else’s computers',
  'no-completion': 'doesn’t answer prompts',
  'needs-memory': 'too little memory',
  failing: 'Ollama reports errors for it',
} as const;

export type NotServableCode = keyof typeof texts;
export const notServableWords = translatable<Readonly<Record<NotServableCode, string>>>(texts);

/** A reason of `notServableBecause` as text; null for one that is not known. */
export function describeNotServable(reason: string | null): string | null {
  return reason !== null && Object.hasOwn(texts, reason)
    ? notServableWords()[reason as NotServableCode]
    : null;
}

/** The codes of `describeNotServable`. */
export const notServableNames: readonly string[] = Object.keys(texts);
