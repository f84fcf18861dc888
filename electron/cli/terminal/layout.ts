import { onOneLine } from './sequences.ts';
import type { Terminal } from './terminal.ts';

const margin = 2;
const widest = 100;

/**
 * A command as texts name it: after a colon, up to its end of the text or of its sentence. An abbreviation or a path
 * may have points inside.
 */
const command = /(?<=: )(?:sudo )?(?:parallelix-operator|plx|chmod|systemctl) .*?(?=$|[.;)](?: |$))/g;

/** Stands for a blank that is no place for a break. */
const unbroken = '\u00a0';

/** Breaks text between words into lines of at most `width` characters. A command stays whole, so that it can be copied. */
export function wrap(text: string, width: number): string[] {
  const kept = text.replace(command, (whole) => whole.replaceAll(' ', unbroken));
  return brokenAtBlanks(kept, width).map((line) => line.replaceAll(unbroken, ' '));
}

function brokenAtBlanks(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && [...line].length + 1 + [...word].length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** A paragraph, indented; broken into lines only where a person watches, so that scripts get one line. */
export function paragraph(terminal: Terminal, text: string, indent = margin): string {
  const width = terminal.live ? Math.min(terminal.columns(), widest) - indent : Number.POSITIVE_INFINITY;
  return wrap(onOneLine(text), Math.max(20, width))
    .map((line) => ' '.repeat(indent) + line)
    .join('\n');
}

/** Names and values in two columns; a value that is too long goes on below itself. */
export function facts(terminal: Terminal, rows: readonly (readonly [string, string])[]): string {
  const nameWidth = Math.max(...rows.map(([name]) => name.length)) + 2;
  const indent = margin + nameWidth;
  return rows
    .map(([name, value]) => {
      const text = paragraph(terminal, value, indent).trimStart();
      return ' '.repeat(margin) + terminal.paint('quiet', name.padEnd(nameWidth)) + text;
    })
    .join('\n');
}

/** Columns as wide as their widest cell, the last one open. */
export function table(given: readonly (readonly string[])[], indent = margin): string {
  const rows = given.map((row) => row.map(onOneLine));
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, [...cell].length);
  }
  return rows
    .map((row) => {
      const cells = row.map(
        (cell, index) => cell + ' '.repeat(Math.max(0, (widths[index] ?? 0) - [...cell].length)),
      );
      return ' '.repeat(indent) + cells.join('  ').trimEnd();
    })
    .join('\n');
}
