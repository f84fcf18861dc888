/*
 * node .tasks/package/icons.ts: the icons of the app in every size, and the one of macOS, from resources/icons/app/icon.svg.
 * What it writes is committed; a test draws them again and compares.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import { root } from './places.ts';

export const iconFolder = join(root, 'resources', 'icons', 'app');
export const iconSizes = [16, 24, 32, 48, 64, 96, 128, 256, 512, 1024] as const;

/** What macOS calls each size; `@2x` ones are the same picture for a denser screen. [Apple, icns format] */
const icnsTypes = [
  ['icp4', 16],
  ['icp5', 32],
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic13', 256],
  ['ic08', 256],
  ['ic14', 512],
  ['ic09', 512],
  ['ic10', 1024],
] as const;

/** A square PNG of a drawing. */
export function drawIcon(svg: string, size: number): Buffer {
  return new Resvg(svg, { fitTo: { mode: 'width', value: size } }).render().asPng();
}

/** An icon file of macOS: a header, then each picture with its name and length, as PNG. */
export function icnsOf(pictures: ReadonlyMap<number, Buffer>): Buffer {
  const parts = icnsTypes.flatMap(([type, size]) => {
    const picture = pictures.get(size);
    if (!picture) throw new Error(`no picture of ${size} pixels`);
    return [chunkHeader(type, picture.length), picture];
  });
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([chunkHeader('icns', length), ...parts]);
}

function chunkHeader(type: string, length: number): Buffer {
  const header = Buffer.alloc(8);
  header.write(type, 'latin1');
  header.writeUInt32BE(length + 8, 4);
  return header;
}

/** Every file that is made of the drawing, by its name in the folder. */
export function iconFiles(svg: string): Map<string, Buffer> {
  const pictures = new Map(iconSizes.map((size) => [size as number, drawIcon(svg, size)]));
  const files = new Map([...pictures].map(([size, picture]) => [`${size}x${size}.png`, picture]));
  return files.set('icon.icns', icnsOf(pictures));
}

if (import.meta.main) {
  for (const [name, content] of iconFiles(readFileSync(join(iconFolder, 'icon.svg'), 'utf8')))
    writeFileSync(join(iconFolder, name), content);
}
