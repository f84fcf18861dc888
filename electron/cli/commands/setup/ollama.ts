import { isNodeError, type NodeError } from '../../../../shared/errors.ts';
import { formatBytes } from '../../../../shared/format.ts';
import { describeError } from '../../../../shared/texts/error-text.ts';
import type { HardwareProbe } from '../../../daemon/hardware/probe.ts';
import { recommendModel } from '../../../daemon/ollama/models/catalogue.ts';
import type { OllamaStatus } from '../../../daemon/ollama/watch.ts';
import { type Connections, openConnections } from '../../../node/connections.ts';
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
  hardware: HardwareProbe,
  { patient, say }: { patient: boolean; say: (text: string) => void },
): Promise<{ done: boolean; means: string; model: string | null }> {
  const { terminal } = invocation;
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
      print('This waits for it, up to 30 minutes; Ctrl-C leaves, and setup can go on later.');
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
  { settings }: Configuration,
  { problem, hardware, say }: Situation,
): Promise<Outcome> {
  const { flags, terminal } = invocation;
  if (!isNodeError(problem, 'no-servable-model')) return 'nothing';
  const { id, downloadBytes } = recommendModel(hardware, settings.ollama.contextTokens);
  const size = downloadBytes === null ? 'of unknown size' : formatBytes(downloadBytes);
  if (flags.yes) {
    if (downloadBytes === null) return 'nothing';
    say(paragraph(terminal, `${id} (${size}) is recommended for this machine and is downloaded.`));
  } else {
    if (flags.json || !canAsk()) return 'nothing';
    const answer = await askLine(`No model can serve yet. Download ${id} (${size})? [Y/n] `);
    if (!/^(?:y(?:es)?)?$/i.test(answer.trim())) return 'nothing';
  }
  const { pullModel } = await import('../models/pull.ts');
  const silent = { ...terminal, live: false, out() {}, write() {} };
  const quiet = { ...invocation, flags: { ...flags, yes: false, json: false }, terminal: silent };
  await pullModel(flags.json ? quiet : { ...invocation, flags: { ...flags, yes: false } }, id);
  return 'changed';
}
