import { isIP } from 'node:net';
import { NodeError } from '../../../../shared/errors.ts';
import type { Reason } from '../../../../shared/reasons/reason-text.ts';

export interface OllamaAddress {
  /** `http://127.0.0.1:11434`, never with a trailing slash. */
  url: string;
  /** Not this machine: prompts travel over the network to it. */
  remote: boolean;
}

/** Prompts never go to a third party. */
const thirdParty = 'ollama.com';

/**
 * Reads `OLLAMA_HOST` (or our own setting of the same form) as Ollama's own programs do: scheme, port and host may
 * each be missing, quotes and spaces around it are dropped, an unusable port is ignored, and an address that means
 * "all interfaces" becomes the loopback one. Nothing given is `http://127.0.0.1:11434`. [ollama envconfig/config.go]
 *
 * Errors: `setting-invalid` for another scheme, an unreadable host, credentials, and ollama.com.
 */
export function parseOllamaAddress(given: string | undefined, name = 'OLLAMA_HOST'): OllamaAddress {
  const value = (given ?? '')
    .trim()
    .replace(/^["']+|["']+$/g, '')
    .trim();
  const [scheme, rest, defaultPort] = splitScheme(value);
  const refuse = (reason: Reason) => new NodeError('setting-invalid', { name, value: masked(value), reason });
  if (scheme !== 'http' && scheme !== 'https') throw refuse('needs-http-scheme');

  const slash = rest.indexOf('/');
  const hostPort = slash < 0 ? rest : rest.slice(0, slash);
  const path = slash < 0 ? '' : rest.slice(slash).replace(/\/+$/, '');
  if (hostPort.includes('@')) throw refuse('holds-password');

  const { host, port } = splitPort(hostPort, defaultPort);
  const connectable = connectableHost(host);
  const url = URL.parse(
    `${scheme}://${isIP(connectable) === 6 ? `[${connectable}]` : connectable}:${port}${path}`,
  );
  if (url === null || url.hostname === '' || url.search !== '' || url.hash !== '') {
    throw refuse('address-unreadable');
  }
  const hostname = url.hostname.replace(/\.+$/, '');
  if (hostname === thirdParty || hostname.endsWith(`.${thirdParty}`)) {
    throw refuse('third-party');
  }
  // Written with its port even where it is the scheme's own: Ollama's default is another one.
  const origin = `${url.protocol}//${url.hostname}:${port}`;
  return { url: `${origin}${url.pathname === '/' ? '' : url.pathname}`, remote: !isLoopback(hostname) };
}

/**
 * What `OLLAMA_HOST` of a server must be so that it listens at an address of ours; null where no server can be started
 * from here: on another machine, behind TLS or a path, or at an address that is not this machine's own loopback.
 */
export function listenAddress({ url, remote }: OllamaAddress): string | null {
  const { protocol, hostname, pathname, port } = new URL(url);
  if (remote || protocol !== 'http:' || pathname !== '/' || !isLoopback(hostname)) return null;
  return `${hostname}:${port === '' ? '80' : port}`;
}

function splitScheme(value: string): [scheme: string, rest: string, defaultPort: number] {
  const at = value.indexOf('://');
  if (at < 0) return ['http', value, 11434];
  const scheme = value.slice(0, at);
  return [scheme, value.slice(at + 3), scheme === 'https' ? 443 : 80];
}

/** Splits off a port the way Go's `net.SplitHostPort` does; without one, the whole text is the host. */
function splitPort(hostPort: string, defaultPort: number): { host: string; port: number } {
  const whole = { host: unbracketed(hostPort) || '127.0.0.1', port: defaultPort };
  if (isIP(whole.host) !== 0) return whole;
  const colon = hostPort.lastIndexOf(':');
  if (colon < 0) return whole;
  const host = hostPort.slice(0, colon);
  const digits = hostPort.slice(colon + 1);
  const port = /^\d{1,5}$/.test(digits) ? Number(digits) : Number.NaN;
  return { host: unbracketed(host) || '127.0.0.1', port: port > 0 && port <= 65535 ? port : defaultPort };
}

const unbracketed = (host: string) => host.replace(/^\[(.*)\]$/, '$1');

/** "All interfaces" is where a server listens, not where a client connects. */
function connectableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return isIP(host) === 6 && /^[0:]+$/.test(host) ? '::1' : host;
}

function isLoopback(hostname: string): boolean {
  if (hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]') return true;
  return isIP(hostname) === 4 && hostname.startsWith('127.');
}

/** What may stand in an error: no password. */
function masked(value: string): string {
  return value.replace(/[^/]*@/, '***@');
}
