import { formatDuration } from '../format.ts';
import { translatable } from '../language.ts';
import { printable } from '../printable.ts';
import { fileReasons, fileReasonsWithValue } from './reason-files.ts';
import { programReasons, programReasonsWithValue } from './reason-programs.ts';

/** Reasons as they follow a colon or stand in brackets: no capital, no full stop. */
const systemReasons = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ETIMEDOUT: 'no answer in time',
  timeout: 'no answer in time',
  aborted: 'cancelled',
  'not-said': 'no reason was given',
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
  'redirect-refused': 'it redirected to another address',
  'insecure-url': 'its address isn’t encrypted',
  'invalid-url': 'its address isn’t a web address',
  'body-too-large': 'the answer was too long',
  not_staked: 'no stake is locked for this node',
  in_cooldown: 'unstaking is under way',
  stale_timestamp: 'the time in the message is too far off',
  bad_signature: 'the signature was not accepted',
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
  'no-address': 'no desktop session',
  'no-secret-service': 'no keychain on this computer',
  'keychain-no-session': 'no desktop session',
  'keychain-not-installed': 'no keychain on this computer',
  'keychain-denied': 'access was refused',
  'keychain-empty': 'no keyring is open in it',
  'keychain-changed': 'it is not the one that the key was saved in',
  'keychain-not-answering': 'it doesn’t answer',
} as const satisfies Readonly<Record<string, string>>;

const reasonTexts = { ...systemReasons, ...fileReasons, ...programReasons };

/** Reasons with a value; that of some is another reason. */
const valueTexts = {
  ...fileReasonsWithValue,
  ...programReasonsWithValue,
  'official-not-started': (reason) =>
    `nothing serves now, because the official client could not be started again: ${describeReason(reason)}`,
  'ended-with': (reason) => `it ended (${describeReason(reason)})`,
  'own-node-ended': (reason) => `this node ended by itself (${describeReason(reason)})`,
  /** After so many ms; and the last reason, where there is one. */
  'no-own-heartbeat': (value) => {
    const [ms = '', reason = ''] = value.split(/, (.*)/s);
    const why = reason === '' ? '' : ` (${describeReason(reason)})`;
    return `no heartbeat of this node was accepted in ${formatDuration(Number(ms))}${why}`;
  },
} as const satisfies Readonly<Record<string, (value: string) => string>>;

export type ReasonCode = keyof typeof reasonTexts;
type ValueCode = keyof typeof valueTexts;

declare const quoted: unique symbol;
/** What a program, the system or the network said in its own words: a detail in quotation marks, never our sentence. */
export type Said = string & { readonly [quoted]: true };

/**
 * Why something is as it is: what may cross from the node to people. A code of the lists above, with a value or
 * without; a code of the system (`EXDEV`); a status of HTTP; or what others said. A sentence of our own does not compile.
 */
export type Reason =
  | ReasonCode
  | `${ValueCode}(${string})`
  | `http_${number}`
  | `status ${number}`
  | Uppercase<string>
  | Said;

/** Marks what others said. A text that stands in the source is ours, and does not compile. */
export const said = <T extends string>(text: string extends T ? T : never): Said => text as unknown as Said;

export interface ReasonWords {
  codes: Readonly<Record<ReasonCode, string>>;
  values: Readonly<Record<ValueCode, (value: string) => string>>;
  /** A code of the system that has no words. */
  systemCode: (code: string) => string;
  /** A code that only another version knows. */
  unknownCode: (code: string) => string;
  quote: (text: string) => string;
}

export const reasonWords = translatable<ReasonWords>({
  codes: reasonTexts,
  values: valueTexts,
  systemCode: (code) => `error ${code}`,
  unknownCode: (code) => `unknown reason "${code}"`,
  quote: (text) => `"${text}"`,
});

/** Those of the codes of `describeReason` that have a value. */
export const reasonsWithValue: readonly string[] = Object.keys(valueTexts);

/** The codes of `describeReason`. */
export const reasonNames: readonly string[] = [...Object.keys(reasonTexts), ...reasonsWithValue];

export const isReasonCode = (text: string): text is ReasonCode => Object.hasOwn(reasonTexts, text);

/** The code of an error as a reason; where that has no words, the reason in the error, or the code as it is. */
export function reasonOf({ code, details }: { readonly code: string; readonly details?: object }): Reason {
  if (isReasonCode(code)) return code;
  if (code === 'download-mismatch') return 'checksum-differs';
  const reason = details !== undefined && 'reason' in details ? details.reason : null;
  return (typeof reason === 'string' ? reason : code) as Reason;
}

/** Why a request over HTTP got no answer. */
export const reasonOfHttp = ({
  code,
  details,
}: {
  readonly code: string;
  readonly details: object;
}): Reason =>
  code === 'http-unreachable' && 'reason' in details
    ? (details.reason as Reason)
    : reasonOf({ code: code.replace(/^http-/, '') });

/** What a service was to do, in a table of words; a newer version may have asked for something else. */
export const actionIn = <A extends string>(table: Readonly<Record<A, string>>, action: A, other: string) =>
  Object.hasOwn(table, action) ? table[action] : other;

const withValue = /^([a-z][a-z0-9-]*)\((.*)\)$/s;

/**
 * A reason as text, to follow a colon or stand in brackets. It may come from another version of this program, whose
 * codes have no words here, or whose reasons were sentences: those are quoted.
 */
export function describeReason(reason: string): string {
  const { codes, values, systemCode, unknownCode, quote } = reasonWords();
  if (reason === '') return codes['not-said'];
  if (isReasonCode(reason)) return codes[reason];
  const [, code = '', value = ''] = withValue.exec(reason) ?? [];
  if (Object.hasOwn(values, code)) return values[code as ValueCode](printable(value, 1000));
  const status = /^http_(\d{3})$/.exec(reason)?.[1] ?? /^status (\d{3})$/.exec(reason)?.[1];
  if (status !== undefined) return `HTTP ${status}`;
  const shown = printable(reason, 200);
  if (/^[A-Z][A-Z0-9_]+$/.test(reason)) return systemCode(shown);
  return /^[\w.:-]+$/.test(reason) ? unknownCode(shown) : quote(shown);
}
