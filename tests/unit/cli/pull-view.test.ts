import { describe, expect, it } from 'vitest';
import { createPullView } from '../../../electron/cli/commands/models/pull-view.ts';
import type { Terminal } from '../../../electron/cli/terminal/terminal.ts';
import type { PullReport } from '../../../shared/contract/ollama.ts';

const report = (more: Partial<PullReport> = {}): PullReport => ({
  model: 'phi4',
  state: 'pulling',
  totalBytes: 9_000_000_000,
  completedBytes: 3_900_000_000,
  bytesPerSecond: 12_300_000,
  leftMs: 415_000,
  layers: [],
  attempt: 1,
  error: null,
  sinceMs: 0,
  ...more,
});

/** A terminal that keeps what was written. */
function terminal(live: boolean): Terminal & { text(): string } {
  let text = '';
  const add = (more: string) => {
    text += more;
  };
  return {
    live,
    interactive: live,
    colouredBlocks: false,
    out: (line = '') => add(`${line}\n`),
    line: (line) => add(`${line}\n`),
    err: add,
    write: add,
    paint: (_tone, words) => words,
    bold: (words) => words,
    columns: () => 100,
    onReaderGone() {},
    onResize() {},
    text: () => text,
  };
}

/** What a pull's reports look like on the screen. */
function shown(live: boolean, ...reports: PullReport[]): string {
  const screen = terminal(live);
  const view = createPullView(screen);
  for (const one of reports) view.show(one);
  view.end();
  return screen.text();
}

describe('the progress of a pull', () => {
  it('is said in bytes, speed and time left', () => {
    expect(shown(false, report())).toBe('phi4: 43 %, 3.9 GB of 9 GB, 12.3 MB/s, 6 min left\n');
  });
  it('claims nothing that is not known, and names the layer meanwhile', () => {
    const unknown = report({ totalBytes: null, bytesPerSecond: null, leftMs: null });
    expect(shown(false, unknown)).toBe('phi4: 3.9 GB\n');
    const layers = [
      { digest: 'a', totalBytes: 1000, completedBytes: 1000 },
      { digest: 'b', totalBytes: 8000, completedBytes: 2000 },
    ];
    expect(shown(false, { ...unknown, layers, completedBytes: 3000 })).toBe(
      'phi4, layer 2: 25 %, 2 kB of 8 kB\n',
    );
  });
  it('is a bar on a terminal, on one line', () => {
    const text = shown(true, report(), report({ completedBytes: 8_900_000_000, leftMs: 1000 }));
    expect(text).toMatch(/43 %[^\n]*98 %/);
    expect(text).not.toContain('\n');
  });
  it('is a line at every tenth elsewhere', () => {
    const steps = Array.from({ length: 50 }, (_, step) =>
      report({ completedBytes: 180_000_000 * step, bytesPerSecond: null, leftMs: null }),
    );
    const lines = shown(false, ...steps)
      .trim()
      .split('\n');
    expect(lines).toHaveLength(10);
    expect(lines[1]).toMatch(/^phi4: 1\d %/);
  });
  it.each([true, false])('says each phase and each new try once (on a terminal: %s)', (live) => {
    const again = report({ attempt: 2 });
    const verifying = report({ state: 'verifying', attempt: 2 });
    const text = shown(live, report({ state: 'checking' }), report(), again, again, verifying, verifying);
    // After another checksum nothing of it stays.
    expect(text).not.toContain('stays');
    for (const words of [/Looking at the size of phi4/g, /try 2/g, /Ollama checks it/g]) {
      expect(text.match(words)).toHaveLength(1);
    }
  });
});
