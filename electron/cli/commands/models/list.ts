import { formatBytes, formatCount, unknown } from '../../../../shared/format.ts';
import type { HardwareProbe } from '../../../daemon/hardware/probe.ts';
import {
  catalogueEntry,
  fitsByNetworkRule,
  recommendModel,
} from '../../../daemon/ollama/models/catalogue.ts';
import { fitOfInstalled, type ModelFit } from '../../../daemon/ollama/models/fit.ts';
import { type InstalledModel, modelReport } from '../../../daemon/ollama/models/installed-models.ts';
import type { OllamaStatus } from '../../../daemon/ollama/models/watch.ts';
import { openConnections } from '../../../node/connections.ts';
import { knownHardware } from '../../../node/hardware.ts';
import { ollamaProblem } from '../../../node/ollama-readiness.ts';
import type { Invocation } from '../../args/invocation.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { type Configuration, resolveConfiguration } from '../../resolve.ts';
import { paragraph } from '../../terminal/layout.ts';
import { fitText } from './text.ts';

/** What is known of one model beside what Ollama lists. */
interface Judged {
  model: InstalledModel;
  fit: ModelFit;
  loaded: { sizeBytes: number | null; vramBytes: number | null } | null;
  isDefault: boolean;
}

/** The installed models: what they are, whether they can serve, whether they fit, and where they are. */
export async function listModels(invocation: Invocation): Promise<ExitCode> {
  const { flags, terminal } = invocation;
  const configuration = await resolveConfiguration(invocation);
  const connections = openConnections(invocation, configuration);
  const status = await connections.inspectOllama().finally(() => connections.stop());
  const hardware = await knownHardware(invocation, configuration.paths);
  const problem = await ollamaProblem(invocation, configuration, status, hardware);
  // An Ollama that answers has a list to show, even one on which nothing can serve.
  if (problem !== null && status.state !== 'running') throw problem;
  const judged = status.models.map((model) => judge(model, status, configuration, hardware));
  if (flags.json) await printList(invocation, configuration, status, hardware, judged);
  else terminal.out(listText(invocation, configuration, status, hardware, judged));
  return problem === null ? exitCodes.done : exitCodes.notReady;
}

function judge(
  model: InstalledModel,
  status: OllamaStatus,
  { ollama, settings }: Configuration,
  hardware: HardwareProbe,
): Judged {
  // What this machine has says nothing of another one.
  const budget = ollama.remote ? { bytes: null } : hardware.modelBudget;
  const { contextTokens } = settings.ollama;
  const found = status.loaded?.find(({ name }) => name === model.name);
  return {
    model,
    fit: fitOfInstalled(model, budget, { contextTokens, concurrency: settings.concurrency }),
    loaded: found ? { sizeBytes: found.sizeBytes, vramBytes: found.vramBytes } : null,
    isDefault: model.name === status.defaultModel,
  };
}

const whyNot: Readonly<Record<string, string>> = {
  embedding: 'cannot serve: it makes embeddings, not text',
  cloud: 'cannot serve: it runs on somebody else’s computers',
  'no-completion': 'cannot serve: it does not answer prompts',
};

function loadedText(loaded: NonNullable<Judged['loaded']>): string {
  const { sizeBytes, vramBytes } = loaded;
  if (!sizeBytes || vramBytes === null) return 'in memory now';
  const onGpu = Math.round((vramBytes / sizeBytes) * 100);
  const where = onGpu >= 100 ? 'GPU' : onGpu <= 0 ? 'CPU' : `${onGpu} % GPU, ${100 - onGpu} % CPU`;
  return `in memory now: ${formatBytes(sizeBytes)}, ${onGpu >= 100 || onGpu <= 0 ? `all on the ${where}` : where}`;
}

function modelText(terminal: Invocation['terminal'], { model, fit, loaded, isDefault }: Judged): string {
  const { name, servable, notServableBecause, sizeBytes, quantization, contextLength, capabilities } = model;
  const serves = servable ? 'can serve' : (whyNot[notServableBecause ?? ''] ?? 'cannot serve');
  const cloud = notServableBecause === 'cloud';
  const facts = [
    cloud || sizeBytes === null ? unknown : formatBytes(sizeBytes),
    quantization ?? unknown,
    `context ${contextLength === null ? unknown : formatCount(contextLength)}`,
    ...(capabilities === null || capabilities.length === 0 ? [] : [capabilities.join(', ')]),
  ];
  const memory = [...(cloud ? [] : [fitText(fit)]), ...(loaded === null ? [] : [loadedText(loaded)])];
  return [
    `${isDefault ? '●' : ' '} ${terminal.bold(name)}  ${serves}${isDefault ? ', the default' : ''}`,
    paragraph(terminal, facts.join(' · '), 4),
    ...(memory.length === 0 ? [] : [paragraph(terminal, memory.join('; '), 4)]),
  ].join('\n');
}

function listText(
  { terminal }: Invocation,
  { settings }: Configuration,
  status: OllamaStatus,
  hardware: HardwareProbe,
  judged: readonly Judged[],
): string {
  const blocks = judged.map((one) => modelText(terminal, one));
  if (status.preferredMissing) {
    const wanted = settings.defaultModel ?? 'The model asked for';
    const instead = status.defaultModel ?? 'none';
    const text = `${wanted} is not installed or cannot serve; requests without a model run on ${instead}.`;
    blocks.push(paragraph(terminal, text));
  }
  if (status.defaultModel === null) {
    const what = judged.length === 0 ? 'No model is installed' : 'None of these can serve';
    const { id } = recommendModel(hardware, settings.ollama.contextTokens);
    const remedy = `get one that fits this machine with: parallelix-operator models pull ${id}`;
    blocks.push(paragraph(terminal, `${what}, so the node cannot start; ${remedy}`));
  }
  return blocks.join('\n');
}

async function printList(
  { terminal }: Invocation,
  { ollama, settings }: Configuration,
  status: OllamaStatus,
  hardware: HardwareProbe,
  judged: readonly Judged[],
): Promise<void> {
  const { printDocument } = await import('../../documents/documents.ts');
  const { modelsDocument } = await import('../../documents/models.ts');
  const { contextTokens } = settings.ollama;
  printDocument(terminal, modelsDocument, {
    schemaVersion: 1,
    document: 'models',
    ollama: { url: ollama.url, version: status.version },
    defaultModel: status.defaultModel,
    preferredMissing: status.preferredMissing,
    recommended: recommendModel(hardware, contextTokens).id,
    budgetBytes: ollama.remote ? null : hardware.modelBudget.bytes,
    contextTokens,
    models: judged.map(({ model, fit, loaded, isDefault }) => {
      const entry = catalogueEntry(model.name);
      return {
        ...modelReport(model),
        default: isDefault,
        fits: entry && fitsByNetworkRule(entry, hardware),
        fit: fit.fit,
        neededBytes: fit.neededBytes,
        loaded,
      };
    }),
  });
}
