const longestDetail = 200;

/** The first line with something on it, without control characters, cut to 200 characters. */
export function firstLine(text: string): string {
  for (const line of text.split(/\r?\n|\r/)) {
    // Colour sequences go as a whole: without their escape character they would read as text.
    const clean = line
      // biome-ignore lint/suspicious/noControlCharactersInRegex: removing control characters is the point
      .replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
      .replace(/\p{C}/gu, '')
      .trim();
    if (clean !== '') return [...clean].slice(0, longestDetail).join('');
  }
  return '';
}
