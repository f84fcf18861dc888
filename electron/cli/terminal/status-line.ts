import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import { formatCount } from '../../../shared/format.ts';
import { describeState } from '../../../shared/states/states.ts';
import {
  clearLine,
  clearRest,
  hideCursor,
  lineStart,
  onOneLine,
  reset,
  sequences,
  showCursor,
} from './sequences.ts';
import { toneOfState } from './state-tone.ts';
import type { Terminal } from './terminal.ts';

/** One line at the foot of the terminal that is redrawn in place; other lines appear above it. */
export interface StatusLine {
  show(line: string): void;
  /** Prints a line above. */
  above(line: string): void;
  /** Leaves the terminal as it was found. */
  end(): void;
}

export function createStatusLine(terminal: Terminal): StatusLine {
  let current = '';
  let drawn = '';
  let ended = false;

  function draw(): void {
    const fitted = cut(onOneLine(current), terminal.columns() - 1);
    if (ended || fitted === drawn) return;
    // In one piece, so that the terminal never shows half of it.
    terminal.write(`${drawn === '' ? hideCursor : ''}${lineStart}${fitted}${clearRest}`);
    drawn = fitted;
  }

  terminal.onResize(() => {
    drawn = `${drawn} `;
    draw();
  });
  return {
    show(line) {
      current = line;
      draw();
    },
    above(line) {
      if (ended || drawn === '') return terminal.line(line);
      terminal.write(`${clearLine}${onOneLine(line)}\n${drawn}`);
    },
    end() {
      if (ended) return;
      ended = true;
      if (drawn !== '') terminal.write(`${clearLine}${showCursor}`);
    },
  };
}

const pieces = new RegExp(`${sequences.source}|[^]`, 'gu');

/** Cuts a line to a width; colour sequences take no room, and the colour ends with the line. */
export function cut(line: string, columns: number): string {
  let width = 0;
  let result = '';
  let coloured = false;
  for (const part of line.match(pieces) ?? []) {
    if (part.length > 1 && part.startsWith('\u001b')) {
      coloured = part !== reset;
      result += part;
      continue;
    }
    if (width === columns - 1 && visibleWidth(line) > columns) {
      return `${result}…${coloured ? reset : ''}`;
    }
    width += 1;
    result += part;
  }
  return result;
}

function visibleWidth(line: string): number {
  return [...line.replace(sequences, '')].length;
}

/** What the one line says: version, state, heartbeats accepted, served, what runs now. */
export function statusLineText(terminal: Terminal, snapshot: Snapshot, nowMs: number): string {
  const { state, heartbeat, serving, daemon } = snapshot;
  const { label } = describeState(state.code, state.params, nowMs);
  const [running, ...others] = serving.running;
  const now = running
    ? `running ${running.requestId} with ${running.model}${others.length > 0 ? ` and ${others.length} more` : ''}`
    : 'idle';
  const parts = [
    `${terminal.paint(toneOfState(state.code), `● ${label}`)}`,
    `heartbeats ${formatCount(heartbeat.accepted)}`,
    `served ${formatCount(serving.served)}`,
    ...(isBacklog(serving, nowMs) ? [`waiting to send ${formatCount(serving.undelivered)}`] : []),
    now,
  ];
  return `${terminal.paint('quiet', daemon.version)} ${parts.join(' · ')}`;
}

/** Younger than this, an answer is just being delivered. */
const deliveryMs = 3000;

function isBacklog({ oldestUndeliveredAtMs }: Snapshot['serving'], nowMs: number): boolean {
  return oldestUndeliveredAtMs !== null && nowMs - oldestUndeliveredAtMs > deliveryMs;
}
