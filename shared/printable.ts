/** Long enough for any path or address worth reading, short enough for a line. */
const longestQuote = 120;

/**
 * Text from outside on one line of a terminal: control, direction and line characters are written
 * as escapes, and what is too long is cut.
 */
export function printable(text: string, longest = longestQuote): string {
  const visible = text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
  const characters = [...visible];
  return characters.length > longest ? `${characters.slice(0, longest).join('')}…` : visible;
}
