import { formatBytes, formatDuration } from '../../../shared/format.ts';
import { createStatusLine } from './status-line.ts';
import type { Terminal } from './terminal.ts';

/** How far something is that comes over the network. */
export interface TransferFigures {
  completedBytes: number;
  totalBytes: number | null;
  bytesPerSecond: number | null;
  leftMs: number | null;
}

/** Shows a transfer: a bar that moves where a person watches, a line for every tenth otherwise. */
export interface TransferView {
  show(title: string, figures: TransferFigures): void;
  /** A line of its own. */
  say(text: string): void;
  /** Leaves the terminal as it was found; safe at any moment. */
  end(): void;
}

const barWidth = 24;

export function createTransferView(terminal: Terminal): TransferView {
  if (!terminal.live) return createPlainView(terminal);
  const line = createStatusLine(terminal);
  return {
    show: (title, figures) => line.show(`${bar(figures)} ${transferText(title, figures)}`),
    say: (text) => line.above(text),
    end: () => line.end(),
  };
}

function createPlainView(terminal: Terminal): TransferView {
  let printed = '';
  return {
    show(title, figures) {
      const tenth = figures.totalBytes ? Math.floor((figures.completedBytes / figures.totalBytes) * 10) : 0;
      const mark = `${title} ${tenth}`;
      if (mark === printed) return;
      printed = mark;
      terminal.out(transferText(title, figures));
    },
    say: (text) => terminal.out(text),
    end() {},
  };
}

/** `Ollama 0.32.9: 45 %, 640 MB of 1.42 GB, 12 MB/s, 1 min left`; what is not known is left out. */
export function transferText(title: string, figures: TransferFigures): string {
  const { completedBytes, totalBytes, bytesPerSecond, leftMs } = figures;
  const done = formatBytes(completedBytes);
  const parts = totalBytes
    ? [`${Math.floor((completedBytes / totalBytes) * 100)} %`, `${done} of ${formatBytes(totalBytes)}`]
    : [done];
  if (bytesPerSecond) parts.push(`${formatBytes(bytesPerSecond)}/s`);
  if (leftMs !== null && bytesPerSecond && leftMs > 0) parts.push(`${formatDuration(leftMs)} left`);
  return `${title}: ${parts.join(', ')}`;
}

function bar({ completedBytes, totalBytes }: TransferFigures): string {
  const filled = totalBytes ? Math.min(barWidth, Math.floor((completedBytes / totalBytes) * barWidth)) : 0;
  return `[${'#'.repeat(filled)}${'·'.repeat(barWidth - filled)}]`;
}
