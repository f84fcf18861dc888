import type { Snapshot } from '../../../../shared/contract/snapshot.ts';
import { NodeError } from '../../../../shared/errors.ts';
import { whileNoNodeRuns } from '../../../daemon/storage/lock.ts';
import { sleep } from '../../../daemon/system/clock.ts';
import type { CommandRun, Invocation } from '../../args/invocation.ts';
import { type OllamaDocument, ollamaDocument } from '../../documents/ollama.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { type Configuration, resolveConfiguration } from '../../resolve.ts';
import { linkToNode, type NodeLink } from './link.ts';
import { reportedServer, withoutNode } from './server.ts';
import { ollamaText } from './text.ts';

export const runOllama: CommandRun = async (invocation): Promise<ExitCode> => {
  const [word = 'status'] = invocation.operands;
  if (word !== 'install' && invocation.flags.yes) {
    throw new NodeError('usage', {
      input: '--yes',
      remedy: `belongs to ollama install; ollama ${word} asks nothing`,
    });
  }
  if (word === 'install') return (await import('./install.ts')).runOllamaInstall(invocation);
  const configuration = await resolveConfiguration(invocation);
  const link = await linkToNode(invocation, configuration);
  try {
    if (word === 'start') return await printStatus(invocation, await start(invocation, configuration, link));
    if (word === 'stop') return await printStopped(invocation, await stop(invocation, configuration, link));
    const found = link
      ? reportedServer(configuration, link.current().ollama)
      : await withoutNode(invocation, configuration, (supervisor) => supervisor.refresh());
    return await printStatus(invocation, found);
  } finally {
    link?.daemon.close();
  }
};

/** Longer than a server may take to start. */
const startPatienceMs = 130_000;
const stopPatienceMs = 15_000;
const staleMs = 3000;
const pollMs = 200;

async function start(
  invocation: Invocation,
  configuration: Configuration,
  link: NodeLink | null,
): Promise<OllamaDocument> {
  const { paths } = configuration;
  if (link === null) {
    return whileNoNodeRuns({ paths, version: invocation.version }, invocation, () =>
      withoutNode(invocation, configuration, (supervisor) => supervisor.startServer()),
    );
  }
  const before = JSON.stringify(link.current().ollama);
  const askedMs = invocation.clock.monotonicMs();
  await link.daemon.ask('ollama.start', {});
  const ollama = await settled(invocation, link, startPatienceMs, (now) => {
    const { condition, restart } = now;
    if (condition === 'running') return true;
    // What is reported may still be how it stood before.
    if (JSON.stringify(now) === before && invocation.clock.monotonicMs() - askedMs < staleMs) return false;
    if (condition === 'starting' || condition === 'unknown') return false;
    return condition !== 'stopped' || restart !== null;
  });
  if (ollama.condition !== 'running' && ollama.condition !== 'too-old') {
    const reason = ollama.reason ?? 'not-answering';
    throw new NodeError('ollama-start-failed', { reason, logFile: paths.ollamaLogFile });
  }
  return reportedServer(configuration, ollama);
}

async function stop(
  invocation: Invocation,
  configuration: Configuration,
  link: NodeLink | null,
): Promise<OllamaDocument> {
  if (link === null) {
    return whileNoNodeRuns({ paths: configuration.paths, version: invocation.version }, invocation, () =>
      withoutNode(invocation, configuration, (supervisor) => supervisor.stopServer()),
    );
  }
  await link.daemon.ask('ollama.stop', {});
  const ollama = await settled(invocation, link, stopPatienceMs, ({ server }) => server !== 'ours');
  return reportedServer(configuration, ollama);
}

/** What the node reports once that is so, or when the patience is over. */
async function settled(
  { clock }: Invocation,
  link: NodeLink,
  patienceMs: number,
  isSo: (ollama: Snapshot['ollama']) => boolean,
): Promise<Snapshot['ollama']> {
  const giveUpMs = clock.monotonicMs() + patienceMs;
  while (!isSo(link.current().ollama) && clock.monotonicMs() < giveUpMs) await sleep(clock, pollMs);
  return link.current().ollama;
}

async function print({ flags, terminal, platform, clock }: Invocation, found: OllamaDocument): Promise<void> {
  if (flags.json) {
    const { printDocument } = await import('../../documents/documents.ts');
    printDocument(terminal, ollamaDocument, found);
  } else terminal.out(ollamaText({ terminal, platform, nowMs: clock.now() }, found));
}

/** Zero while Ollama runs, so that a script can ask. */
async function printStatus(invocation: Invocation, found: OllamaDocument): Promise<ExitCode> {
  await print(invocation, found);
  return found.condition === 'running' || found.condition === 'too-old' ? exitCodes.done : exitCodes.notReady;
}

async function printStopped(invocation: Invocation, found: OllamaDocument): Promise<ExitCode> {
  const { flags, terminal } = invocation;
  if (flags.json) await print(invocation, found);
  else if (found.server === 'ours')
    terminal.out('Ollama hasn’t ended yet. Check again with: parallelix-operator ollama status');
  else {
    const after =
      found.by === 'node'
        ? 'the node takes no work until it runs again'
        : found.binary !== null
          ? 'a node that starts will start it again'
          : 'no Ollama is installed here, so a node can’t start it';
    terminal.out(`Ollama is stopped; ${after}. Start it with: parallelix-operator ollama start`);
  }
  return found.server === 'ours' ? exitCodes.failed : exitCodes.done;
}
