import { isNodeError, NodeError, type NodeErrorCode } from '../../../shared/errors.ts';
import { type Reason, reasonOf } from '../../../shared/reasons/reason-text.ts';
import type { Params, StateCode } from '../../../shared/states/states.ts';
import { readIdentityRecord } from '../storage/identity-record.ts';
import type { StatePaths } from '../storage/paths.ts';
import { sleep } from '../system/clock.ts';
import { type IdentityModules, type OpenIdentity, openIdentity } from './identity.ts';

/** Why the key cannot be used just now, in the codes of the table of states. */
export interface KeyTrouble {
  state: { code: StateCode; params: Params };
  sinceMs: number;
  error: NodeError;
}

/** Soon enough after a person has unlocked their keychain; a check costs a few milliseconds and unlocks nothing. */
const retryMs = 2000;

/** What can pass by itself or by what a person does meanwhile; anything else ends the wait. */
const waitedFor: ReadonlySet<NodeErrorCode> = new Set<NodeErrorCode>([
  'key-missing',
  'key-malformed',
  'key-differs',
  'key-readable-by-others',
  'key-unreadable',
  'keychain-no-session',
  'keychain-not-installed',
  'keychain-locked',
  'keychain-denied',
  'keychain-empty',
  'keychain-changed',
  'keychain-not-answering',
]);

/**
 * Opens the identity of a state directory as soon as its key can be read, for a host that has a
 * window to say in what it waits for. Makes no key and asks nobody for a password; `onTrouble`
 * hears of every change, and null when the key has been read.
 *
 * @throws NodeError `cancelled` when `signal` aborts; `no-identity`, `identity-unreadable`,
 *   `key-expected`, `key-unknown`, `record-missing` at once, for there a person has to decide
 */
export async function openIdentityWhenPossible(
  options: { paths: StatePaths },
  modules: IdentityModules & { signal: AbortSignal; onTrouble: (trouble: KeyTrouble | null) => void },
): Promise<OpenIdentity> {
  const { clock, signal, onTrouble } = modules;
  let last: KeyTrouble | null = null;
  while (!signal.aborted) {
    try {
      const identity = await openIdentity(options, modules);
      if (last !== null) onTrouble(null);
      return identity;
    } catch (error) {
      if (!isNodeError(error) || !waitedFor.has(error.code)) throw error;
      const sinceMs: number = last?.error.code === error.code ? last.sinceMs : clock.now();
      const nodeId = await recordedNodeId(options.paths);
      const trouble: KeyTrouble = { state: stateOfKeyError(error, { sinceMs, nodeId }), sinceMs, error };
      if (last?.error.message !== error.message) onTrouble(trouble);
      last = trouble;
    }
    await sleep(clock, retryMs, signal);
  }
  throw new NodeError('cancelled', { reason: 'aborted' });
}

/** What an operator is shown when the key cannot be read. */
export function stateOfKeyError(
  error: NodeError,
  facts: { sinceMs: number; nodeId: string | null },
): KeyTrouble['state'] {
  const time = facts.sinceMs;
  if (isNodeError(error, 'key-missing') || isNodeError(error, 'key-malformed'))
    return { code: 'key-missing', params: { store: error.details.place } };
  if (isNodeError(error, 'key-differs'))
    return { code: 'key-differs', params: { hash: error.details.found, id: facts.nodeId } };
  if (isNodeError(error, 'keychain-locked')) return { code: 'key-locked', params: { time } };
  const reason: Reason = isNodeError(error, 'key-unreadable')
    ? error.details.reason
    : isNodeError(error, 'key-readable-by-others')
      ? 'readable-by-others'
      : reasonOf(error);
  return { code: 'key-unreachable', params: { reason, time } };
}

async function recordedNodeId(paths: StatePaths): Promise<string | null> {
  return (await readIdentityRecord(paths.identityFile).catch(() => null))?.nodeId ?? null;
}
