import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { SecureContext } from 'node:tls';
import { NodeError } from '../../../shared/errors.ts';
import { failureReason } from './failure.ts';

type Trust = () => SecureContext;

/** By the files named. Each client of a daemon asks for the same ones, and checking a system's bundle takes some 10 ms. */
const trusted = new Map<string, Trust | null>();

const caFileLimitBytes = 4 * 1024 * 1024;

function readCertificates(path: string): string[] {
  let text: string;
  try {
    if (statSync(path).size > caFileLimitBytes) {
      throw new NodeError('ca-file-unreadable', { path, reason: 'too-large' });
    }
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof NodeError) throw error;
    throw new NodeError('ca-file-unreadable', { path, reason: failureReason(error) });
  }
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new NodeError('ca-file-unreadable', { path, reason: 'no-certificate' });
  for (const block of blocks) {
    try {
      new X509Certificate(block);
    } catch {
      // OpenSSL would skip it silently and the connection would fail later, for no visible reason.
      throw new NodeError('ca-file-unreadable', { path, reason: 'not-a-certificate' });
    }
  }
  return blocks;
}

/**
 * The certificate authorities to trust besides the built-in ones: `caFile`, else the files named by NODE_EXTRA_CA_CERTS
 * and SSL_CERT_FILE. Returns a function that makes the TLS context at first use, or null when nothing is added (then
 * Node's own shared store serves, which costs nothing). A file is read once in a process. Throws `ca-file-unreadable`.
 */
export function readTrust(caFile: string | null, env: NodeJS.ProcessEnv): Trust | null {
  const paths = caFile === null ? [env.NODE_EXTRA_CA_CERTS, env.SSL_CERT_FILE] : [caFile];
  const named = paths.map((path) => path ?? '').filter((path) => path !== '');
  const key = named.join('\0');
  const known = trusted.get(key);
  if (known !== undefined) return known;
  const trust = trustIn([...new Set(named)].flatMap((path) => readCertificates(path)));
  trusted.set(key, trust);
  return trust;
}

function trustIn(extra: readonly string[]): Trust | null {
  if (extra.length === 0) return null;
  let context: SecureContext | undefined;
  return () => {
    if (context === undefined) {
      // Imported at the top it would build its list of root certificates at every start, for nothing.
      const { createSecureContext, getCACertificates, rootCertificates } =
        process.getBuiltinModule('node:tls');
      const builtIn = getCACertificates('default');
      context = createSecureContext({ ca: [...(builtIn.length > 0 ? builtIn : rootCertificates), ...extra] });
    }
    return context;
  };
}
