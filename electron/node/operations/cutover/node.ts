import type { Snapshot } from '../../../../shared/contract/snapshot.ts';
import type { Reason } from '../../../../shared/reasons/reason-text.ts';
import { findDaemon, isLockHeld } from '../../../daemon/storage/lock.ts';
import { sleep } from '../../../daemon/system/clock.ts';
import type { NodeContext } from '../../context.ts';

/** A node that a host has started for a cutover. */
export interface StartedNode {
  /** Why it has ended, as text; null while it runs. */
  ended(): Reason | null;
}

/** How a host runs the node of this state directory: the app in itself, the command line as a process of its own. */
export interface CutoverNode {
  start(): Promise<StartedNode>;
  /** What the node that runs here reports; null while none answers. */
  snapshot(): Promise<Snapshot | null>;
  /**
   * Ends the node that runs here, after it has finished and delivered its work.
   *
   * @param started by this cutover, which ends too where it has not come as far as to be found
   * @returns false when it still runs after all patience
   */
  end(started: StartedNode | null): Promise<boolean>;
}

/** How long the first accepted heartbeat may take unless a person says otherwise. */
export const usualPatienceMs = 60_000;

const pollMs = 100;

/**
 * Waits for the first accepted heartbeat of the node that runs here.
 *
 * @param options.patienceMs how long at most
 * @returns when it was accepted, Unix ms; or why there is none, as text
 */
export async function waitForHeartbeat(
  { paths, clock }: NodeContext,
  options: { patienceMs: number; signal: AbortSignal; started: StartedNode | null },
  { node }: { node: CutoverNode },
): Promise<{ acceptedAtMs: number; nodeId: string | null } | { why: Reason }> {
  const { patienceMs, signal, started } = options;
  const giveUpAtMs = clock.monotonicMs() + patienceMs;
  let lastFailure: Reason | null = null;
  while (clock.monotonicMs() < giveUpAtMs) {
    if (signal.aborted) return { why: 'it-was-cancelled' };
    const ended = started?.ended() ?? null;
    // Another one is the node to wait for, also before it says who it is: a call that was killed had just started it.
    if (ended !== null && (await findDaemon(paths, { clock })) === null && !isLockHeld(paths))
      return { why: `own-node-ended(${ended})` };
    const snapshot = await node.snapshot();
    const acceptedAtMs = snapshot?.heartbeat.firstAcceptedAtMs ?? null;
    if (acceptedAtMs !== null) return { acceptedAtMs, nodeId: snapshot?.identity.nodeId ?? null };
    lastFailure = snapshot?.heartbeat.lastFailure ?? lastFailure;
    await sleep(clock, pollMs, signal);
  }
  const reason = lastFailure === null ? '' : `, ${lastFailure}`;
  return { why: `no-own-heartbeat(${patienceMs}${reason})` };
}
