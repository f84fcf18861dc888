import { readFileSync } from 'node:fs';

/** Filled in by the build; absent when the sources run as they are. */
declare const __PRODUCT_VERSION__: string | undefined;

export function productVersion(): string {
  if (typeof __PRODUCT_VERSION__ === 'string') return __PRODUCT_VERSION__;
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
