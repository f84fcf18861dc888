import { applyEvent, type Reported } from '../../../shared/contract/changes.ts';
import { formatDuration } from '../../../shared/format.ts';
import type { ControlClient } from '../../daemon/control/client.ts';
import { findDaemon } from '../../daemon/storage/lock.ts';
import { sleep } from '../../daemon/system/clock.ts';
import type { CommandRun, Invocation } from '../args/invocation.ts';
import { withDaemon } from '../daemon-link.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { resolvePaths } from '../resolve.ts';

/** Delivery and the last heartbeat come on top of the time for running requests. */
const graceMs = 15_000;
const lookMs = 50;

export const runDrain: CommandRun = async (invocation) => {
  const { flags, terminal } = invocation;
  const paths = await resolvePaths(invocation);
  return withDaemon(invocation, paths, async (daemon): Promise<ExitCode> => {
    const { pid } = daemon.greeting;
    const wait = flags['no-wait'] !== true;
    if (wait && !flags.json) await showProgress(invocation, daemon);
    const { limitMs } = await daemon.ask('drain', {});
    const ended = wait && (await hasEnded(limitMs + graceMs));
    if (flags.json) {
      const { drainDocument, printDocument } = await import('../documents/documents.ts');
      printDocument(terminal, drainDocument, { schemaVersion: 1, document: 'drain', pid, limitMs, ended });
    } else terminal.out(endText(wait, ended, limitMs, pid));
    return wait && !ended ? exitCodes.failed : exitCodes.done;
  });

  /** The connection closes a little before the lock is free; only then can another node start. */
  async function hasEnded(patienceMs: number): Promise<boolean> {
    const { clock } = invocation;
    const giveUpAtMs = clock.monotonicMs() + patienceMs;
    while ((await findDaemon(paths, { clock })) !== null) {
      if (clock.monotonicMs() > giveUpAtMs) return false;
      await sleep(clock, lookMs);
    }
    return true;
  }
};

/** Says what is still under way, whenever that changes. */
async function showProgress({ terminal }: Invocation, daemon: ControlClient): Promise<void> {
  let known: Reported | null = null;
  let told = '';
  await daemon.subscribe((event) => {
    known = applyEvent(known, event);
    if (!known?.snapshot.control.draining) return;
    const { serving } = known.snapshot;
    const { running, undelivered } = serving;
    const text = `Finishing: ${running.length} running, ${undelivered} to deliver.`;
    if (running.length + undelivered === 0 || text === told) return;
    told = text;
    terminal.out(text);
  });
}

function endText(waited: boolean, ended: boolean, limitMs: number, pid: number): string {
  if (!waited) {
    return `The node finishes what runs, within ${formatDuration(limitMs)}, and stops by itself. Nothing is earned after that until the next start.`;
  }
  return ended
    ? 'Stopped. Nothing is earned until the next start: parallelix-operator start'
    : `Process ${pid} has not ended yet; what is finished is safe on disk; look again with: parallelix-operator status`;
}
