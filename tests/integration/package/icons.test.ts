import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { iconFiles, iconFolder, iconSizes } from '../../../.tasks/package/icons.ts';

const stored = (name: string) => readFileSync(join(iconFolder, name));

describe('the icons of the app', () => {
  it('are what the drawing gives, in every size, and nothing else', () => {
    const drawn = iconFiles(stored('icon.svg').toString());
    expect(readdirSync(iconFolder).sort()).toEqual([...drawn.keys(), 'icon.svg'].sort());
    for (const [name, content] of drawn) expect(stored(name).equals(content), name).toBe(true);
  });

  it('are square PNGs of the size that their name says', () => {
    for (const size of iconSizes) {
      const png = stored(`${size}x${size}.png`);
      expect(png.toString('latin1', 1, 4)).toBe('PNG');
      expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([size, size]);
    }
  });

  it('hold ten pictures for macOS, each whole', () => {
    const icns = stored('icon.icns');
    expect(icns.toString('latin1', 0, 4)).toBe('icns');
    expect(icns.readUInt32BE(4)).toBe(icns.length);
    const types: string[] = [];
    for (let at = 8; at < icns.length; at += icns.readUInt32BE(at + 4)) {
      types.push(icns.toString('latin1', at, at + 4));
      expect(icns.toString('latin1', at + 9, at + 12)).toBe('PNG');
    }
    expect(types).toHaveLength(10);
  });
});
