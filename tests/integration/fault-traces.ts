import type { StatePaths } from '../../electron/daemon/storage/paths.ts';
import { filesOf } from './fault-scene.ts';

/** A text in every form in which it could lie in a file or cross a wire. */
export function formsOfText(text: string): Buffer[] {
  const escaped = JSON.stringify(text).slice(1, -1);
  const asciiEscaped = escaped.replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const texts = [text, escaped, asciiEscaped, encodeURIComponent(text)];
  return [
    ...texts.map((form) => Buffer.from(form, 'utf8')),
    Buffer.from(text, 'utf16le'),
    Buffer.from(text, 'utf16le').swap16(),
    Buffer.from(Buffer.from(text, 'utf8').toString('hex')),
  ];
}

/** A private key of 64 hex digits in every form in which it could be written. */
export function formsOfKey(hex: string): Buffer[] {
  const raw = Buffer.from(hex, 'hex');
  const texts = [
    hex,
    hex.toUpperCase(),
    raw.toString('base64'),
    raw.toString('base64url'),
    BigInt(`0x${hex}`).toString(),
    [...raw].join(','),
    [...raw].join(', '),
  ];
  return [
    raw,
    ...texts.map((form) => Buffer.from(form)),
    ...texts.map((form) => Buffer.from(form, 'utf16le')),
  ];
}

/** Where any of the forms stands: names of files of the state directory, and of `others`. */
export function tracesOf(
  forms: readonly Buffer[],
  paths: StatePaths,
  others: Readonly<Record<string, Buffer | string>> = {},
): string[] {
  const places = [...filesOf(paths), ...Object.entries(others)];
  return places
    .filter(([, content]) => {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      return forms.some((form) => bytes.includes(form));
    })
    .map(([name]) => name);
}
