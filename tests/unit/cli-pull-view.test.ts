import { describe, expect, it } from 'vitest';
import { createPullView, progressText } from '../../electron/cli/pull-view.ts';
import type { Terminal } from '../../electron/cli/terminal.ts';
import type { PullReport } from '../../shared/contract/ollama.ts';

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
    out: (line = '') => add(`${line}\n`),
    err: add,
    write: add,
    paint: (_tone, words) => words,
    bold: (words) => words,
    columns: () => 100,
    onResize() {},
    text: () => text,
  };
}

describe('the progress of a pull', () => {
  it('is said in bytes, speed and time left', () => {
    expect(progressText(report())).toBe('phi4  43 %  3.9 GB of 9 GB  12.3 MB/s  6 min left');
  });
  it('claims nothing that is not known', () => {
    const unknown = report({ totalBytes: null, bytesPerSecond: null, leftMs: null });
    expect(progressText(unknown)).toBe('phi4  3.9 GB so far');
  });
  it('is a bar on a terminal, on one line', () => {
    const screen = terminal(true);
    const view = createPullView(screen);
    view.show(report({ state: 'checking', totalBytes: null }));
    view.show(report());
    view.show(report({ completedBytes: 9_000_000_000, leftMs: 0 }));
    view.end();
    expect(screen.text()).toContain('[==========>             ] phi4  43 %');
    expect(screen.text()).toContain(`[${'='.repeat(24)}] phi4  100 %`);
    expect(screen.text()).not.toContain('\n');
  });
  it('is a line at every tenth elsewhere', () => {
    const screen = terminal(false);
    const view = createPullView(screen);
    for (let share = 0; share <= 1; share += 0.02) {
      view.show(report({ completedBytes: 9_000_000_000 * share, bytesPerSecond: null, leftMs: null }));
    }
    const lines = screen.text().trim().split('\n');
    expect(lines.length).toBeLessThanOrEqual(11);
    expect(lines[1]).toMatch(/^phi4 {2}1\d %/);
  });
  it('says once that it is asked for again', () => {
    const screen = terminal(false);
    const view = createPullView(screen);
    for (let times = 0; times < 3; times += 1) view.show(report({ attempt: 2 }));
    expect(screen.text().match(/try 2/g)).toHaveLength(1);
  });
});
