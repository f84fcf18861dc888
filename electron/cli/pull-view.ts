import type { PullReport } from '../../shared/contract/ollama.ts';
import { formatBytes, formatDuration } from '../../shared/format.ts';
import { createStatusLine } from './status-line.ts';
import type { Terminal } from './terminal.ts';

/** Shows pulls: one line that is redrawn where a person watches, else a line whenever there is something to say. */
export interface PullView {
  show(report: PullReport): void;
  end(): void;
}

const barWidth = 24;
/** Without a terminal a line is printed at every tenth, or for so many bytes where the whole is not known. */
const plainStepBytes = 500_000_000;

export function createPullView(terminal: Terminal): PullView {
  return terminal.live ? liveView(terminal) : plainView(terminal);
}

function liveView(terminal: Terminal): PullView {
  const line = createStatusLine(terminal);
  let attempt = 1;
  return {
    show(report) {
      if (report.attempt > attempt) line.above(resumedText(report));
      attempt = report.attempt;
      line.show(`  ${bar(report)}${progressText(report)}`);
    },
    end: () => line.end(),
  };
}

function plainView(terminal: Terminal): PullView {
  let last = '';
  let attempt = 1;
  return {
    show(report) {
      const { state, totalBytes, completedBytes } = report;
      if (report.attempt > attempt) terminal.out(resumedText(report));
      attempt = report.attempt;
      const step =
        totalBytes === null
          ? Math.floor(completedBytes / plainStepBytes)
          : Math.floor((completedBytes / totalBytes) * 10);
      const now = `${state} ${step}`;
      if (now === last) return;
      last = now;
      terminal.out(progressText(report));
    },
    end() {},
  };
}

function share({ totalBytes, completedBytes }: PullReport): number | null {
  return totalBytes === null || totalBytes === 0 ? null : Math.min(1, completedBytes / totalBytes);
}

/** Drawn in plain characters, which every terminal has; empty while the whole is not known. */
function bar(report: PullReport): string {
  const done = share(report);
  if (done === null || report.state === 'queued' || report.state === 'checking') return '';
  const filled = Math.floor(done * barWidth);
  return `[${'='.repeat(filled)}${filled < barWidth ? '>' : ''}${' '.repeat(Math.max(0, barWidth - filled - 1))}] `;
}

/** How far a pull is, in words. */
export function progressText(report: PullReport): string {
  const { model, state, totalBytes, completedBytes, bytesPerSecond, leftMs } = report;
  if (state === 'queued') return `${model} waits for its turn`;
  if (state === 'checking') return `Looking at the size of ${model} and at the room for it`;
  if (state === 'verifying') return `Checking what arrived of ${model}`;
  const done = share(report);
  const figures = [
    done === null ? null : `${Math.floor(done * 100)} %`,
    totalBytes === null
      ? `${formatBytes(completedBytes)} so far`
      : `${formatBytes(completedBytes)} of ${formatBytes(totalBytes)}`,
    bytesPerSecond === null ? null : `${formatBytes(bytesPerSecond)}/s`,
    leftMs === null ? null : `${formatDuration(leftMs)} left`,
  ];
  return `${model}  ${figures.filter((figure) => figure !== null).join('  ')}`;
}

function resumedText({ model, attempt }: PullReport): string {
  return `Nothing came for a while, or something broke; asking again for ${model} (try ${attempt}). What came stays.`;
}
