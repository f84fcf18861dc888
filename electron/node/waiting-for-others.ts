import type { NodePhase } from '../../shared/contract/app.ts';
import { readIdentityRecord } from '../daemon/storage/identity-record.ts';
import { findDaemon } from '../daemon/storage/lock.ts';
import type { NodeContext } from './context.ts';
import { refuseSharedKey } from './official-client.ts';

/** Phases in which another program may start a daemon, or end the one that kept this one from starting. */
export const waitsForOthers = ({ phase }: NodePhase): boolean =>
  ['no-identity', 'stopped', 'failed', 'other-program'].includes(phase);

/**
 * What other programs did while this one waits. `may-start`: a daemon runs that can be attached to, or what forbade the
 * start has ended; `ended`: the daemon that did not answer is gone; `silent`: it still runs.
 */
export async function whatOthersDid(
  context: NodeContext,
  phase: NodePhase,
): Promise<'may-start' | 'ended' | 'silent' | 'nothing'> {
  const { paths, clock } = context;
  const mayStart = await hasEnded(context, phase);
  const silent = phase.phase === 'failed' && phase.error.code === 'daemon-not-answering';
  // Whoever makes or restores a key, this app or another program, holds the lock meanwhile and opens no socket.
  const runs = ((await findDaemon(paths, { clock }))?.socketPath ?? null) !== null;
  if (mayStart || (runs && !silent)) return 'may-start';
  if (silent) return runs ? 'silent' : 'ended';
  return 'nothing';
}

/** Whether what forbade the start has ended by itself. Never rejects: then it is checked again. */
async function hasEnded(context: NodeContext, phase: NodePhase): Promise<boolean> {
  const refused = phase.phase === 'other-program' || phase.phase === 'failed' ? phase.error.code : null;
  if (refused !== 'official-running' && refused !== 'node-held') return false;
  try {
    const record = await readIdentityRecord(context.paths.identityFile);
    if (record !== null) await refuseSharedKey(context, record.nodeKeyHash);
    return true;
  } catch {
    return false;
  }
}
