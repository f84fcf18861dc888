import { createHash } from 'node:crypto';

const words =
  'the node keeps its key and serves one request at a time while the stream pays by the second for every machine that stays awake and answers what it was asked with care'.split(
    ' ',
  );

/**
 * What the stand-in says to a prompt: always the same for the same model, system and prompt, and
 * different for another. It quotes the beginning of the prompt, so that a test can follow a planted text through.
 */
export function answerFor(model: string, prompt: string, system = ''): string {
  const digest = createHash('sha256').update(`${model}\n${system}\n${prompt}`).digest();
  const quoted = [...prompt.trim()].slice(0, 48).join('');
  const picked = Array.from(digest, (byte) => words[byte % words.length]);
  const length = 12 + ((digest[0] ?? 0) % 20);
  return `Stand-in ${digest.toString('hex', 0, 4)} on “${quoted}”: ${picked.slice(0, length).join(' ')}.`;
}

/** An answer of exactly `bytes` ASCII bytes. */
export function answerOfSize(bytes: number): string {
  const line = 'stand-in filler text of a wanted size. ';
  return line.repeat(Math.ceil(bytes / line.length)).slice(0, bytes);
}

/** Splits a text into the stand-in's tokens (up to six letters with the space before them); joined they are the text. */
export function tokensOf(text: string): string[] {
  return text.match(/\s*\S{1,6}|\s+$/gu) ?? [];
}

/** The token ids an Ollama answer carries as `context`. Any stable number per token will do. */
export function tokenId(token: string): number {
  let id = 0;
  for (const character of token) id = (id * 31 + (character.codePointAt(0) ?? 0)) % 128_256;
  return id;
}
