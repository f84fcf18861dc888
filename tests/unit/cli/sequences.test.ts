import { describe, expect, it } from 'vitest';
import {
  clearLine,
  coloured,
  forTerminal,
  onOneLine,
  showCursor,
} from '../../../electron/cli/terminal/sequences.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: what must not reach a terminal
const steers = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200b-\u200f\u2028\u2029]/;

const attacks = {
  'a clipboard that is filled': '\u001b]52;c;cm0gLXJmIH4=\u0007',
  'a title': '\u001b]0;root\u001b\\',
  'a colour': '\u001b[31mERROR\u001b[0m',
  'a cleared screen': '\u001b[2J\u001b[H',
  'the eight-bit form': '\u009b2J\u009d0;x\u009c',
  'reversed writing': 'llama\u202e3.2',
  'a line that is written over': 'fine\rPaid: 1000',
  'a mark nobody sees': 'a\u200bb\u2066c\u{e0041}',
  'a sequence with a number that is not ours': '\u001b[31;1234567890m',
};

describe('what is printed', () => {
  it.each(Object.entries(attacks))('shows %s as text', (_what, attack) => {
    const shown = forTerminal(`model ${attack} is here\n`);
    expect(shown).not.toMatch(steers);
    expect(shown.endsWith(' is here\n')).toBe(true);
  });

  it('keeps colours and movements of our own, and takes the mark from them', () => {
    expect(forTerminal(coloured('31', 'bad \u001b[32m'))).toBe('\u001b[31mbad \\u{1b}[32m\u001b[0m');
    expect(forTerminal(clearLine)).toBe('\r\u001b[2K');
    expect(forTerminal(showCursor)).toBe('\u001b[?25h');
  });

  it('is the same document in JSON', () => {
    const value = { name: Object.values(attacks).join('') };
    const shown = forTerminal(JSON.stringify(value), true);
    expect(shown).not.toMatch(steers);
    expect(JSON.parse(shown)).toEqual(value);
  });

  it('stays one line where it is to be one', () => {
    expect(onOneLine('a\n2026 First heartbeat accepted')).toBe('a\\u{a}2026 First heartbeat accepted');
  });
});
