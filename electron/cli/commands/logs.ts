import { stamp } from '../../../shared/format.ts';
import { printable } from '../../../shared/texts/error-text.ts';
import { createAnswerCache, describeEntry } from '../../../shared/texts/event-text.ts';
import { followLog, lastLines, parseLogLine } from '../../daemon/logging/log-file.ts';
import { fileError } from '../../daemon/storage/atomic-file.ts';
import { sleep } from '../../daemon/system/clock.ts';
import type { CommandRun } from '../args/invocation.ts';
import { lineCount } from '../args/line-count.ts';
import { linesWanted } from '../args/lines-wanted.ts';
import { exitCodes } from '../exit-codes.ts';
import { resolvePaths } from '../resolve.ts';
import { onInterrupt } from '../terminal/signals.ts';

const plainLine = (text: string) => ({ tone: 'plain', text: printable(text, 500) }) as const;

const pollMs = 200;
/** Lines before the ones that are printed, where the figures of their answers stand. */
const linesBefore = 100;
const readAtMost = 10_000;

export const runLogs: CommandRun = async (invocation) => {
  const { flags, terminal, clock } = invocation;
  const wanted = linesWanted(invocation);
  // Everything is read where a part of it is looked for.
  const count = lineCount(flags.lines, wanted.some ? readAtMost : 50);
  const { logFile, stateDir } = await resolvePaths(invocation);
  const answers = createAnswerCache();
  const see = (text: string) => {
    const line = parseLogLine(text);
    if (line !== null) answers.see(line);
  };
  const print = (text: string) => {
    const line = parseLogLine(text);
    if (line !== null) answers.see(line);
    const { tone, text: words } = line === null ? plainLine(text) : describeEntry(line, answers);
    if (!wanted.takes(line, flags.json ? text : words)) return;
    if (flags.json) return terminal.out(text);
    if (line === null) return terminal.out(words);
    terminal.out(`${terminal.paint('quiet', stamp(line.tMs))}  ${terminal.paint(tone, words)}`);
  };
  try {
    const { lines: read, endBytes } = await lastLines(logFile, count === 0 ? 0 : count + linesBefore);
    const lines = read.slice(read.length - Math.min(count, read.length));
    for (const text of read.slice(0, read.length - lines.length)) see(text);
    const follower = flags.follow ? await followLog(logFile, endBytes) : null;
    if (lines.length === 0 && follower === null && count > 0) {
      terminal.err(
        `No log yet in ${stateDir}. It begins when your node first starts. Start it with: parallelix-operator start`,
      );
    }
    for (const line of lines) print(line);
    if (follower === null) return exitCodes.done;
    const stopping = new AbortController();
    onInterrupt(() => stopping.abort());
    terminal.onReaderGone(() => stopping.abort());
    while (!stopping.signal.aborted) {
      for (const line of await follower.next()) print(line);
      await sleep(clock, pollMs, stopping.signal);
    }
    await follower.close();
    return exitCodes.done;
  } catch (error) {
    throw fileError(error, logFile, 'log');
  }
};
