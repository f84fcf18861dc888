import { formatBytes, formatTokenRate, unknown } from '../../../../shared/format.ts';
import type { HardwareProbe } from '../../../daemon/hardware/probe.ts';
import {
  type CatalogueEntry,
  catalogue,
  entryFit,
  entrySpeed,
  fitsByNetworkRule,
  officialPick,
  recommendModel,
} from '../../../daemon/ollama/models/catalogue.ts';
import { isFastEnough } from '../../../daemon/ollama/models/speed.ts';
import { serverContextHere } from '../../../daemon/ollama/server/server-context.ts';
import { openConnections } from '../../../node/connections.ts';
import { knownHardware, withMeasuredSpeed } from '../../../node/hardware.ts';
import type { Invocation } from '../../args/invocation.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { resolveConfiguration } from '../../resolve.ts';
import { paragraph, table } from '../../terminal/layout.ts';
import { budgetText, fitText, needsText, officialText } from './text.ts';

interface Picks {
  hardware: HardwareProbe;
  contextTokens: number;
  recommended: CatalogueEntry;
  official: CatalogueEntry;
}

async function picks(invocation: Invocation): Promise<Picks> {
  const configuration = await resolveConfiguration(invocation);
  const { paths } = configuration;
  const hardware = await withMeasuredSpeed(await knownHardware(invocation, paths), paths);
  const connections = openConnections(invocation, configuration);
  // Whether one answers, and as what, is all that matters here.
  const version = await connections
    .ollamaClient()
    .version()
    .catch(() => null)
    .finally(() => connections.stop());
  const { modelBudget } = hardware;
  const contextTokens = await serverContextHere(configuration, { version, modelBudget });
  const recommended = recommendModel(hardware, contextTokens);
  return { hardware, contextTokens, recommended, official: officialPick(hardware) };
}

/** The network's models, each compared with this machine. */
export async function showCatalogue(invocation: Invocation): Promise<ExitCode> {
  const { terminal } = invocation;
  const found = await picks(invocation);
  if (invocation.flags.json) return printCatalogue(invocation, found);
  const { hardware, contextTokens, recommended, official } = found;
  const rows = catalogue.map((entry) => [
    entry === recommended ? '●' : ' ',
    entry.id,
    entry.parameters,
    entry.downloadBytes === null ? unknown : formatBytes(entry.downloadBytes),
    `${fitText(entryFit(entry, hardware, contextTokens))}${entry === recommended ? ', recommended' : ''}`,
    speedText(entry, hardware),
  ]);
  const lines = [`${budgetText(hardware)} Any other model of Ollama may serve too.`];
  if (official !== recommended) {
    lines.push(officialText(official, entryFit(official, hardware, contextTokens)));
  }
  lines.push('Get one with: parallelix-operator models pull NAME');
  terminal.out(`${table(rows)}\n\n${lines.map((line) => paragraph(terminal, line)).join('\n')}`);
  return exitCodes.done;
}

function speedText(entry: CatalogueEntry, hardware: HardwareProbe): string {
  const speed = entrySpeed(entry, hardware);
  if (speed === null) return '';
  return `${formatTokenRate(speed)}${isFastEnough(speed) ? '' : ', too slow'}`;
}

/** The model to get on this machine, and why. */
export async function showRecommendation(invocation: Invocation): Promise<ExitCode> {
  const { terminal } = invocation;
  const found = await picks(invocation);
  if (invocation.flags.json) return printCatalogue(invocation, found);
  const { hardware, contextTokens, recommended, official } = found;
  const fit = entryFit(recommended, hardware, contextTokens);
  const more =
    fit.fit === 'too-big'
      ? ', which is more; it is the smallest of the network’s models and may be slow'
      : fit.fit === 'tight'
        ? ', which is tight; a smaller one is not in the catalogue'
        : '';
  const speed = entrySpeed(recommended, hardware);
  const lines = [
    `${budgetText(hardware)} ${recommended.id} ${needsText(fit, contextTokens)}${more}.`,
    ...(speed === null ? [] : [`Expected here: ${formatTokenRate(speed)}.`]),
    ...(official === recommended
      ? []
      : [officialText(official, entryFit(official, hardware, contextTokens))]),
    `Get it with: parallelix-operator models pull ${recommended.id}`,
  ];
  terminal.out(terminal.bold(recommended.id));
  terminal.out(lines.map((line) => paragraph(terminal, line)).join('\n'));
  return exitCodes.done;
}

async function printCatalogue(
  { terminal }: Invocation,
  { hardware, contextTokens, recommended, official }: Picks,
): Promise<ExitCode> {
  const { printDocument } = await import('../../documents/documents.ts');
  const { catalogueDocument } = await import('../../documents/models.ts');
  printDocument(terminal, catalogueDocument, {
    schemaVersion: 1,
    document: 'catalog',
    recommended: recommended.id,
    officialPick: official.id,
    budgetBytes: hardware.modelBudget.bytes,
    contextTokens,
    models: catalogue.map((entry) => {
      const { fit, neededBytes, kvCacheBytes } = entryFit(entry, hardware, contextTokens);
      const { id, parameters, fitGb, downloadBytes } = entry;
      const fits = fitsByNetworkRule(entry, hardware);
      const tokensPerSecond = entrySpeed(entry, hardware);
      return { id, parameters, fitGb, fits, fit, downloadBytes, neededBytes, kvCacheBytes, tokensPerSecond };
    }),
  });
  return exitCodes.done;
}
