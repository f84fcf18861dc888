import { NodeError } from '../../../../shared/errors.ts';
import type { Reason } from '../../../../shared/reasons/reason-text.ts';

const newline = 0x0a;

/**
 * Reads newline-delimited JSON. Lines may arrive in any pieces, a UTF-8 character may be cut anywhere; blank lines
 * are passed over, a last line without its newline counts. Memory is bounded by one line.
 *
 * Errors: `ollama-answer-invalid` for a line that is no UTF-8, no JSON or too long. Its reason never holds a piece
 * of the line: the line may be somebody's answer. What the chunks throw passes through.
 */
export async function* readNdjson(
  chunks: AsyncIterable<Uint8Array>,
  options: { url: string; maxLineBytes: number },
): AsyncGenerator<unknown, void, undefined> {
  const { url, maxLineBytes } = options;
  const invalid = (reason: Reason) => new NodeError('ollama-answer-invalid', { url, reason });
  const decoder = new TextDecoder('utf-8', { fatal: true });

  let pieces: Uint8Array[] = [];
  let lineBytes = 0;
  const take = (piece: Uint8Array) => {
    lineBytes += piece.length;
    if (lineBytes > maxLineBytes) throw invalid(`line-longer-than(${maxLineBytes})`);
    if (piece.length > 0) pieces.push(piece);
  };
  const parse = (): { value: unknown } | null => {
    const [only] = pieces;
    const bytes = pieces.length === 1 && only ? only : Buffer.concat(pieces);
    pieces = [];
    lineBytes = 0;
    let text: string;
    try {
      text = decoder.decode(bytes);
    } catch {
      throw invalid('line-not-utf8');
    }
    if (text.trim() === '') return null;
    try {
      return { value: JSON.parse(text) };
    } catch {
      throw invalid('line-not-json');
    }
  };

  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      take(chunk.subarray(start, end));
      start = end + 1;
      const line = parse();
      if (line) yield line.value;
    }
    take(chunk.subarray(start));
  }
  const last = parse();
  if (last) yield last.value;
}
