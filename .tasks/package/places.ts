import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');
/** What was fetched or made once and is good for every later run. */
export const cacheDir = join(root, 'node_modules', '.cache', 'package');
/** What a person and every script type. */
export const programName = 'parallelix-operator';
/** How the packages are called: the app's own is to be `parallelix-operator`. */
export const packageName = 'parallelix-operator-cli';
export const systemFolder = `/usr/lib/${programName}`;

export function productVersion(): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
}
