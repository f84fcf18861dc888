import { X509Certificate } from 'node:crypto';
import type { SecureContext } from 'node:tls';
import { isNodeError, NodeError } from '../../../shared/errors.ts';
import type { Reason } from '../../../shared/reasons/reason-text.ts';
import { readSmallFileSync } from '../storage/atomic-file.ts';
import { failureReason } from './failure.ts';

type Trust = () => SecureContext;

/** By the files named. Each client of a daemon asks for the same ones, and checking a system's bundle takes some 10 ms. */
const trusted = new Map<string, Trust | null>();

const caFileLimitBytes = 4 * 1024 * 1024;

/** The certificates in a file that can be used, and what is wrong with it; null: nothing. */
function readCertificates(path: string): { blocks: string[]; reason: Reason | null } {
  let text: string | null;
  try {
    text = readSmallFileSync(path, caFileLimitBytes);
  } catch (error) {
    const reason = isNodeError(error, 'file-too-large') ? 'too-large' : failureReason(error);
    return { blocks: [], reason: isNodeError(error, 'state-dir-unusable') ? 'not-a-file' : reason };
  }
  if (text === null) return { blocks: [], reason: 'ENOENT' };
  const found = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  // OpenSSL would skip a bad one silently and the connection would fail later, for no visible reason.
  const blocks = found.filter(isCertificate);
  if (found.length === 0) return { blocks, reason: 'no-certificate' };
  return { blocks, reason: blocks.length < found.length ? 'not-a-certificate' : null };
}

function isCertificate(block: string): boolean {
  try {
    new X509Certificate(block);
    return true;
  } catch {
    return false;
  }
}

const hints = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'] as const;

/** A file of certificate authorities that a variable names and that cannot be used as it is. */
export interface CaHintFault {
  variable: (typeof hints)[number];
  path: string;
  reason: Reason;
}

/** What is wrong with the files that the environment names. Nobody who runs a node need have set them. */
export function caHintFaults(env: NodeJS.ProcessEnv): CaHintFault[] {
  return hints.flatMap((variable) => {
    const path = env[variable] ?? '';
    const { reason } = path === '' ? { reason: null } : readCertificates(path);
    return reason === null ? [] : [{ variable, path, reason }];
  });
}

/**
 * The certificate authorities to trust besides the built-in ones: `caFile`, else the files named by NODE_EXTRA_CA_CERTS
 * and SSL_CERT_FILE. Returns a function that makes the TLS context at first use, or null when nothing is added (then
 * Node's own shared store serves, which costs nothing). A file is read once in a process. An inherited variable only
 * adds: what of its file cannot be used is left out, see `caHintFaults`.
 *
 * @throws NodeError `ca-file-unreadable` for `caFile`, which was set for this node
 */
export function readTrust(caFile: string | null, env: NodeJS.ProcessEnv): Trust | null {
  const paths = caFile === null ? hints.map((variable) => env[variable]) : [caFile];
  const named = paths.map((path) => path ?? '').filter((path) => path !== '');
  const key = named.join('\0');
  const known = trusted.get(key);
  if (known !== undefined) return known;
  const read = [...new Set(named)].map((path) => ({ path, ...readCertificates(path) }));
  const fault = read.find(({ reason }) => reason !== null);
  if (caFile !== null && fault !== undefined && fault.reason !== null)
    throw new NodeError('ca-file-unreadable', { path: fault.path, reason: fault.reason });
  const trust = trustIn(read.flatMap(({ blocks }) => blocks));
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
