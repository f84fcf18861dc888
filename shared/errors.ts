import type { Reason } from './reasons/reason-text.ts';
import type { SystemErrno, SystemPlace } from './system-errors.ts';

/** What a service was to do, or was to be done for one. */
export type ServiceAction =
  | 'start'
  | 'stop'
  | 'restart'
  | 'enable'
  | 'disable'
  | 'reload'
  | 'make-user'
  | 'remove-user'
  | 'keep-passphrase';
/** What the official client's service was to do. */
export type OfficialAction = 'start' | 'stop' | 'enable' | 'disable' | 'stay-up';

/**
 * The one list of things that can go wrong, with the facts each carries. User text is keyed by
 * code in `error-text.ts`; logs and tests match on the code, never on a sentence.
 */
export interface NodeErrorDetails {
  // HTTP
  'http-aborted': { url: string };
  'http-body-too-large': { url: string; limitBytes: number };
  'http-insecure-url': { url: string };
  'http-invalid-url': { url: string };
  'http-redirect-refused': { url: string; status: number };
  'http-timeout': { url: string; timeoutMs: number };
  'http-unreachable': { url: string; reason: Reason };
  'ca-file-unreadable': { path: string; reason: Reason };
  // Identity and key store
  'key-exists': { nodeKeyHash: string; place: string };
  'key-expected': { nodeKeyHash: string; place: string };
  'key-unknown': { path: string; reason: Reason };
  'key-missing': { nodeKeyHash: string; place: string };
  'key-malformed': { place: string; reason: Reason };
  'key-differs': { expected: string; found: string; place: string };
  'key-readable-by-others': { place: string; mode: string };
  'key-unreadable': { place: string; reason: Reason };
  // The keychain of the operating system; `key-…` says how it stands with the entry in it
  'keychain-no-session': { reason: Reason };
  'keychain-not-installed': { reason: Reason };
  'keychain-locked': { place: string; dismissed: boolean };
  'keychain-denied': { place: string; reason: Reason };
  'keychain-empty': { place: string };
  'keychain-changed': { recorded: string; found: string };
  'keychain-not-answering': { place: string; reason: Reason };
  'record-missing': { nodeKeyHash: string; place: string };
  'keychain-ambiguous': { place: string };
  'bus-failed': { call: string; error: string };
  'no-identity': { stateDir: string };
  'identity-unreadable': { path: string; reason: Reason };
  'signing-refused': { what: string; reason: Reason };
  // Passphrase, backup and restore
  'passphrase-needed': { place: string };
  'passphrase-wrong': { place: string };
  'passphrase-unusable': { source: string; reason: Reason };
  'bundle-refused': { found: Reason };
  'bundle-not-read': Record<string, never>;
  'bundle-not-written': { path: string; reason: Reason };
  'export-not-written': { path: string; reason: Reason };
  'backup-exists': { path: string };
  'backup-not-written': { path: string; reason: Reason };
  'backup-unusable': { path: string; reason: Reason };
  'key-in-the-way': { nodeKeyHash: string; place: string; source: string };
  'key-not-expected': { expected: string; found: string; place: string };
  'wallet-key': { place: string; address: string };
  'wallet-phrase': { place: string };
  'node-held': { nodeKeyHash: string; stateDir: string };
  'uninstall-refused': {
    stateDir: string;
    /** Finished answers that the network has not got; null when that cannot be read. */
    undelivered: number | null;
    keys: readonly {
      nodeKeyHash: string | null;
      /** A path, or `keychain`. */
      place: string;
      nodeId: string | null;
      backup: 'found' | 'elsewhere' | 'none';
      backupPath: string | null;
      stake: 'staked' | 'none' | 'unknown';
      stakeReason: Reason | null;
    }[];
  };
  // The official client
  'official-missing': { path: string };
  'official-unusable': { path: string; reason: Reason };
  'official-running': { name: string; pid: number | null };
  'official-service-failed': { action: OfficialAction; name: string; reason: Reason };
  /** `official`: what became of the official client. */
  'switch-failed': {
    reason: Reason;
    official: Reason;
    /** The check that failed, with its facts, where one did. */
    check?: { finding: string; facts: Record<string, string | number | null> };
  };
  // The service of this product
  'service-unavailable': {
    /** `wsl`: systemd can be switched on there. `no-user-manager`: no login of this user has started one. */
    reason: 'platform' | 'no-systemd' | 'wsl' | 'no-user-manager' | 'needs-root';
    user: string;
  };
  'service-refused': {
    reason:
      | 'under-sudo'
      | 'key-in-keychain'
      | 'key-of-another-user'
      | 'program-not-shared'
      | 'name-taken'
      | 'no-program'
      | 'still-installed';
    /** A path or a name. */
    detail: string;
  };
  'service-missing': { name: string };
  'service-not-permitted': { group: string; user: string };
  'service-failed': { action: ServiceAction; name: string; reason: Reason };
  // Updates of this program
  'update-not-here': { installedBy: string; command: string };
  'update-needs-root': { command: string };
  'update-no-key': Record<string, never>;
  'update-untrusted': { url: string; reason: 'unsigned' | 'signature' };
  'update-manifest-invalid': { url: string; reason: Reason };
  'update-downgrade': { have: string; offered: string };
  'update-no-package': { version: string; platform: string };
  'update-too-slow': { limitMs: number };
  'update-tool-missing': { tool: string };
  'update-held-back': { version: string; reason: Reason; attempts: number };
  'update-outside-window': { window: string };
  'update-busy': { path: string };
  'update-service-failed': { name: string; reason: Reason };
  'update-schedule-failed': { reason: Reason; command: string };
  /** `restored`: the version `kept` serves again, or never stopped. */
  'update-failed': { version: string; reason: Reason; restored: boolean; kept: string };
  // Storage
  'state-dir-open': { path: string; mode: string; names: string };
  'state-dir-unusable': { path: string; reason: Reason };
  'file-too-large': { path: string; limitBytes: number };
  'disk-full': { path: string; place: SystemPlace; reason: 'ENOSPC' | 'EDQUOT' };
  'file-failed': { path: string; place: SystemPlace; reason: Exclude<SystemErrno, 'ENOSPC' | 'EDQUOT'> };
  'lock-damaged': { path: string };
  'database-unusable': { path: string; reason: Reason };
  'other-daemon': { pid: number | null; uptimeMs: number | null; stateDir: string };
  'settings-read-only': { path: string; schemaVersion: number };
  'setting-invalid': { name: string; value: string; reason: Reason };
  // Ollama
  'ollama-missing': { url: string };
  'no-servable-model': { url: string; installed: number; recommended: string };
  'ollama-unreachable': { url: string; reason: Reason };
  'ollama-answer-invalid': { url: string; reason: Reason };
  'ollama-error': { status: number };
  'ollama-died': { reason: Reason };
  'ollama-elsewhere': { url: string };
  'ollama-not-ours': { url: string };
  'ollama-start-failed': { reason: Reason; logFile: string };
  'ollama-install-unavailable': { version: string; platform: string; command: string };
  'download-failed': { url: string; reason: Reason };
  'download-stalled': { url: string; silentMs: number };
  'download-mismatch': { url: string; expected: string; found: string };
  'archive-unusable': { name: string; reason: Reason };
  'no-room': { path: string; neededBytes: number; freeBytes: number | null };
  'model-not-installed': { model: string };
  // Pulls, self-tests and deletions of models
  'model-name-invalid': { model: string };
  'model-cloud': { model: string };
  'model-unknown': { model: string };
  'model-in-use': { model: string; use: 'request' | 'default' | 'test' | 'pull' };
  'pull-needs-consent': { model: string; sizeBytes: number | null; askAboveBytes: number };
  'pull-no-room': {
    model: string;
    /** Null: of a server elsewhere, whose disk nobody here can read. */
    path: string | null;
    neededBytes: number | null;
    freeBytes: number | null;
    reserveBytes: number;
  };
  'pull-stalled': { model: string; attempts: number; silentMs: number };
  'pull-incomplete': { model: string };
  'pull-corrupt': { model: string };
  'pull-needs-newer-ollama': { model: string };
  'pull-failed': { model: string; reason: Reason };
  'model-needs-memory': { model: string };
  'context-overflow': { model: string };
  'result-empty': { model: string };
  'result-too-large': { limitBytes: number };
  'deadline-exceeded': { deadlineMs: number };
  cancelled: { reason: Reason };
  // Control socket
  'no-daemon': { stateDir: string };
  'restart-unfinished': { pid: number };
  'daemon-not-answering': { stateDir: string; reason: Reason };
  'command-unknown': { command: string };
  'command-invalid': { command: string; reason: Reason };
  'contract-mismatch': { ours: number; theirs: number };
  'command-refused': { command: string; reason: 'rate' | 'size' | 'window' | 'frame' | 'origin' };
  // The desktop app
  'link-refused': { url: string };
  'login-item-failed': { reason: Reason };
  'menu-entry-failed': { path: string };
  'folder-not-opened': { path: string; reason: Reason };
  'command-not-installed': { reason: 'taken' | 'service' | 'not-from-here'; path: string };
  'internal-error': Record<string, never>;
  // Command line
  usage: { input: string; remedy: string };
}

export type NodeErrorCode = keyof NodeErrorDetails;

/** An error with a code from the one list and the facts that belong to it. */
export class NodeError<C extends NodeErrorCode = NodeErrorCode> extends Error {
  override readonly name = 'NodeError';
  readonly code: C;
  readonly details: NodeErrorDetails[C];

  constructor(code: C, details: NodeErrorDetails[C], options?: { cause?: unknown }) {
    super(`${code} ${JSON.stringify(details)}`, options);
    this.code = code;
    this.details = details;
  }
}

/** True when `error` is a NodeError, with `code` when one is given. */
export function isNodeError<C extends NodeErrorCode>(error: unknown, code?: C): error is NodeError<C> {
  return error instanceof NodeError && (code === undefined || error.code === code);
}
