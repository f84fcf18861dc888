import { NodeError } from '../../../shared/errors.ts';

/**
 * Reads the value of `--lines`.
 *
 * @throws NodeError `usage`
 */
export function lineCount(text: string | undefined, usual: number): number {
  if (text === undefined) return usual;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 10_000) return Number(text);
  throw new NodeError('usage', { input: `--lines ${text}`, remedy: 'must be a number from 0 to 10000' });
}
