import { NodeError } from '../../../../shared/errors.ts';
import type { OutOfReach, ServiceView } from './secret-service.ts';

/** How it stands with the keychain and one entry of it, found out without opening anything. */
export type KeychainState =
  | { status: 'open'; entry: 'present' | 'absent' | 'twice'; program: string | null }
  /** `objects`: what has to be unlocked, as the Secret Service names it. */
  | { status: 'locked'; objects: readonly string[]; program: string | null }
  /** There is a keychain, but nothing in it that entries could be kept in. */
  | { status: 'empty'; program: string | null }
  | OutOfReach;

/**
 * Judges what the Secret Service shows. An entry that is not found counts as absent only where
 * everything that it could be in was open to the search.
 */
export function stateOf(view: ServiceView | OutOfReach): KeychainState {
  if (view.status !== 'reached') return view;
  const { program, unlocked, locked, collection } = view;
  if (unlocked.length + locked.length > 1 && unlocked.length > 0)
    return { status: 'open', entry: 'twice', program };
  if (unlocked.length === 1) return { status: 'open', entry: 'present', program };
  if (locked.length > 0) return { status: 'locked', objects: locked, program };
  if (collection === null) return { status: 'empty', program };
  if (collection.locked) return { status: 'locked', objects: [collection.path], program };
  return { status: 'open', entry: 'absent', program };
}

/** What is in the way of reading, as an error; null when nothing is. */
export function errorOf(state: KeychainState, place: string): NodeError | null {
  switch (state.status) {
    case 'open':
      return state.entry === 'twice'
        ? new NodeError('key-unreadable', { place, reason: 'stored-twice' })
        : null;
    case 'locked':
      return new NodeError('keychain-locked', { place, dismissed: false });
    case 'empty':
      return new NodeError('keychain-empty', { place });
    case 'no-session':
      return new NodeError('keychain-no-session', { reason: state.reason });
    case 'not-installed':
      return new NodeError('keychain-not-installed', { reason: state.reason });
    case 'denied':
      return new NodeError('keychain-denied', { place, reason: state.reason });
    case 'not-answering':
      return new NodeError('keychain-not-answering', { place, reason: state.reason });
  }
}
