import { randomInt } from 'node:crypto';

/**
 * What a terminal obeys is written by this program alone: every sequence of ours bears a number that only this process
 * knows, and whatever else looks like a command to the terminal is shown as text, whoever printed it.
 */
const mark = randomInt(1_000_000_000, 10_000_000_000);

const ours = (parameters: string, end: string) => `\u001b[${parameters};${mark}${end}`;

export const reset = ours('0', 'm');
/** Text in a colour or weight, by the numbers of the standard for terminals. */
export const coloured = (code: string, text: string) => `${ours(code, 'm')}${text}${reset}`;
export const hideCursor = ours('?25', 'l');
export const showCursor = ours('?25', 'h');
export const lineStart = ours('1', 'G');
export const clearRest = ours('0', 'K');
export const home = ours('1', 'H');
export const clearScreen = ours('2', 'J');
export const clearBelow = ours('0', 'J');
export const clearLine = `${lineStart}${ours('2', 'K')}`;

/** Sequences that take no room on a line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what begins a sequence
export const sequences = /\u001b\[[0-9;?]*[A-Za-z]/g;

const obeyed = new RegExp(
  String.raw`\u001b\[([0-9;?]+);${mark}([A-Za-z])|[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]`,
  'gu',
);

/**
 * Text as a terminal may have it: sequences of ours, lines, and nothing else that steers. In JSON the rest is escaped
 * as JSON does it, so that the document says the same.
 */
export function forTerminal(text: string, json = false): string {
  return text.replace(obeyed, (found: string, parameters: string | undefined, end: string | undefined) => {
    if (end === 'G') return '\r';
    if (end !== undefined) return `\u001b[${parameters === '0' && end === 'K' ? '' : parameters}${end}`;
    if (found === '\n') return found;
    return json ? jsonEscape(found) : `\\u{${found.codePointAt(0)?.toString(16)}}`;
  });
}

/** One line, whatever stands in it. */
export const onOneLine = (text: string): string => text.replace(/\n/g, '\\u{a}');

function jsonEscape(character: string): string {
  return Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('');
}
