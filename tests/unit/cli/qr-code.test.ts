import jsqr from 'jsqr';
import { describe, expect, it } from 'vitest';
import { terminalQrCode } from '../../../electron/cli/terminal/qr-code.ts';
import type { Terminal } from '../../../electron/cli/terminal/terminal.ts';

const link = `https://link.metamask.io/dapp/app.parallelix.io/operate/nodes/register?keyHash=0x${'ab'.repeat(32)}&tier=4`;
const terminal = (columns: number, colouredBlocks = true): Terminal => ({
  live: true,
  interactive: true,
  colouredBlocks,
  out() {},
  line() {},
  err() {},
  write() {},
  paint: (_tone, text) => text,
  bold: (text) => text,
  columns: () => columns,
  onReaderGone() {},
  onResize() {},
});

/** What a camera would see of the half blocks: black on white, each module some pixels wide. */
function read(drawn: string): string | undefined {
  const escapes = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g');
  const rows = drawn.split('\n').flatMap((line) => {
    const characters = [...line.replace(escapes, '')];
    return [
      characters.map((one) => one === '█' || one === '▀'),
      characters.map((one) => one === '█' || one === '▄'),
    ];
  });
  const scale = 4;
  const width = (rows[0]?.length ?? 0) * scale;
  const height = rows.length * scale;
  const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      if (rows[Math.floor(y / scale)]?.[Math.floor(x / scale)])
        pixels.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3);
  return jsqr.default(pixels, width, height)?.data;
}

describe('a QR code in the terminal', () => {
  it('reads as the link it stands for', () => {
    const drawn = terminalQrCode(terminal(100), link);
    expect(drawn).not.toBeNull();
    expect(read(drawn ?? '')).toBe(link);
  });

  it('is left out where it could not be read: without colours, or in a narrow terminal', () => {
    expect(terminalQrCode(terminal(100, false), link)).toBeNull();
    expect(terminalQrCode(terminal(40), link)).toBeNull();
  });
});
