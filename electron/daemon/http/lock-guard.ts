import { NodeError } from '../../../shared/errors.ts';
import type { HttpClient } from './client.ts';

/**
 * The network deals with one daemon per key: before every exchange it is asked whether the lock is still
 * ours, and nothing leaves this process once it is not.
 */
export interface LockGuard {
  /** A client that refuses with `http-aborted` from the moment the lock is lost. */
  guarded(client: HttpClient): HttpClient;
  /** Not null once the lock was lost: `state-dir-unusable`. */
  readonly lost: NodeError | null;
}

export function createLockGuard(
  options: { lockFile: string },
  modules: {
    /** Whether the lock is still ours: asked before every exchange. */
    lock: { intact(): boolean };
    log: { error(event: string, facts: { path: string }): void };
    /** Called once, when the lock is found to be lost. */
    onLost: () => void;
  },
): LockGuard {
  const { lockFile } = options;
  const { lock, log, onLost } = modules;
  let lost: NodeError | null = null;

  function check(url: string): void {
    if (lost === null && lock.intact()) return;
    if (lost === null) {
      lost = new NodeError('state-dir-unusable', { path: lockFile, reason: 'lock-taken' });
      log.error('lock-lost', { path: lockFile });
      onLost();
    }
    throw new NodeError('http-aborted', { url });
  }

  return {
    guarded: (client) => ({
      async request(request) {
        check(request.url);
        return client.request(request);
      },
      async stream(request) {
        check(request.url);
        return client.stream(request);
      },
      get pending() {
        return client.pending;
      },
      dropIdle: client.dropIdle,
      stop: client.stop,
    }),
    get lost() {
      return lost;
    },
  };
}
