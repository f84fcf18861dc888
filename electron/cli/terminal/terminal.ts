import type { WriteStream } from 'node:tty';
import type { Tone } from '../../../shared/texts/event-text.ts';
import { coloured, forTerminal, onOneLine } from './sequences.ts';

/**
 * Where the program prints. A reader that went away is no error: the node goes on without it. Whatever is printed
 * steers the terminal by our own sequences alone (`sequences.ts`).
 */
export interface Terminal {
  /** A person watches: stdout is a terminal, and neither --plain nor --json was given. */
  readonly live: boolean;
  /** A person can answer: both ends are terminals. */
  readonly interactive: boolean;
  /** Colours and block characters are shown as they are meant. */
  readonly colouredBlocks: boolean;
  /** Prints lines on stdout. */
  out(text?: string): void;
  /** Prints one line on stdout, whatever stands in the text. */
  line(text: string): void;
  /** Prints lines on stderr. */
  err(text: string): void;
  /** Writes to stdout without an end of line. */
  write(text: string): void;
  paint(tone: Tone, text: string): string;
  bold(text: string): string;
  /** Characters in a line; 80 where nobody says. */
  columns(): number;
  onResize(listener: () => void): void;
  /** Nobody reads stdout any more: the pipe or the terminal is gone. */
  onReaderGone(listener: () => void): void;
}

const colours: Readonly<Record<Tone, number | null>> = { good: 32, warn: 33, bad: 31, quiet: 2, plain: null };

/** What stands in for a symbol where only ASCII can be shown. */
const asciiOf: Readonly<Record<string, string>> = {
  '●': '*',
  '✓': '+',
  '✗': 'x',
  '·': '-',
  '×': 'x',
  '→': '->',
  '≥': '>=',
  '—': '-',
  '…': '...',
  '°': ' deg ',
  '“': '"',
  '’': "'",
  '”': '"',
};

export function createTerminal(options: {
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  plain: boolean;
  json: boolean;
}): Terminal {
  const { env, platform, plain, json } = options;
  const { stdout, stderr, stdin } = process;
  const live = stdout.isTTY === true && !plain && !json && env.TERM !== 'dumb';
  const colour = live && (env.NO_COLOR ?? '') === '';
  const unicode = json || speaksUtf8(env, platform);
  const gone = new Set<object>();

  const write = (stream: NodeJS.WriteStream | WriteStream, text: string) => {
    if (gone.has(stream)) return;
    const safe = forTerminal(text, json);
    stream.write(unicode ? safe : toAscii(safe));
  };
  for (const stream of [stdout, stderr]) stream.on('error', () => gone.add(stream));
  const sequence = (code: number, text: string) => (colour ? coloured(String(code), text) : text);

  return {
    live,
    interactive: live && stdin.isTTY === true,
    colouredBlocks: colour && unicode,
    out: (text = '') => write(stdout, `${text}\n`),
    line: (text) => write(stdout, `${onOneLine(text)}\n`),
    err: (text) => write(stderr, `${text}\n`),
    write: (text) => write(stdout, text),
    paint(tone, text) {
      const code = colours[tone];
      return code === null ? text : sequence(code, text);
    },
    bold: (text) => sequence(1, text),
    columns: () => stdout.columns || 80,
    onResize: (listener) => void stdout.on('resize', listener),
    onReaderGone: (listener) => void stdout.once('error', listener),
  };
}

function speaksUtf8(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  return /utf-?8/i.test(locale) || (platform === 'darwin' && locale === '');
}

function toAscii(text: string): string {
  return text.replace(/\P{ASCII}/gu, (character) => asciiOf[character] ?? '?');
}
