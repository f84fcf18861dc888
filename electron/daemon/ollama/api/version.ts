/** Below it `/api/show` does not say what a model can do, so that only names tell an embedding model apart. */
export const oldestOllama = '0.6.4';

/** Below it `truncate: false` is ignored, and a prompt longer than the context loses its beginning without a word. */
export const wholePromptOllama = '0.12.6';

/** From it on the context that nobody names follows the memory of the GPUs; it was 4,096. [ollama server/routes.go] */
const contextByMemoryOllama = '0.15.5';

/** False where the version is not known. */
export function setsContextByMemory(version: string | null): boolean {
  if (version === null || judgeOllamaVersion(version) === 'unknown') return false;
  return !isBelow(numbersOf(version) ?? [], contextByMemoryOllama);
}

/**
 * What a version of Ollama means for serving. None of them keeps a node from serving: time online is worth more than
 * what an old server cannot say. `unknown`: not reported, or a build without a number of its own (`0.0.0`).
 */
export type OllamaVersionVerdict = 'current' | 'cuts-prompts' | 'too-old' | 'unknown';

export function judgeOllamaVersion(version: string | null): OllamaVersionVerdict {
  const numbers = version === null ? null : numbersOf(version);
  if (numbers === null || numbers.every((number) => number === 0)) return 'unknown';
  if (isBelow(numbers, oldestOllama)) return 'too-old';
  return isBelow(numbers, wholePromptOllama) ? 'cuts-prompts' : 'current';
}

/** Sorts versions, the newest first; what is no version comes last. */
export function newestFirst(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  if (left === null || right === null) return (left === null ? 1 : 0) - (right === null ? 1 : 0);
  return compare(right, left);
}

function isBelow(numbers: readonly number[], limit: string): boolean {
  return compare(numbers, numbersOf(limit) ?? []) < 0;
}

function numbersOf(version: string): number[] | null {
  const match = /^v?(\d{1,5})\.(\d{1,5})\.(\d{1,5})(?:[-+.].*)?$/.exec(version);
  return match ? match.slice(1, 4).map(Number) : null;
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((number, index) => number !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}
