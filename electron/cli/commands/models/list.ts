import type { Snapshot } from '../../../../shared/contract/snapshot.ts';
import { formatBytes, formatCount, formatTime, unknown } from '../../../../shared/format.ts';
import { describeNotServable } from '../../../../shared/texts/servable-text.ts';
import type { HardwareProbe } from '../../../daemon/hardware/probe.ts';
import {
  catalogueEntry,
  fitsByNetworkRule,
  recommendModel,
} from '../../../daemon/ollama/models/catalogue.ts';
import { fitOfInstalled, type ModelFit } from '../../../daemon/ollama/models/fit.ts';
import {
  type InstalledModel,
  modelReport,
  type NotServable,
} from '../../../daemon/ollama/models/installed-models.ts';
import type { OllamaStatus } from '../../../daemon/ollama/models/watch.ts';
import { serverContextHere } from '../../../daemon/ollama/server/server-context.ts';
import { openConnections } from '../../../node/connections.ts';
import { runningSnapshot } from '../../../node/daemon-link.ts';
import { knownHardware } from '../../../node/hardware.ts';
import { ollamaProblem } from '../../../node/ollama-readiness.ts';
import type { Invocation } from '../../args/invocation.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { type Configuration, resolveConfiguration } from '../../resolve.ts';
import { paragraph, table } from '../../terminal/layout.ts';

/** What is known of one model beside what Ollama lists. */
interface Judged {
  model: InstalledModel;
  fit: ModelFit;
  loaded: { sizeBytes: number | null; vramBytes: number | null } | null;
  isDefault: boolean;
}

/** What they run on. */
interface Here {
  hardware: HardwareProbe;
  /** The context that the server gives where nobody names one. */
  serverTokens: number;
}

/** The installed models: what they are, whether they can serve, whether they fit, and where they are. */
export async function listModels(invocation: Invocation): Promise<ExitCode> {
  const { flags, terminal } = invocation;
  const configuration = await resolveConfiguration(invocation);
  const connections = openConnections(invocation, configuration);
  const seen = await connections.inspectOllama().finally(() => connections.stop());
  const status = asNodeSees(seen, configuration, await runningSnapshot({ ...invocation, ...configuration }));
  const hardware = await knownHardware(invocation, configuration.paths);
  const problem = await ollamaProblem(invocation, configuration, status, hardware);
  // An Ollama that answers has a list to show, even one on which nothing can serve.
  if (problem !== null && status.state !== 'running') throw problem;
  const { modelBudget } = hardware;
  const serverTokens = await serverContextHere(configuration, { version: status.version, modelBudget });
  const judged = status.models.map((model) =>
    judge(model, status, configuration, { hardware, serverTokens }),
  );
  if (flags.json) await printList(invocation, configuration, status, { hardware, serverTokens }, judged);
  else terminal.out(listText(invocation, configuration, status, { hardware, serverTokens }, judged));
  return problem === null ? exitCodes.done : exitCodes.notReady;
}

/** What is set aside is known to the running node alone. */
function asNodeSees(seen: OllamaStatus, { ollama }: Configuration, running: Snapshot | null): OllamaStatus {
  if (running?.ollama.state !== 'running' || running.ollama.url !== ollama.url) return seen;
  const models = seen.models.map((model) => {
    const { asideUntilMs, notServableBecause } =
      running.ollama.models.find(({ name }) => name === model.name) ?? {};
    return asideUntilMs == null
      ? model
      : { ...model, servable: false, notServableBecause: notServableBecause as NotServable, asideUntilMs };
  });
  return { ...seen, models, defaultModel: running.ollama.defaultModel };
}

function judge(
  model: InstalledModel,
  status: OllamaStatus,
  { ollama, settings }: Configuration,
  { hardware, serverTokens }: Here,
): Judged {
  // What this machine has says nothing of another one.
  const budget = ollama.remote ? { bytes: null } : hardware.modelBudget;
  const { contextTokens } = settings.ollama;
  const { concurrency } = settings;
  const found = status.loaded?.find(({ name }) => name === model.name);
  const context = { contextTokens, serverTokens: found?.contextTokens ?? serverTokens, concurrency };
  return {
    model,
    fit: fitOfInstalled(model, budget, context),
    loaded: found ? { sizeBytes: found.sizeBytes, vramBytes: found.vramBytes } : null,
    isDefault: model.name === status.defaultModel,
  };
}

const fitWords: Readonly<Record<NonNullable<ModelFit['fit']>, string>> = {
  fits: 'Fits',
  tight: 'Tight',
  'too-big': 'Too large',
};

function loadedText(loaded: Judged['loaded']): string {
  if (loaded === null) return 'No';
  const { sizeBytes, vramBytes } = loaded;
  if (!sizeBytes || vramBytes === null) return 'Yes';
  const onGpu = Math.round((vramBytes / sizeBytes) * 100);
  return onGpu >= 100 ? 'GPU' : onGpu <= 0 ? 'CPU' : `${onGpu} % GPU`;
}

function servesText({ servable, notServableBecause, asideUntilMs }: InstalledModel, nowMs: number): string {
  if (servable) return 'Yes';
  const no = asideUntilMs === null ? 'No' : `Not until ${formatTime(asideUntilMs, nowMs)}`;
  return [no, describeNotServable(notServableBecause)].filter(Boolean).join(': ');
}

/** One row of the table. */
function row({ model, fit, loaded, isDefault }: Judged, verbose: boolean, nowMs: number): string[] {
  const { name, sizeBytes, quantization, contextLength, capabilities } = model;
  const cloud = model.notServableBecause === 'cloud';
  const needed = fit.neededBytes === null ? unknown : formatBytes(fit.neededBytes);
  return [
    `${isDefault ? '●' : ' '} ${name}`,
    cloud || sizeBytes === null ? unknown : formatBytes(sizeBytes),
    servesText(model, nowMs),
    cloud || fit.fit === null ? unknown : fitWords[fit.fit],
    loadedText(loaded),
    ...(verbose
      ? [
          cloud ? unknown : needed,
          quantization ?? unknown,
          contextLength === null ? unknown : formatCount(contextLength),
          capabilities === null || capabilities.length === 0 ? unknown : capabilities.join(', '),
        ]
      : []),
  ];
}

const heads = ['  MODEL', 'SIZE', 'SERVES', 'MEMORY', 'LOADED'] as const;
const moreHeads = ['NEEDS', 'QUANTIZATION', 'CONTEXT', 'CAPABILITIES'] as const;

function listText(
  { terminal, flags, clock }: Invocation,
  { settings }: Configuration,
  status: OllamaStatus,
  { hardware, serverTokens }: Here,
  judged: readonly Judged[],
): string {
  const verbose = flags.verbose === true;
  const parts: string[] = [];
  if (judged.length > 0) {
    const head = [...heads, ...(verbose ? moreHeads : [])];
    parts.push(table([head, ...judged.map((one) => row(one, verbose, clock.now()))], 0));
  }
  if (status.defaultModel !== null) parts.push('● answers requests that name no model.');
  if (status.preferredMissing) {
    const wanted = settings.defaultModel ?? 'The model you chose';
    parts.push(
      paragraph(
        terminal,
        `${wanted} is missing or can’t serve. ${status.defaultModel ?? 'None'} is used instead.`,
        0,
      ),
    );
  }
  if (status.defaultModel === null) {
    const what = judged.length === 0 ? 'No model is installed' : 'None of these can serve';
    const { id } = recommendModel(hardware, serverTokens);
    const remedy = `Download one that fits: parallelix-operator models pull ${id}`;
    parts.push(paragraph(terminal, `${what}, so your node can’t start. ${remedy}`, 0));
  }
  return parts.join('\n\n');
}

async function printList(
  { terminal }: Invocation,
  { ollama }: Configuration,
  status: OllamaStatus,
  { hardware, serverTokens }: Here,
  judged: readonly Judged[],
): Promise<void> {
  const { printDocument } = await import('../../documents/documents.ts');
  const { modelsDocument } = await import('../../documents/models.ts');
  printDocument(terminal, modelsDocument, {
    schemaVersion: 1,
    document: 'models',
    ollama: { url: ollama.url, version: status.version },
    defaultModel: status.defaultModel,
    preferredMissing: status.preferredMissing,
    recommended: recommendModel(hardware, serverTokens).id,
    budgetBytes: ollama.remote ? null : hardware.modelBudget.bytes,
    contextTokens: serverTokens,
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
