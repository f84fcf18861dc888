import { NodeError } from '../../../shared/errors.ts';
import { formatTime } from '../../../shared/format.ts';
import { parseLength } from '../args/duration.ts';
import type { CommandRun } from '../args/invocation.ts';
import { withDaemon } from '../daemon-link.ts';
import { exitCodes } from '../exit-codes.ts';
import { resolvePaths } from '../resolve.ts';

const longestMs = 30 * 24 * 60 * 60 * 1000;
/** Longer than this without accepting work counts as soft offline. [network.md 7] */
const toleratedMs = 24 * 60 * 60 * 1000;

export const runPause: CommandRun = async (invocation) => {
  const { flags, terminal, clock } = invocation;
  const forMs = flags.for === undefined ? null : lengthOf(flags.for);
  const paths = await resolvePaths(invocation);
  const pause = await withDaemon(invocation, paths, (daemon) => daemon.ask('pause', { forMs }));
  if (flags.json) {
    const { pauseDocument, printDocument } = await import('../documents/documents.ts');
    printDocument(terminal, pauseDocument, { schemaVersion: 1, document: 'pause', ...pause });
    return exitCodes.done;
  }
  const end = pause.untilMs === null ? 'until you resume' : `until ${formatTime(pause.untilMs, clock.now())}`;
  terminal.out(
    `Paused ${end}. Current requests are finished, and heartbeats continue. ParalleliX hasn’t said whether paused time earns.`,
  );
  if (forMs === null) terminal.out('Take work again with: parallelix-operator resume');
  if (forMs === null || forMs > toleratedMs) {
    terminal.out(
      'Resume before 24 hours are over: after that the network may drop the node until it serves again.',
    );
  }
  return exitCodes.done;
};

export const runResume: CommandRun = async (invocation) => {
  const { flags, terminal } = invocation;
  const paths = await resolvePaths(invocation);
  const { wasPaused } = await withDaemon(invocation, paths, (daemon) => daemon.ask('resume', {}));
  if (flags.json) {
    const { printDocument, resumeDocument } = await import('../documents/documents.ts');
    printDocument(terminal, resumeDocument, { schemaVersion: 1, document: 'resume', wasPaused });
  } else
    terminal.out(
      wasPaused ? 'Resumed. Work is taken again.' : 'The node was not paused; it takes work as before.',
    );
  return exitCodes.done;
};

function lengthOf(text: string): number {
  const ms = parseLength(text);
  if (ms !== null && ms >= 1000 && ms <= longestMs) return ms;
  const remedy = 'must be a time between 1s and 30d, for example 30m, 2h or 1h30m';
  throw new NodeError('usage', { input: `--for ${text}`, remedy });
}
