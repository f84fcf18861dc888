import { BlockList, isIP } from 'node:net';
import { NodeError } from '../../../shared/errors.ts';

/** Where unencrypted http is allowed: to this computer only, or anywhere (an Ollama on the local network). */
export type PlainHttp = 'loopback' | 'anywhere';

const loopbackAddresses = new BlockList();
loopbackAddresses.addSubnet('127.0.0.0', 8, 'ipv4');
loopbackAddresses.addAddress('::1', 'ipv6');

/** Host name of a URL as sockets want it: without the brackets of an IPv6 address. */
export function socketHost(url: URL): string {
  return url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
}

/** True for `localhost`, 127/8 and ::1, however the address was spelled. */
export function isLoopback(url: URL): boolean {
  const host = socketHost(url);
  const family = isIP(host);
  if (family === 0) return host === 'localhost';
  return loopbackAddresses.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

/**
 * The URL in the form that errors and logs carry: no credentials, no query, and path segments that
 * look like the API keys of Ethereum RPC providers redacted. Hashes and addresses (0x…) stay.
 */
export function printableUrl(url: URL): string {
  return url.origin + url.pathname.replace(/(?<=\/)(?!0x)[\w-]{20,}(?=\/|$)/g, '…');
}

/**
 * Parses a URL and checks it against the rules of the daemon: http or https, no credentials, http only
 * where `plainHttp` allows it. Throws `http-invalid-url` or `http-insecure-url`.
 */
export function checkedUrl(text: string, plainHttp: PlainHttp): URL {
  const url = URL.parse(text);
  // An unparsable text is not repeated: nobody knows what stands in it.
  if (url === null) throw new NodeError('http-invalid-url', { url: '(unparsable)' });
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new NodeError('http-invalid-url', { url: `${url.protocol}…` });
  }
  if (url.username !== '' || url.password !== '') {
    throw new NodeError('http-invalid-url', { url: printableUrl(url) });
  }
  if (url.protocol === 'http:' && plainHttp === 'loopback' && !isLoopback(url)) {
    throw new NodeError('http-insecure-url', { url: printableUrl(url) });
  }
  return url;
}
