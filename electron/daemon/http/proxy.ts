import { BlockList, isIP } from 'node:net';
import { NodeError } from '../../../shared/errors.ts';
import { isLoopback, printableUrl, socketHost } from './address.ts';

/** A proxy as the environment names it. `authorization` is a secret: it goes to the proxy and nowhere else. */
export interface ProxyServer {
  tls: boolean;
  host: string;
  port: number;
  authorization: string | null;
}

/** One entry of NO_PROXY. */
interface Exemption {
  port: number | null;
  covers(host: string): boolean;
}

const family = (host: string) => (isIP(host) === 6 ? 'ipv6' : 'ipv4');

function parseExemption(entry: string): Exemption | null {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(entry);
  const withPort = /^([^:]+):(\d+)$/.exec(entry);
  const name = bracketed?.[1] ?? withPort?.[1] ?? entry;
  const portText = bracketed?.[2] ?? withPort?.[2];
  const port = portText === undefined ? null : Number(portText);
  if (name === '*') return { port, covers: () => true };

  const [base = '', prefix] = name.split('/');
  if (isIP(base) !== 0) {
    const addresses = new BlockList();
    if (prefix === undefined) addresses.addAddress(base, family(base));
    else {
      const bits = Number(prefix);
      if (!/^\d+$/.test(prefix) || bits > (isIP(base) === 6 ? 128 : 32)) return null;
      addresses.addSubnet(base, bits, family(base));
    }
    return { port, covers: (host) => isIP(host) !== 0 && addresses.check(host, family(host)) };
  }
  const domain = name.replace(/^\*?\./, '').toLowerCase();
  if (domain === '') return null;
  return { port, covers: (host) => host === domain || host.endsWith(`.${domain}`) };
}

/** Null when the value names no proxy that this client can speak to (SOCKS, garbage). */
function parseProxy(value: string): ProxyServer | null {
  const url = URL.parse(withScheme(value));
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') {
    return null;
  }
  const tls = url.protocol === 'https:';
  let authorization: string | null = null;
  if (url.username !== '' || url.password !== '') {
    try {
      const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
      authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
    } catch {
      return null;
    }
  }
  const port = url.port === '' ? (tls ? 443 : 80) : Number(url.port);
  return { tls, host: socketHost(url), port, authorization };
}

const withScheme = (value: string) => (/^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`);

/**
 * Whether user or password hold a character that must be written as its code there: `%`, `#`, `/` or `?`. The address
 * then ends in the middle of the password.
 */
function hasUnencodedPassword(value: string): boolean {
  const [, rest = ''] = /^[^:]+:\/\/([\s\S]*)$/.exec(withScheme(value)) ?? [];
  const at = rest.lastIndexOf('@');
  if (at === -1) return false;
  return /[/#?]|%(?![0-9a-f]{2})/i.test(rest.slice(0, at));
}

/**
 * Reads HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY (lower case first, as curl does) and returns the choice of a
 * proxy for a URL; null is the direct way. ALL_PROXY counts where the one for the scheme is missing. Loopback is always direct. NO_PROXY takes names with their subdomains, `*`, addresses,
 * CIDR ranges and `host:port`. Where the operator asked for a proxy that cannot be used the choice throws
 * `http-unreachable` with `PROXY_UNSUPPORTED` or `PROXY_PASSWORD`: going around it silently would be worse than staying
 * offline.
 */
export function createProxyChoice(env: NodeJS.ProcessEnv): (url: URL) => ProxyServer | null {
  const read = (name: string) => (env[name.toLowerCase()] || env[name] || '').trim();
  const all = read('ALL_PROXY');
  const configured = { 'https:': read('HTTPS_PROXY') || all, 'http:': read('HTTP_PROXY') || all };
  const exemptions = read('NO_PROXY')
    .split(/[\s,]+/)
    .map(parseExemption)
    .filter((exemption) => exemption !== null);

  return (url) => {
    const value = url.protocol === 'https:' ? configured['https:'] : configured['http:'];
    if (value === '' || isLoopback(url)) return null;
    const host = socketHost(url);
    const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
    const exempt = exemptions.some((one) => (one.port === null || one.port === port) && one.covers(host));
    if (exempt) return null;
    const proxy = hasUnencodedPassword(value) ? null : parseProxy(value);
    if (proxy === null) {
      const reason = hasUnencodedPassword(value) ? 'PROXY_PASSWORD' : 'PROXY_UNSUPPORTED';
      throw new NodeError('http-unreachable', { url: printableUrl(url), reason });
    }
    return proxy;
  };
}
