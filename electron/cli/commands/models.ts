import { NodeError } from '../../../shared/errors.ts';
import { formatBytes, unknown } from '../../../shared/format.ts';
import type { HardwareProbe } from '../../daemon/hardware/probe.ts';
import { catalogue, recommendModel } from '../../daemon/ollama/catalogue.ts';
import type { OllamaStatus } from '../../daemon/ollama/watch.ts';
import { openConnections } from '../connections.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { knownHardware } from '../hardware.ts';
import type { CommandRun, Invocation } from '../invocation.ts';
import { paragraph, table } from '../layout.ts';
import { fits, installedFits, modelBudgetGb } from '../model-fit.ts';
import { ollamaProblem } from '../readiness.ts';
import { resolveConfiguration } from '../resolve.ts';

export const runModels: CommandRun = async (invocation) => {
  const [word = 'list', extra] = invocation.operands;
  if (word === 'pull') {
    const remedy = `getting models comes with a later version; until then run: ollama pull ${extra ?? 'NAME'}`;
    throw new NodeError('usage', { input: 'models pull', remedy });
  }
  if (extra !== undefined)
    throw new NodeError('usage', { input: extra, remedy: `models ${word} takes nothing more` });
  if (word === 'list') return list(invocation);
  const { paths } = await resolveConfiguration(invocation);
  const hardware = await knownHardware(invocation, paths);
  return word === 'catalog' ? showCatalogue(invocation, hardware) : recommend(invocation, hardware);
};

async function list(invocation: Invocation): Promise<ExitCode> {
  const { flags, terminal } = invocation;
  const configuration = await resolveConfiguration(invocation);
  const connections = openConnections(invocation, configuration);
  const status = await connections.lookAtOllama().finally(() => connections.stop());
  const hardware = await knownHardware(invocation, configuration.paths);
  const problem = await ollamaProblem(invocation, configuration, status, hardware);
  // An Ollama that answers has a list to show, even one on which nothing can serve.
  if (problem !== null && status.state !== 'running') throw problem;
  const recommended = recommendModel(hardware).id;
  if (flags.json) {
    const { modelsDocument, printDocument } = await import('../documents.ts');
    const models = status.models.map(({ name, sizeBytes, servable, notServableBecause }) => ({
      name,
      sizeBytes,
      servable,
      notServableBecause,
      default: name === status.defaultModel,
      fits: installedFits(name, hardware),
    }));
    const { defaultModel, preferredMissing, version } = status;
    const ollama = { url: configuration.ollama.url, version };
    const document = {
      schemaVersion: 1,
      document: 'models',
      ollama,
      defaultModel,
      preferredMissing,
      recommended,
      models,
    } as const;
    printDocument(terminal, modelsDocument, document);
  } else terminal.out(listText(invocation, status, hardware, configuration.settings.defaultModel));
  return problem === null ? exitCodes.done : exitCodes.notReady;
}

const whyNot: Readonly<Record<string, string>> = {
  embedding: 'cannot serve: it makes embeddings, not text',
  cloud: 'cannot serve: it runs on somebody else’s computers',
  'no-completion': 'cannot serve: it does not answer prompts',
};

function listText(
  { terminal }: Invocation,
  status: OllamaStatus,
  hardware: HardwareProbe,
  wanted: string | null,
): string {
  const rows = status.models.map(({ name, sizeBytes, servable, notServableBecause }) => {
    const fit = installedFits(name, hardware);
    const notes = [
      servable ? 'can serve' : (whyNot[notServableBecause ?? ''] ?? 'cannot serve'),
      ...(name === status.defaultModel ? ['the default'] : []),
      ...(servable && fit === false ? ['larger than this machine should carry'] : []),
    ];
    const mark = name === status.defaultModel ? '●' : ' ';
    return [mark, name, sizeBytes === null ? unknown : formatBytes(sizeBytes), notes.join(', ')];
  });
  const lines = rows.length > 0 ? [table(rows)] : [];
  if (status.preferredMissing) {
    lines.push(
      '',
      paragraph(
        terminal,
        `${wanted ?? 'The model asked for'} is not installed or cannot serve; requests without a model run on ${status.defaultModel ?? 'none'}.`,
      ),
    );
  }
  if (status.defaultModel === null) {
    const what = rows.length === 0 ? 'No model is installed' : 'None of these can serve';
    lines.push(
      '',
      paragraph(
        terminal,
        `${what}, so the node cannot start; get one that fits this machine with: ollama pull ${recommendModel(hardware).id}`,
      ),
    );
  }
  return lines.join('\n').trimStart() === '' ? 'No model is installed.' : lines.join('\n').replace(/^\n/, '');
}

function budgetText(hardware: HardwareProbe): string {
  const budget = modelBudgetGb(hardware).toFixed(1).replace(/\.0$/, '');
  const rule =
    hardware.gpu === null
      ? `half of its ${hardware.ramGb} GB memory`
      : `nine tenths of the ${hardware.vramGb ?? unknown} GB of ${hardware.gpu}`;
  return `This machine has room for models of up to ${budget} GB: ${rule}.`;
}

async function showCatalogue({ flags, terminal }: Invocation, hardware: HardwareProbe): Promise<ExitCode> {
  const recommended = recommendModel(hardware).id;
  if (flags.json) {
    const { catalogueDocument, printDocument } = await import('../documents.ts');
    const models = catalogue.map((entry) => ({ ...entry, fits: fits(entry, hardware) }));
    printDocument(terminal, catalogueDocument, {
      schemaVersion: 1,
      document: 'catalog',
      recommended,
      models,
    });
    return exitCodes.done;
  }
  const rows = catalogue.map((entry) => [
    entry.id === recommended ? '●' : ' ',
    entry.id,
    entry.parameters,
    `${entry.fitGb} GB`,
    `${fits(entry, hardware) ? 'fits' : 'too large'}${entry.id === recommended ? ', recommended' : ''}`,
  ]);
  terminal.out(
    `${table(rows)}\n\n${paragraph(terminal, `${budgetText(hardware)} Any other model of Ollama may serve too.`)}`,
  );
  return exitCodes.done;
}

async function recommend(invocation: Invocation, hardware: HardwareProbe): Promise<ExitCode> {
  if (invocation.flags.json) return showCatalogue(invocation, hardware);
  const { terminal } = invocation;
  const { id, fitGb } = recommendModel(hardware);
  const fitting = fitGb <= modelBudgetGb(hardware);
  terminal.out(terminal.bold(id));
  terminal.out(
    paragraph(
      terminal,
      `${budgetText(hardware)} ${id} needs ${fitGb} GB${fitting ? '' : ', which is more; it is the smallest of the network’s models and may be slow'}. Get it with: ollama pull ${id}`,
    ),
  );
  return exitCodes.done;
}
