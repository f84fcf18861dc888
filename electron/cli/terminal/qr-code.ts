import { create } from 'qrcode';
import { coloured } from './sequences.ts';
import type { Terminal } from './terminal.ts';

/** Modules of light around the code; less and readers miss it. */
const quiet = 4;
const blackOnWhite = '30;107';

/**
 * A QR code of half blocks, two modules a character; null where it could not be read: no blocks, no colours, or a
 * terminal that is too narrow.
 */
export function terminalQrCode(terminal: Terminal, text: string): string | null {
  const { modules } = create(text, { errorCorrectionLevel: 'L' });
  const side = modules.size + 2 * quiet;
  if (!terminal.colouredBlocks || terminal.columns() < side) return null;
  const dark = (row: number, column: number) => {
    const [y, x] = [row - quiet, column - quiet];
    return y >= 0 && x >= 0 && y < modules.size && x < modules.size && modules.get(y, x) !== 0;
  };
  const lines: string[] = [];
  for (let row = 0; row < side; row += 2) {
    let line = '';
    for (let column = 0; column < side; column += 1) line += block(dark(row, column), dark(row + 1, column));
    lines.push(coloured(blackOnWhite, line));
  }
  return lines.join('\n');
}

function block(upper: boolean, lower: boolean): string {
  if (upper) return lower ? '█' : '▀';
  return lower ? '▄' : ' ';
}
