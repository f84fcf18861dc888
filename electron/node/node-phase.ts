import type { NodePhase } from '../../shared/contract/app.ts';
import type { Greeting } from '../../shared/contract/messages.ts';
import { isNodeError, NodeError } from '../../shared/errors.ts';
import type { KeyTrouble } from '../daemon/identity/open-when-possible.ts';
import type { Logger } from '../daemon/logging/logger.ts';
import type { Clock } from '../daemon/system/clock.ts';
import type { DaemonLink } from './daemon-link.ts';

/** The phase after a start, or a daemon, that failed. An error without a code leaves its stack in the log. */
export function phaseOfFailure(error: unknown, { clock, log }: { clock: Clock; log: Logger }): NodePhase {
  const { code, details } = isNodeError(error) ? error : new NodeError('internal-error', {});
  if (!isNodeError(error)) log.fault(error, 'start-failed');
  return {
    phase: code === 'official-running' ? 'other-program' : 'failed',
    error: { code, details: { ...details } },
    sinceMs: clock.now(),
  };
}

/** The phase of a hosted daemon that waits for its key; null: it waits no longer. */
export function phaseOfKeyTrouble(trouble: KeyTrouble | null): NodePhase {
  if (trouble === null) return { phase: 'starting' };
  const { state, error, sinceMs } = trouble;
  const { code, details } = error;
  return {
    phase: 'key-trouble',
    state: { ...state, params: { ...state.params } },
    error: { code, details: { ...details } },
    sinceMs,
  };
}

/** The phase while attached to the daemon of another program. */
export function phaseOfAttached({ greeting, compatible }: DaemonLink & { greeting: Greeting }): NodePhase {
  const { pid, version, label, sentence } = greeting;
  return { phase: 'attached', pid, version, compatible, label, sentence };
}
