import { isNodeError, type NodeError } from '../../../../shared/errors.ts';
import { formatBytes, formatTokenRate } from '../../../../shared/format.ts';
import { describeError } from '../../../../shared/texts/error-text.ts';
import type { HardwareProbe } from '../../../daemon/hardware/probe.ts';
import { type CatalogueEntry, entrySpeed, recommendModel } from '../../../daemon/ollama/models/catalogue.ts';
import { isFastEnough } from '../../../daemon/ollama/models/speed.ts';
import type { OllamaStatus } from '../../../daemon/ollama/models/watch.ts';
import { serverContextHere } from '../../../daemon/ollama/server/server-context.ts';
import { type Connections, openConnections } from '../../../node/connections.ts';
import { withMeasuredSpeed } from '../../../node/hardware.ts';
import { ollamaProblem } from '../../../node/ollama-readiness.ts';
import { startInstalledOllama } from '../../../node/operations/ollama-server.ts';
import type { Invocation } from '../../args/invocation.ts';
import type { Configuration } from '../../resolve.ts';
import { paragraph } from '../../terminal/layout.ts';
import { startingOllama } from '../../terminal/notes.ts';
import { askLine, canAsk } from '../../terminal/prompt.ts';
import { waitForOllama } from './waits.ts';

interface OllamaFacts {
  status: OllamaStatus;
  problem: NodeError | null;
}

/**
 * The second step of setup: an Ollama that runs and a model that can serve. What is installed is started; installing
 * is offered to a person who can be asked; the recommended model is got after asking, or with --yes, where its size is
 * known.
 */
export async function setUpOllama(
  invocation: Invocation,
  configuration: Configuration,
  probed: HardwareProbe,
  { patient, say }: { patient: boolean; say: (text: string) => void },
): Promise<{ done: boolean; means: string; model: string | null }> {
  const { terminal } = invocation;
  const hardware = await withMeasuredSpeed(probed, configuration.paths);
  const connections = openConnections(invocation, configuration);
  const print = (text: string) => say(paragraph(terminal, text));
  const look = async (): Promise<OllamaFacts> => {
    const status = await connections.inspectOllama();
    return { status, problem: await ollamaProblem(invocation, configuration, status, hardware) };
  };
  try {
    let seen = await look();
    for (const step of [installOllama, startOllama, getModel]) {
      if (seen.problem === null) break;
      const outcome = await step(invocation, configuration, { ...seen, hardware, say }).catch(asProblem);
      if (outcome === 'changed') seen = await look();
      else if (outcome !== 'nothing') seen = { ...seen, problem: outcome };
    }
    if (seen.problem !== null && patient) {
      print(describeError(seen.problem));
      print('This waits for it, up to 30 minutes. Ctrl-C leaves, and setup can continue later.');
      seen = await waitFor(invocation, configuration, connections, hardware);
    }
    const { status, problem } = seen;
    const means =
      problem === null
        ? `Ollama answers, and ${status.defaultModel ?? 'a model'} can serve.`
        : describeError(problem);
    if (problem === null || !patient) print(means);
    return { done: problem === null, means, model: problem === null ? status.defaultModel : null };
  } finally {
    await connections.stop();
  }
}

async function waitFor(
  invocation: Invocation,
  configuration: Configuration,
  connections: Connections,
  hardware: HardwareProbe,
): Promise<OllamaFacts> {
  const status = await waitForOllama(invocation, connections);
  return { status, problem: await ollamaProblem(invocation, configuration, status, hardware) };
}

type Outcome = 'changed' | 'nothing' | NodeError;
interface Situation extends OllamaFacts {
  hardware: HardwareProbe;
  say: (text: string) => void;
}

/** What went wrong is what is missing; whoever says no is taken at their word. */
function asProblem(error: unknown): Outcome {
  if (!isNodeError(error)) throw error;
  return error.code === 'cancelled' ? 'nothing' : error;
}

/** Never without a person who says yes: it brings a program here. */
async function installOllama(
  invocation: Invocation,
  _configuration: Configuration,
  { problem }: Situation,
): Promise<Outcome> {
  const { flags } = invocation;
  if (!isNodeError(problem, 'ollama-missing') || flags.yes || flags.json || !canAsk()) return 'nothing';
  const { runOllamaInstall } = await import('../ollama/install.ts');
  await runOllamaInstall(invocation);
  return 'changed';
}

async function startOllama(
  invocation: Invocation,
  configuration: Configuration,
  { problem, say }: Situation,
): Promise<Outcome> {
  if (!isNodeError(problem, 'ollama-unreachable')) return 'nothing';
  const onStarting = () => say(paragraph(invocation.terminal, startingOllama, 0));
  return (await startInstalledOllama(invocation, configuration, onStarting)) ? 'changed' : 'nothing';
}

async function getModel(
  invocation: Invocation,
  configuration: Configuration,
  { problem, status, hardware, say }: Situation,
): Promise<Outcome> {
  const { flags, terminal } = invocation;
  if (!isNodeError(problem, 'no-servable-model')) return 'nothing';
  const { version } = status;
  const { modelBudget } = hardware;
  const contextTokens = await serverContextHere(configuration, { version, modelBudget });
  const entry = recommendModel(hardware, contextTokens);
  const { id, downloadBytes } = entry;
  const expected = entrySpeed(entry, hardware);
  const size = [
    downloadBytes === null ? 'of unknown size' : formatBytes(downloadBytes),
    ...(expected === null ? [] : [formatTokenRate(expected)]),
  ].join(', ');
  if (flags.yes) {
    if (downloadBytes === null) return 'nothing';
    say(paragraph(terminal, `${id} (${size}) is recommended for this machine and is downloaded.`));
  } else {
    if (flags.json || !canAsk()) return 'nothing';
    const answer = await askLine(`No model can serve yet. Download ${id} (${size})? [Y/n] `);
    if (!/^(?:y(?:es)?)?$/i.test(answer.trim())) return 'nothing';
  }
  await pull(invocation, id);
  await correctChoice(invocation, configuration, { entry, contextTokens, hardware, say });
  return 'changed';
}

async function pull(invocation: Invocation, model: string): Promise<void> {
  const { pullModel } = await import('../models/pull.ts');
  await pullModel(beneath(invocation), model);
}

/** For a command that runs as a part of this one: nothing of it where a document is printed. */
function beneath(invocation: Invocation): Invocation {
  const { flags, terminal } = invocation;
  const silent = { ...terminal, live: false, out() {}, write() {} };
  return flags.json
    ? { ...invocation, flags: { ...flags, yes: false, json: false }, terminal: silent }
    : { ...invocation, flags: { ...flags, yes: false } };
}

/**
 * The first model that was downloaded is tested. Where it answers too slowly a smaller one is offered, which then serves
 * in its place; nothing is downloaded without a yes. A test that shows nothing keeps nobody from going on.
 */
async function correctChoice(
  invocation: Invocation,
  configuration: Configuration,
  {
    entry,
    contextTokens,
    hardware,
    say,
  }: {
    entry: CatalogueEntry;
    contextTokens: number;
    hardware: HardwareProbe;
    say: (text: string) => void;
  },
): Promise<void> {
  const { flags, terminal } = invocation;
  const { measureModel } = await import('../models/test.ts');
  const measured = await measureModel(beneath(invocation), configuration, entry.id).catch(
    (error: unknown) => {
      if (isNodeError(error)) return null;
      throw error;
    },
  );
  const speed = measured?.report.generationTokensPerSecond ?? null;
  if (speed === null) return;
  const shown = `${entry.id} answers here with ${formatTokenRate(speed)}`;
  if (isFastEnough(speed)) return say(paragraph(terminal, `${shown}.`));
  const tested = await withMeasuredSpeed(hardware, configuration.paths);
  const better = recommendModel(tested, contextTokens);
  const smaller = (better.downloadBytes ?? Number.POSITIVE_INFINITY) < (entry.downloadBytes ?? 0);
  const slow = `${shown}, too slow for long answers to keep their deadline.`;
  if (!smaller) return say(paragraph(terminal, `${slow} The catalogue has no smaller model.`));
  const offer = `${better.id} (${formatBytes(better.downloadBytes ?? 0)})`;
  if (flags.yes) say(paragraph(terminal, `${slow} ${offer} is downloaded to serve instead.`));
  else {
    say(paragraph(terminal, slow));
    const answer = await askLine(`Download ${offer} to serve instead? [Y/n] `);
    if (!/^(?:y(?:es)?)?$/i.test(answer.trim())) return;
  }
  await pull(invocation, better.id);
}
