import type { NodeErrorCode } from './errors.ts';
import type { Reason } from './reasons/reason-text.ts';
import type { RegistrationPlace } from './registration-place.ts';
import type { SystemErrno } from './system-errors.ts';

/**
 * What `verify` can find, one entry a finding: which check it answers, how grave it is, what it
 * means and how to fix it. The daemon finds, this has the texts; the window shows the same.
 */
export type CheckResult = 'ok' | 'warning' | 'failed' | 'not-checked';

/** In the order in which they are shown. */
export const checkIds = [
  'node-version',
  'state-dir',
  'settings',
  'key',
  'backup',
  'keychain',
  'hardware',
  'ollama',
  'model',
  'generation',
  'gpu',
  'parallel',
  'models-disk',
  'disk',
  'coordinator',
  'clock',
  'registration',
  'tier',
  'rpc',
  'daemon',
  'official',
  'heartbeats',
  'last-run',
  'sleep',
  'weight',
] as const;
export type CheckId = (typeof checkIds)[number];

interface Nothing {
  [name: string]: never;
}

/** The facts that each finding carries. */
export interface FindingFacts {
  'node-version-fits': { version: string };
  'node-version-old': { version: string };
  'state-dir-private': { path: string };
  'state-dir-missing': { path: string };
  'state-dir-open': { path: string; mode: string };
  'state-dir-unusable': { path: string; reason: Reason };
  'settings-healthy': Nothing;
  'settings-healed': { path: string; reason: Reason };
  'settings-newer': { path: string };
  'settings-unreadable': { path: string; reason: Reason };
  'key-private': { place: string; nodeKeyHash: string };
  'key-without-record': { place: string };
  'key-none': { place: string };
  /** `details`: of the error, as JSON. */
  'key-unusable': { place: string; error: NodeErrorCode; details: string };
  'key-in-keychain': Nothing;
  'key-locked-away': { place: string };
  'key-held': Nothing;
  'backup-made': { path: string; atMs: number };
  'backup-none': Nothing;
  'backup-not-checked': Nothing;
  'keychain-not-checked': Nothing;
  'keychain-not-needed': Nothing;
  'keychain-holds-key': { program: string | null };
  'keychain-unusable': { error: NodeErrorCode; details: string };
  'hardware-probed': { tier: number; gpu: string | null };
  /** `first`: what the first of them is about. */
  'hardware-noted': { tier: number; count: number; first: string };
  'hardware-doubtful': { tier: number; tool: string; detail: string };
  /** `whose`: of the server, as the running node knows; null when none runs. */
  'ollama-answers': { url: string; version: string | null; whose: string | null };
  'ollama-old': { url: string; version: string };
  'ollama-startable': { url: string };
  'ollama-remote': { url: string };
  'ollama-missing': { url: string };
  'ollama-down': { url: string; reason: Reason };
  'ollama-strange': { url: string; reason: Reason };
  'model-ready': { model: string; servable: number; cloud: number; embedding: number };
  'model-too-big': { model: string; neededBytes: number; budgetBytes: number };
  'model-asked-for-missing': { wanted: string; model: string };
  'model-none': { recommended: string };
  'model-not-checked': Nothing;
  'generation-works': { model: string; ms: number };
  'generation-fails': { model: string; reason: Reason };
  'generation-timed-out': { model: string; limitMs: number };
  'generation-loading': { model: string; limitMs: number };
  'generation-no-memory': { model: string };
  'generation-queue-full': { model: string };
  'generation-while-serving': Nothing;
  'generation-while-testing': Nothing;
  'generation-not-checked': Nothing;
  'gpu-used': { model: string; percent: number };
  'gpu-unused': { model: string; gpu: string; cause: string };
  'gpu-none': Nothing;
  'gpu-not-checked': Nothing;
  'models-disk-has-room': { path: string; freeBytes: number };
  'models-disk-guessed': { path: string; freeBytes: number };
  'models-disk-tight': { path: string; freeBytes: number; reserveBytes: number };
  'models-disk-not-checked': Nothing;
  'parallel-fits': { concurrency: number };
  'parallel-unknown': { concurrency: number };
  'disk-has-room': { freeBytes: number };
  'disk-tight': { freeBytes: number; reserveBytes: number };
  'disk-full': { freeBytes: number; reserveBytes: number };
  'disk-not-writable': { path: string; reason: SystemErrno };
  'disk-not-checked': { reason: Reason };
  'coordinator-answers': { url: string };
  'coordinator-unreachable': { url: string; reason: Reason };
  'clock-right': { skewMs: number };
  'clock-off': { skewMs: number };
  'clock-not-checked': Nothing;
  registered: { nodeId: string; owner: string };
  'registered-elsewhere': { nodeId: string; expected: string };
  'registered-by-other-owner': { nodeId: string; owner: string; expected: string };
  /** `hold`: why registering waits until the person accepts tier 1. `note`: of the place where a key is registered. */
  'not-registered': {
    nodeKeyHash: string;
    tier: number;
    hold: string | null;
    note: RegistrationPlace['note'];
  };
  'registration-lost': { nodeId: string };
  'registration-unknown': { reason: Reason };
  'registration-without-key': Nothing;
  'tier-agrees': { tier: number };
  'tier-too-high': { declared: number; probed: number };
  'tier-risk-accepted': { declared: number; probed: number };
  'tier-too-low': { declared: number; probed: number };
  'tier-not-checked': { probed: number; hold: string | null };
  'rpc-mainnet': { url: string };
  'rpc-practice': { url: string; chainId: string };
  'rpc-other-chain': { url: string; chainId: string };
  'rpc-unreachable': { url: string; reason: Reason };
  'rpc-none': Nothing;
  'daemon-runs': { pid: number; uptimeMs: number };
  'daemon-not-running': Nothing;
  'heartbeats-accepted': { accepted: number };
  'heartbeats-failing': { reason: Reason };
  'heartbeats-not-checked': Nothing;
  'official-not-here': Nothing;
  'official-runs': { name: string; pid: number | null };
  'last-run-ended-well': Nothing;
  'last-run-crashed': { at: string };
  'last-run-none': Nothing;
  'sleep-not-checked': Nothing;
  'weight-not-checked': Nothing;
}
export type FindingCode = keyof FindingFacts;

export interface Finding<C extends FindingCode = FindingCode> {
  code: C;
  facts: FindingFacts[C];
}

/** A finding with everything a person is shown about it. */
export interface CheckReport {
  id: CheckId;
  result: CheckResult;
  finding: FindingCode;
  means: string;
  action: string | null;
  facts: Record<string, string | number | null>;
}
