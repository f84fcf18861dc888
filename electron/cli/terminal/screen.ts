import { clearBelow, clearRest, clearScreen, hideCursor, home, showCursor } from './sequences.ts';
import { cut } from './status-line.ts';
import type { Terminal } from './terminal.ts';

/** The whole terminal, drawn again in place. */
export interface Screen {
  show(text: string): void;
  /** Leaves the last text and a cursor; safe at any moment. */
  end(): void;
}

export function createScreen(terminal: Terminal): Screen {
  let last = '';
  let ended = false;

  function draw(): void {
    if (ended || last === '') return;
    // A line that wraps or scrolls would put the next drawing in the wrong place.
    const rows = Math.max(1, (process.stdout.rows || 24) - 1);
    const lines = last.split('\n').slice(0, rows);
    const drawn = lines.map((line) => `${cut(line, terminal.columns() - 1)}${clearRest}\n`);
    terminal.write(`${home}${drawn.join('')}${clearBelow}`);
  }

  terminal.write(`${hideCursor}${clearScreen}`);
  terminal.onResize(draw);
  return {
    show(text) {
      last = text;
      draw();
    },
    end() {
      if (ended) return;
      ended = true;
      terminal.write(showCursor);
    },
  };
}
