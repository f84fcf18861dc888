import { translatable } from '../language.ts';
import { printable } from './printable.ts';

/** Reasons as they follow a colon or stand in brackets: no capital, no full stop. */
const reasonTexts = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ETIMEDOUT: 'no answer in time',
  timeout: 'no answer in time',
  aborted: 'cancelled',
  ENOTFOUND: 'DNS lookup failed',
  EAI_AGAIN: 'DNS lookup failed',
  EAI_FAIL: 'DNS lookup failed',
  ENETUNREACH: 'network unreachable',
  ENETDOWN: 'the network is down',
  EHOSTUNREACH: 'that computer is unreachable',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
  ENOTDIR: 'part of the path is not a directory',
  EISDIR: 'it is a directory',
  EIO: 'the disk reports an error',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your disk quota is used up',
  EMFILE: 'this program has too many open files',
  ENFILE: 'this computer has too many open files',
  ENOENT: 'not found',
  CERT_HAS_EXPIRED: 'its certificate has expired, or this computer’s clock is ahead',
  CERT_NOT_YET_VALID: 'its certificate isn’t valid yet, so this computer’s clock may be behind',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate isn’t signed by a trusted authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate isn’t signed by a trusted authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate isn’t signed by a trusted authority',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  PROXY_UNSUPPORTED: 'the proxy in HTTPS_PROXY or ALL_PROXY isn’t an http or https address',
  PROXY_PASSWORD: 'the proxy’s password contains %, #, / or ?; write them as %25, %23, %2F and %3F',
  PROXY_407: 'the proxy wants a user name and password, or refused them',
  'not-a-file': 'it isn’t a file',
  'not-the-coordinator': 'a web page answered instead, perhaps a sign-in page of this network',
  'body-too-large': 'the answer was too long',
  not_staked: 'no stake is locked for this node',
  in_cooldown: 'unstaking is under way',
  tier_mismatch: 'the hardware doesn’t match the registered tier',
  rpc_error: 'the network can’t read the chain right now',
  refused: 'refused',
  rejected: 'it belongs to another user',
  busy: 'it is still waiting for an earlier answer',
  'service-died': 'the program behind it ended',
  'keyring-library': 'the part of this program that opens it couldn’t be loaded',
  'keyring-failed': 'it reported an error',
  'readable-by-others': 'others on this computer could read it',
  'stored-twice': 'it is stored there twice; delete one of the two entries if they are the same',
  'listed-not-given': 'the entry is listed but wasn’t returned',
  'read-back-differs': 'what was saved didn’t read back the same',
  'not-deleted': 'the entry is still there after it was deleted',
  EADDRINUSE: 'another program uses that address',
  'not-answering': 'it runs but doesn’t answer',
  'stopped-on-request': 'it was stopped on request',
  'ended-from-outside': 'another program ended it',
  'own-service': 'the system’s own Ollama service is installed and isn’t running',
  'deadline-exceeded': 'no answer before the deadline',
  'ollama-died': 'Ollama disconnected',
  'ollama-answer-invalid': 'invalid response from Ollama',
  'unexpected error': 'an unexpected error',
  'model-needs-memory': 'too little free memory',
  'driven-out': 'other models took its memory',
  'keychain-no-session': 'no desktop session',
  'keychain-not-installed': 'no keychain on this computer',
  'keychain-denied': 'access was refused',
  'keychain-empty': 'no keyring is open in it',
  'keychain-changed': 'it is not the one that the key was saved in',
  'keychain-not-answering': 'it doesn’t answer',
} as const satisfies Readonly<Record<string, string>>;

export type ReasonCode = keyof typeof reasonTexts;
export const reasonWords = translatable<Readonly<Record<ReasonCode, string>>>(reasonTexts);

/** The codes of `describeReason`. */
export const reasonNames: readonly string[] = Object.keys(reasonTexts);

/** A reason code (`ECONNREFUSED`, `http_503`, `not_staked`) as text; an unknown one as it is. */
export function describeReason(reason: string): string {
  if (Object.hasOwn(reasonTexts, reason)) return reasonWords()[reason as ReasonCode];
  const status = /^http_(\d{3})$/.exec(reason)?.[1] ?? /^status (\d{3})$/.exec(reason)?.[1];
  return status === undefined ? printable(reason, 80) : `HTTP ${status}`;
}
