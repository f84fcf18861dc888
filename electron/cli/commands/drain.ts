import { applyEvent, type Reported } from '../../../shared/contract/changes.ts';
import { formatDuration } from '../../../shared/format.ts';
import type { ControlClient } from '../../daemon/control/client.ts';
import { drainGraceMs, waitForEnd } from '../../node/daemon-link.ts';
import type { CommandRun, Invocation } from '../args/invocation.ts';
import { withDaemon } from '../daemon-link.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { resolvePaths } from '../resolve.ts';

export const runDrain: CommandRun = async (invocation) => {
  const { flags, terminal } = invocation;
  const paths = await resolvePaths(invocation);
  return withDaemon(invocation, paths, async (daemon): Promise<ExitCode> => {
    const { pid } = daemon.greeting;
    const wait = flags['no-wait'] !== true;
    if (wait && !flags.json) await showProgress(invocation, daemon);
    const { limitMs } = await daemon.ask('drain', {});
    const ended = wait && (await waitForEnd({ paths, clock: invocation.clock }, limitMs + drainGraceMs));
    if (flags.json) {
      const { drainDocument, printDocument } = await import('../documents/documents.ts');
      printDocument(terminal, drainDocument, { schemaVersion: 1, document: 'drain', pid, limitMs, ended });
    } else terminal.out(endText(wait, ended, limitMs, pid));
    return wait && !ended ? exitCodes.failed : exitCodes.done;
  });
};

/** Says what is still under way, whenever that changes. */
async function showProgress({ terminal }: Invocation, daemon: ControlClient): Promise<void> {
  let known: Reported | null = null;
  let printed = '';
  await daemon.subscribe((event) => {
    known = applyEvent(known, event);
    if (!known?.snapshot.control.draining) return;
    const { serving } = known.snapshot;
    const { running, undelivered } = serving;
    const text = `Finishing: ${running.length} running, ${undelivered} waiting to send.`;
    if (running.length + undelivered === 0 || text === printed) return;
    printed = text;
    terminal.out(text);
  });
}

function endText(waited: boolean, ended: boolean, limitMs: number, pid: number): string {
  if (!waited)
    return `Your node finishes current requests within ${formatDuration(limitMs)} and stops. You won’t earn until it runs again.`;
  return ended
    ? 'Stopped. You won’t earn until it runs again. Start it with: parallelix-operator start'
    : `Process ${pid} is still running. Finished answers are safe on disk. Check with: parallelix-operator status`;
}
