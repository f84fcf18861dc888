import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { protocol, type Session } from 'electron';

/** The windows' own scheme: neither `file:`, which may read the disk, nor anything that a server answers. */
const appScheme = 'operator';
export const appOrigin = 'operator://app';

const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'none'; base-uri 'none'; form-action 'none'";

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

const securityHeaders = {
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const;

/** Before the app is ready, and once. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, codeCache: true } },
  ]);
}

/** Whether a URL is in the windows' own origin. */
export function isOwnUrl(text: string): boolean {
  const url = URL.parse(text);
  return (
    url?.protocol === `${appScheme}:` && url.host === 'app' && url.username === '' && url.password === ''
  );
}

/**
 * Serves the built interface to `session` under the app's origin. Only files that lay in `rendererDir`
 * at the start are served, by their exact names: there is no path to walk out of.
 */
export function serveInterface(options: { rendererDir: string }, modules: { session: Session }): void {
  const files = filesIn(options.rendererDir);
  modules.session.protocol.handle(appScheme, async (request) => {
    const found = isOwnUrl(request.url) ? files.get(new URL(request.url).pathname) : undefined;
    if (request.method !== 'GET') return refusal(405);
    if (found === undefined) return refusal(404);
    const content = await readFile(found.path);
    return new Response(new Uint8Array(content), {
      headers: { ...securityHeaders, 'Content-Type': found.type, 'Cache-Control': 'no-cache' },
    });
  });
}

function refusal(status: number): Response {
  return new Response('There is nothing here.', {
    status,
    headers: { ...securityHeaders, 'Content-Type': 'text/plain' },
  });
}

/** By the path in a URL; files of a kind that the interface does not use are left out. */
function filesIn(dir: string): ReadonlyMap<string, { path: string; type: string }> {
  const files = new Map<string, { path: string; type: string }>();
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    const type = types[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    const name = relative(dir, path).split(sep).map(encodeURIComponent).join('/');
    files.set(`/${name}`, { path, type });
  }
  return files;
}
