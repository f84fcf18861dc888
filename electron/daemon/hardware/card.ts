/** One graphics card as its vendor's tool names it. */
export interface Card {
  vendor: 'nvidia' | 'apple' | 'amd';
  name: string;
  /** Memory by the tier rule's own rounding, GB; null when the tool does not report it. [network.md 3.1] */
  vramGb: number | null;
  /** Memory exactly as reported, bytes; null when not reported. */
  vramBytes: number | null;
}

/** Something worth telling the operator about the probe itself. */
export interface Finding {
  code:
    | 'tool-failed'
    | 'tool-timed-out'
    | 'tool-output-too-large'
    | 'tool-output-unreadable'
    | 'memory-not-reported';
  tool: string;
  /** First line of what the tool printed, or the card's name; at most 200 characters, no control characters. */
  detail: string;
}

/** What one vendor's reader saw. No cards and no findings: the vendor's tool is not installed. */
export interface Reading {
  cards: Card[];
  findings: Finding[];
}

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
