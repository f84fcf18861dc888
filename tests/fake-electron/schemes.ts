/**
 * The app's own schemes in Chromium, which knows none of them: `operator://app/x` is
 * `https://app.operator.invalid/x` in the page, and is translated back in every URL that the app sees.
 */

const schemes = new Set<string>();
let sealed = false;

interface CustomScheme {
  scheme: string;
  privileges?: Record<string, boolean>;
}

/** As `protocol.registerSchemesAsPrivileged`: once, before the app is ready. */
export function registerSchemes(list: readonly CustomScheme[]): void {
  if (sealed) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
  if (schemes.size > 0) throw new Error('protocol.registerSchemesAsPrivileged can be called only once');
  for (const { scheme, privileges = {} } of list) {
    const { standard, secure, ...others } = privileges;
    if (!standard || !secure)
      throw new Error(`${scheme}: only standard, secure schemes are implemented in the test host`);
    const more = Object.entries(others).filter(([, on]) => on);
    const untold = more.filter(([name]) => !['supportFetchAPI', 'codeCache', 'stream'].includes(name));
    if (untold.length > 0)
      throw new Error(
        `${scheme}: privileges ${untold.map(([name]) => name)} are not implemented in the test host`,
      );
    schemes.add(scheme);
  }
}

export function sealSchemes(): void {
  sealed = true;
}

export function isOwnScheme(scheme: string): boolean {
  return schemes.has(scheme);
}

/** The URL in the page of one of the app's. */
export function toPage(url: string): string {
  const found = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/i.exec(url);
  const [, scheme = '', host = '', rest = ''] = found ?? [];
  if (!schemes.has(scheme.toLowerCase())) return url;
  return `https://${host}.${scheme.toLowerCase()}.invalid${rest}`;
}

/** The URL as the app knows it. */
export function toApp(url: string): string {
  const found = /^(blob:)?https:\/\/([^/?#]*)\.([a-z0-9+-]+)\.invalid(.*)$/i.exec(url);
  const [, blob = '', host = '', scheme = '', rest = ''] = found ?? [];
  return schemes.has(scheme) ? `${blob}${scheme}://${host}${rest}` : url;
}

/** Scheme and host of a URL as the app knows it, `null` for an opaque origin. */
export function originOf(appUrl: string): string {
  const own = /^([a-z][a-z0-9+-]*):\/\/([^/?#]*)/i.exec(appUrl);
  if (own?.[1] && schemes.has(own[1])) return `${own[1]}://${own[2]}`;
  return URL.parse(appUrl)?.origin ?? 'null';
}
