import type { SelfTestReport } from '../../../../shared/contract/ollama.ts';
import { NodeError } from '../../../../shared/errors.ts';
import { unknown } from '../../../../shared/format.ts';
import { findModel, sameModel } from '../../../../shared/model-names.ts';
import { describeFailure } from '../../../../shared/texts/failure-text.ts';
import { createOllamaClient } from '../../../daemon/ollama/api/client.ts';
import { createSelfTests } from '../../../daemon/ollama/models/self-test.ts';
import { createSelfTestStore } from '../../../daemon/ollama/models/self-test-store.ts';
import { isFastEnough } from '../../../daemon/ollama/models/speed.ts';
import { openConnections } from '../../../node/connections.ts';
import { requireOllama } from '../../../node/ollama-readiness.ts';
import type { Invocation } from '../../args/invocation.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { type Configuration, resolveConfiguration } from '../../resolve.ts';
import { facts, paragraph } from '../../terminal/layout.ts';
import { onInterrupt } from '../../terminal/signals.ts';
import { createStatusLine } from '../../terminal/status-line.ts';
import { linkToNode, type NodeLink } from '../ollama/link.ts';

/** Who tests: the running node, or this command. */
interface Tester {
  by: 'node' | 'command';
  model: string;
  /** False when it cannot begin: another test runs, or a request. */
  begin(): Promise<boolean>;
  report(): SelfTestReport | null;
  onChange(listener: () => void): void;
  cancel(): void;
  /** Rejects when whoever tests has gone. */
  lost: Promise<never> | null;
  close(): Promise<void>;
}

/** Measures a model on this machine for about a minute; without a name the default one. */
export async function testModel(invocation: Invocation, name: string | undefined): Promise<ExitCode> {
  const configuration = await resolveConfiguration(invocation);
  const { by, report } = await measureModel(invocation, configuration, name);
  return print(invocation, by, report);
}

/** Runs the test, showing that it does, and returns what it showed. */
export async function measureModel(
  invocation: Invocation,
  configuration: Configuration,
  name: string | undefined,
): Promise<{ by: Tester['by']; report: SelfTestReport }> {
  const link = await linkToNode(invocation, configuration);
  const tester =
    link === null
      ? await ownTester(invocation, configuration, name)
      : nodeTester(link, wantedModel(name, link.current().ollama));
  try {
    return { by: tester.by, report: await follow(invocation, tester) };
  } finally {
    await tester.close();
  }
}

function wantedModel(
  name: string | undefined,
  ollama: { models: readonly { name: string; servable: boolean }[]; defaultModel: string | null },
): string {
  const wanted = name ?? ollama.defaultModel;
  if (wanted === null) {
    throw new NodeError('usage', {
      input: 'models test',
      remedy: 'there is no model to test yet; get one with: parallelix-operator models pull NAME',
    });
  }
  const found = findModel(wanted, ollama.models);
  if (found === null) throw new NodeError('model-not-installed', { model: wanted });
  if (!found.servable) {
    const remedy = 'cannot answer prompts, so there is nothing to test; see: parallelix-operator models list';
    throw new NodeError('usage', { input: found.name, remedy });
  }
  return found.name;
}

function nodeTester({ daemon, current, onChange, lost }: NodeLink, model: string): Tester {
  let since: number | null = null;
  const newest = () => current().selfTests.find((one) => sameModel(one.model, model)) ?? null;
  return {
    by: 'node',
    model,
    async begin() {
      since = newest()?.atMs ?? null;
      return (await daemon.ask('models.test', { model })).started;
    },
    // The figures of an earlier test are not those of this one.
    report() {
      const found = newest();
      return found !== null && found.atMs !== since ? found : null;
    },
    onChange,
    cancel: () => void daemon.ask('models.cancelTest', {}).catch(() => undefined),
    lost,
    close: async () => daemon.close(),
  };
}

async function ownTester(
  invocation: Invocation,
  configuration: Configuration,
  name: string | undefined,
): Promise<Tester> {
  const { clock, version } = invocation;
  const connections = openConnections(invocation, configuration);
  try {
    const status = await requireOllama(invocation, configuration, connections);
    const model = wantedModel(name, status);
    const client = createOllamaClient(
      { baseUrl: configuration.ollama.url },
      { http: connections.ollamaHttp(), clock },
    );
    const store = createSelfTestStore(configuration.paths.selfTestFile);
    const tests = createSelfTests({ productVersion: version }, { client, clock, store });
    return {
      by: 'command',
      model,
      begin: async () => tests.start(model),
      report: () => tests.reports().find((one) => sameModel(one.model, model)) ?? null,
      onChange: (listener) => void tests.onChange(listener),
      cancel: () => void tests.cancel(),
      lost: null,
      async close() {
        await tests.stop();
        await connections.stop();
      },
    };
  } catch (error) {
    await connections.stop();
    throw error;
  }
}

async function follow({ flags, terminal }: Invocation, tester: Tester): Promise<SelfTestReport> {
  const line = flags.json || !terminal.live ? null : createStatusLine(terminal);
  const restore = onInterrupt(() => tester.cancel());
  const text = `Testing ${tester.model} with prompts of our own: about a minute; Ctrl-C ends it`;
  if (line !== null) line.show(`  ${text}`);
  else if (!flags.json) terminal.out(text);
  try {
    return await new Promise<SelfTestReport>((resolve, reject) => {
      const check = () => {
        const report = tester.report();
        if (report !== null && report.state !== 'running') resolve(report);
      };
      tester.lost?.catch(reject);
      tester.begin().then((began) => {
        if (!began) return reject(new NodeError('model-in-use', { model: tester.model, use: 'request' }));
        tester.onChange(check);
        check();
      }, reject);
    });
  } finally {
    restore();
    line?.end();
  }
}

async function print(
  { flags, terminal }: Invocation,
  by: Tester['by'],
  report: SelfTestReport,
): Promise<ExitCode> {
  const { state } = report;
  if (flags.json) {
    const { printDocument } = await import('../../documents/documents.ts');
    const { modelTestDocument } = await import('../../documents/models.ts');
    const shown = state === 'running' ? 'failed' : state;
    printDocument(terminal, modelTestDocument, {
      schemaVersion: 1,
      document: 'model-test',
      by,
      ...report,
      state: shown,
    });
  } else terminal.out(state === 'done' ? figuresText(terminal, report) : endText(report));
  return state === 'done' ? exitCodes.done : exitCodes.failed;
}

const perSecond = (tokens: number | null) =>
  tokens === null ? unknown : `${tokens >= 100 ? Math.round(tokens) : tokens.toFixed(1)} tokens/s`;

function figuresText(terminal: Invocation['terminal'], report: SelfTestReport): string {
  const { model, promptTokensPerSecond, generationTokensPerSecond, firstTokenMs, runs, ollamaVersion } =
    report;
  const slow = generationTokensPerSecond !== null && !isFastEnough(generationTokensPerSecond);
  const rows: [string, string][] = [
    ['generating', perSecond(generationTokensPerSecond)],
    ['reading prompts', perSecond(promptTokensPerSecond)],
    ['first token', firstTokenMs === null ? unknown : `after ${Math.round(firstTokenMs)} ms`],
    ['measured', `medians of ${runs} answers, by Ollama ${ollamaVersion ?? unknown}`],
  ];
  const verdict = slow
    ? `\n${paragraph(terminal, 'That is too slow: long answers may miss their deadline. See a faster one with: parallelix-operator models recommend')}`
    : '';
  return `${terminal.bold(model)}\n${facts(terminal, rows)}${verdict}`;
}

function endText({ model, state, reason }: SelfTestReport): string {
  if (state === 'cancelled') {
    const why = reason === 'request' ? 'a request came, and requests come first' : 'cancelled';
    return `The test of ${model} has ended without figures: ${why}.`;
  }
  return `The test of ${model} has no figures: ${describeFailure(reason ?? 'internal-error')}.`;
}
