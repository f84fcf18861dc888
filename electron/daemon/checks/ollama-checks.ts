import type { CheckReport, FindingCode, FindingFacts } from '../../../shared/check-findings.ts';
import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import { findModel, sameModel } from '../../../shared/model-names.ts';
import { describeFinding } from '../../../shared/texts/check-text.ts';
import type { HardwareProbe } from '../hardware/probe.ts';
import { mayHideGpu } from '../hardware/registration-block.ts';
import type { OllamaClient } from '../ollama/api/client.ts';
import { recommendModel } from '../ollama/models/catalogue.ts';
import { fitOfInstalled, type ModelFit } from '../ollama/models/fit.ts';
import type { InstalledModel } from '../ollama/models/installed-models.ts';
import { pullLimits } from '../ollama/models/pull-run.ts';
import type { ModelsVolume } from '../ollama/models/volume.ts';
import type { OllamaStatus } from '../ollama/models/watch.ts';
import { gpuUnused, likelyCauses } from '../ollama/server/gpu-use.ts';
import { serverContextHere } from '../ollama/server/server-context.ts';
import type { StatePaths } from '../storage/paths.ts';
import type { Settings } from '../storage/settings.ts';
import type { Clock } from '../system/clock.ts';
import { serverReport } from './address-checks.ts';
import { checkGeneration } from './generation-check.ts';

function found<C extends FindingCode>(code: C, facts: FindingFacts[C]): CheckReport {
  return describeFinding({ code, facts });
}

export function checkHardware({ tier, gpu, findings }: HardwareProbe): CheckReport {
  const hiding = findings.find(({ code }) => mayHideGpu(code) || code === 'memory-not-reported');
  if (hiding) {
    const tool = hiding.code === 'gpu-without-driver' ? 'the driver of a GPU' : hiding.tool;
    return found('hardware-doubtful', { tier, tool, detail: hiding.detail });
  }
  const [first] = findings;
  if (first === undefined) return found('hardware-probed', { tier, gpu });
  const about = [first.tool, first.detail].filter((part) => part !== '').join(': ');
  return found('hardware-noted', { tier, count: findings.length, first: about });
}

interface OllamaSubject {
  paths: Pick<StatePaths, 'ollamaServerFile'>;
  settings: Settings;
  ollama: { url: string; remote: boolean };
}

/** Whether Ollama answers, and what that means: its version, the model, the GPU, and how much it does at once. */
export async function checkOllama(
  subject: OllamaSubject,
  modules: {
    inspectOllama: () => Promise<OllamaStatus>;
    isOllamaInstalled: () => Promise<boolean>;
    hardware: Promise<HardwareProbe>;
    snapshot: Promise<Snapshot | null>;
    ollama: Pick<OllamaClient, 'generate'>;
    clock: Clock;
  },
): Promise<CheckReport[]> {
  const { ollama, settings } = subject;
  const { url, remote } = ollama;
  const status = await modules.inspectOllama();
  const reason = status.reason ?? '';
  const unseen = [
    found('model-not-checked', {}),
    found('generation-not-checked', {}),
    found('gpu-not-checked', {}),
  ];
  if (status.state === 'failing') return [found('ollama-strange', { url, reason }), ...unseen];
  if (status.state !== 'running') {
    const here = !remote && (await modules.isOllamaInstalled());
    if (!here && !remote) return [found('ollama-missing', { url }), ...unseen];
    const startable = here && settings.ollama.manage;
    return [found(startable ? 'ollama-startable' : 'ollama-down', { url, reason }), ...unseen];
  }
  const [hardware, snapshot] = await Promise.all([modules.hardware, modules.snapshot]);
  const running = snapshot?.ollama.url === url ? snapshot : null;
  const whose = running === null ? null : running.ollama.server;
  const model = running?.ollama.defaultModel ?? status.defaultModel;
  const { modelBudget } = hardware;
  const serverTokens = await serverContextHere(subject, { version: status.version, modelBudget, whose });
  const here: Here | null = remote ? null : { hardware, settings, serverTokens };
  return [
    serverReport(ollama, status.version, whose),
    checkModel(status, settings, here, recommendModel(hardware, serverTokens).id),
    await checkGeneration({ model, contextTokens: settings.ollama.contextTokens }, { ...modules, running }),
    checkGpu(status, here, snapshot),
    checkParallel(settings.concurrency, whose),
  ];
}

/** What the models run on. */
interface Here {
  hardware: HardwareProbe;
  settings: Settings;
  /** What the server gives where nobody names a context. */
  serverTokens: number;
}

function fitHere(
  model: InstalledModel,
  { loaded }: OllamaStatus,
  { hardware, settings, serverTokens }: Here,
): ModelFit {
  const { concurrency, ollama } = settings;
  const known = loaded?.find(({ name }) => name === model.name)?.contextTokens ?? serverTokens;
  const context = { contextTokens: ollama.contextTokens, serverTokens: known, concurrency };
  return fitOfInstalled(model, hardware.modelBudget, context);
}

/** @param here null: another machine */
function checkModel(
  status: OllamaStatus,
  settings: Settings,
  here: Here | null,
  recommended: string,
): CheckReport {
  const { models, servable, defaultModel, preferredMissing } = status;
  if (defaultModel === null) return found('model-none', { recommended });
  if (preferredMissing) {
    return found('model-asked-for-missing', { wanted: settings.defaultModel ?? '', model: defaultModel });
  }
  const installed = findModel(defaultModel, servable);
  const fit = here && installed && fitHere(installed, status, here);
  if (fit?.fit === 'too-big' && fit.neededBytes !== null && fit.budgetBytes !== null) {
    const { neededBytes, budgetBytes } = fit;
    return found('model-too-big', { model: defaultModel, neededBytes, budgetBytes });
  }
  const leftOut = (why: InstalledModel['notServableBecause']) =>
    models.filter(({ notServableBecause }) => notServableBecause === why).length;
  return found('model-ready', {
    model: defaultModel,
    servable: servable.length,
    cloud: leftOut('cloud'),
    embedding: leftOut('embedding'),
  });
}

function checkGpu(status: OllamaStatus, here: Here | null, snapshot: Snapshot | null): CheckReport {
  if (here === null) return found('gpu-not-checked', {});
  const { loaded, models, defaultModel } = status;
  const { cards, findings } = here.hardware;
  const deciding = cards.find(({ counts }) => counts);
  if (deciding === undefined) return found('gpu-none', {});
  const entry =
    loaded?.find(({ name }) => defaultModel !== null && sameModel(name, defaultModel)) ?? loaded?.[0];
  if (!entry?.sizeBytes || entry.vramBytes === null) return found('gpu-not-checked', {});
  const installed = findModel(entry.name, models);
  const fit = installed && fitHere(installed, status, here).fit;
  if (!gpuUnused({ loaded: entry, fit, cards, findings })) {
    return found('gpu-used', {
      model: entry.name,
      percent: Math.round((entry.vramBytes / entry.sizeBytes) * 100),
    });
  }
  const unknown = { freeVramBytes: null, hasGpuLibraries: null, deviceHidden: null };
  const [cause = ''] =
    snapshot?.ollama.gpuUnused?.causes ?? likelyCauses({ findings, loaded: entry, ...unknown });
  return found('gpu-unused', { model: entry.name, gpu: deciding.name, cause });
}

/** Of a server that this node started it is known that it runs as many at once as are taken. */
function checkParallel(concurrency: number, whose: Snapshot['ollama']['server']): CheckReport {
  return found(concurrency === 1 || whose === 'ours' ? 'parallel-fits' : 'parallel-unknown', { concurrency });
}

export async function checkModelsDisk(findVolume: () => Promise<ModelsVolume | null>): Promise<CheckReport> {
  const volume = await findVolume();
  const space = await volume?.space();
  if (!volume || !space) return found('models-disk-not-checked', {});
  const { path, certain } = volume;
  const { freeBytes, totalBytes } = space;
  const reserveBytes = Math.round(pullLimits.reserveBytes(totalBytes));
  if (freeBytes < reserveBytes) return found('models-disk-tight', { path, freeBytes, reserveBytes });
  return found(certain ? 'models-disk-has-room' : 'models-disk-guessed', { path, freeBytes });
}
