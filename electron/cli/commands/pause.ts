import { NodeError } from '../../../shared/errors.ts';
import { formatTime } from '../../../shared/format.ts';
import { parseLength } from '../args/duration.ts';
import type { CommandRun, Invocation } from '../args/invocation.ts';
import { withDaemon } from '../daemon-link.ts';
import { exitCodes } from '../exit-codes.ts';
import { resolvePaths } from '../resolve.ts';

const longestMs = 30 * 24 * 60 * 60 * 1000;
/** Longer than this without accepting work counts as soft offline. [network.md 7] */
const toleratedMs = 24 * 60 * 60 * 1000;

export const runPause: CommandRun = async (invocation) => {
  const { flags, terminal, clock } = invocation;
  const forMs = lengthGiven(invocation);
  const paths = await resolvePaths(invocation);
  const pause = await withDaemon(invocation, paths, (daemon) => daemon.ask('pause', { forMs }));
  if (flags.json) {
    const { pauseDocument, printDocument } = await import('../documents/documents.ts');
    printDocument(terminal, pauseDocument, { schemaVersion: 1, document: 'pause', ...pause });
    return exitCodes.done;
  }
  const end = pause.untilMs === null ? 'until you resume' : `until ${formatTime(pause.untilMs, clock.now())}`;
  terminal.out(`Paused ${end}. Your node stays online and takes no requests.`);
  terminal.out('ParalleliX hasn’t said whether paused time earns.');
  if (forMs === null) terminal.out('Resume with: parallelix-operator resume');
  if (forMs === null || forMs > toleratedMs) {
    terminal.out('Resume within 24 hours, or the network may drop your node.');
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
      wasPaused ? 'Resumed. Your node takes requests again.' : 'Your node wasn’t paused. It takes requests.',
    );
  return exitCodes.done;
};

/**
 * How long, as a word or as a flag; null for until you resume.
 *
 * @throws NodeError `usage`
 */
function lengthGiven({ operands, flags }: Invocation): number | null {
  const [word] = operands;
  if (word !== undefined && flags.for !== undefined)
    throw new NodeError('usage', { input: `${word} --for ${flags.for}`, remedy: 'give one of them' });
  const text = word ?? flags.for;
  if (text === undefined) return null;
  const ms = parseLength(text);
  if (ms !== null && ms >= 1000 && ms <= longestMs) return ms;
  const remedy = 'must be a time between 1s and 30d, for example 30m, 2h or 1h30m';
  throw new NodeError('usage', { input: word ?? `--for ${text}`, remedy });
}
