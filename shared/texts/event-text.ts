import { formatBytes, formatCount, formatDuration, formatTime } from '../format.ts';
import { describeGpuCause } from '../hardware/gpu-causes.ts';
import { describeReason, printable } from './error-text.ts';
import { plainEventTexts } from './event-vocabulary.ts';
import { describeFailure } from './failure-text.ts';

/** How a line is meant: coloured in a terminal, marked in a window. */
export type Tone = 'good' | 'warn' | 'bad' | 'quiet' | 'plain';

/** An entry of the log, as the logger hands it out or as it is in the file. */
export interface LogLine {
  tMs: number;
  level: string;
  event: string;
  facts: Readonly<Record<string, string | number | boolean | null>>;
}

export interface EventLine {
  tone: Tone;
  text: string;
  /** Worth a line while somebody watches the node; the rest only is in the log. */
  notable: boolean;
}

/** What is known of an answer from its end until its delivery. */
export interface AnswerFigures {
  model: string | null;
  ms: number | null;
  inputTokens: number | null;
  outputTokens: number | null;
}

/** As many answers may wait for their delivery; more are not remembered. */
const rememberedAnswers = 4096;

/** Remembers the figures of answers, because the entry of their delivery does not repeat them. */
export interface AnswerCache {
  see(line: LogLine): void;
  figures(requestId: string): AnswerFigures;
}

export function createAnswerCache(): AnswerCache {
  const cache = new Map<string, AnswerFigures>();
  return {
    see({ event, facts }) {
      if (event !== 'request-finished' && event !== 'request-failed') return;
      cache.set(String(facts.requestId), {
        model: typeof facts.model === 'string' ? facts.model : null,
        ms: number(facts.ms),
        inputTokens: number(facts.inputTokens),
        outputTokens: number(facts.outputTokens),
      });
      const [oldest] = cache.keys();
      if (cache.size > rememberedAnswers && oldest !== undefined) cache.delete(oldest);
    },
    figures: (requestId) =>
      cache.get(requestId) ?? { model: null, ms: null, inputTokens: null, outputTokens: null },
  };
}

type EventTextOf = (facts: LogLine['facts'], answers: AnswerCache, tMs: number) => string;
type Entry = readonly [
  tone: Tone,
  notable: boolean | ((facts: LogLine['facts']) => boolean),
  describe: EventTextOf,
];

const text = (value: unknown) => printable(String(value ?? '—'));
const number = (value: unknown) => (typeof value === 'number' ? value : null);
const duration = (value: unknown) => formatDuration(number(value) ?? 0);
const reason = (value: unknown) => describeReason(String(value ?? 'unknown'));
const onlyFirst = (facts: LogLine['facts']) => facts.attempts === 1;

function figuresOf(requestId: unknown, answers: AnswerCache): string {
  const { model, ms, inputTokens, outputTokens } = answers.figures(String(requestId));
  const parts = [];
  if (model !== null) parts.push(text(model));
  if (ms !== null) parts.push(`${formatCount(ms)} ms`);
  if (inputTokens !== null || outputTokens !== null) {
    const count = (tokens: number | null) => (tokens === null ? '—' : formatCount(tokens));
    parts.push(`${count(inputTokens)} → ${count(outputTokens)} tokens`);
  }
  return parts.map((part) => ` · ${part}`).join('');
}

const entries: Readonly<Record<string, Entry>> = {
  'node-started': ['plain', true, ({ nodeId }) => `Node ${text(nodeId)} is up; the first heartbeat follows.`],
  'heartbeat-accepted': ['good', true, () => 'First heartbeat accepted; online time counts from now on.'],
  'heartbeat-accepted-again': [
    'good',
    true,
    ({ afterMs }) => `Heartbeats are accepted again after ${duration(afterMs)}; online time counts again.`,
  ],
  'heartbeat-not-accepted': [
    'warn',
    true,
    ({ reason: why }) =>
      `Heartbeat not accepted: ${reason(why)}; this time may not count; it is tried again by itself.`,
  ],
  'signed-time': [
    'plain',
    true,
    ({ corrected }) =>
      corrected === true
        ? 'Heartbeats now carry the coordinator’s time, because this computer’s clock is wrong.'
        : 'Heartbeats carry this computer’s own time again.',
  ],
  registration: [
    'plain',
    true,
    ({ status, nodeId, tier }) =>
      status === 'registered'
        ? `Registered as node ${text(nodeId)}${typeof tier === 'number' ? ` with tier ${tier}` : ''}.`
        : 'No registration for this key yet; nothing is earned before there is one; it is noticed by itself.',
  ],
  'registration-not-saved': [
    'warn',
    true,
    () => 'The registration could not be written down; it is looked up again next time.',
  ],
  'request-accepted': ['plain', false, ({ requestId }) => `Took on ${text(requestId)}.`],
  'request-finished': [
    'plain',
    false,
    ({ requestId }, answers) => `Answered ${text(requestId)}${figuresOf(requestId, answers)}; delivering.`,
  ],
  delivered: [
    'good',
    true,
    ({ requestId }, answers) => `Served ${text(requestId)}${figuresOf(requestId, answers)}`,
  ],
  'request-failed': [
    'warn',
    true,
    ({ requestId, failure }, answers) =>
      `Gave back ${text(requestId)}: ${describeFailure(String(failure))}${figuresOf(requestId, answers)}`,
  ],
  'request-not-run': [
    'warn',
    true,
    ({ requestId, failure }) =>
      `Gave back ${text(requestId)} unanswered: ${describeFailure(String(failure))}.`,
  ],
  'requests-not-run': [
    'warn',
    true,
    ({ count, failures }) =>
      `Returned ${text(count)} requests unanswered: ${String(failures).split(', ').map(describeFailure).join(', ')}.`,
  ],
  reported: ['plain', false, ({ requestId }) => `The network knows that ${text(requestId)} was given back.`],
  'request-again': ['plain', false, ({ requestId }) => `${text(requestId)} came again and is not run twice.`],
  'outbox-waiting': [
    'warn',
    onlyFirst,
    ({ requestId, reason: why }) =>
      `The answer to ${text(requestId)} waits: ${reason(why)}; it is safe on disk and is sent again.`,
  ],
  'outbox-refused': [
    'bad',
    true,
    ({ requestId, reason: why, status }) =>
      status === 409
        ? `The network says it has an answer to ${text(requestId)} already (${reason(why)}): either an earlier post of ours arrived after all, or another machine serves with this key.`
        : `The network does not take the answer to ${text(requestId)}: ${reason(why)}; it is kept in the journal as refused.`,
  ],
  'outbox-expired': [
    'bad',
    true,
    ({ requestId }) =>
      `The answer to ${text(requestId)} couldn’t be delivered for too long and is no longer sent. Its text is erased, its record stays as expired.`,
  ],
  'inbox-not-answering': [
    'warn',
    true,
    ({ reason: why }) => `The inbox does not answer: ${reason(why)}; no work comes meanwhile.`,
  ],
  'inbox-answers-again': [
    'good',
    true,
    ({ afterMs }) => `The inbox answers again after ${duration(afterMs)}.`,
  ],
  'inbox-entries-refused': [
    'warn',
    true,
    ({ count }) => `${text(count)} entries of the inbox could not be understood and were not run.`,
  ],
  'ollama-running': [
    'plain',
    true,
    ({ version, models }) =>
      `Ollama answers${version ? ` (version ${text(version)})` : ''} with ${text(models)} ${models === 1 ? 'model' : 'models'}.`,
  ],
  'ollama-not-running': [
    'warn',
    true,
    ({ reason: why }) => `Ollama does not answer: ${reason(why)}; no work is taken until it does.`,
  ],
  'model-loading': [
    'plain',
    false,
    ({ model }) => `${text(model)} is being loaded; work is taken after that.`,
  ],
  'model-loaded': ['plain', true, ({ model, ms }) => `${text(model)} is in memory after ${duration(ms)}.`],
  'model-not-loaded': [
    'warn',
    false,
    ({ model, reason: why }) =>
      `${text(model)} could not be loaded (${reason(why)}); no work is taken; it is tried again by itself.`,
  ],
  'model-driven-out': [
    'plain',
    false,
    ({ model }) => `${text(model)} was driven out of memory by another model and is loaded again.`,
  ],
  'models-released': ['plain', false, ({ models }) => `Out of memory again: ${text(models)}.`],
  'gpu-unused': [
    'warn',
    false,
    ({ model, causes }) =>
      `Ollama runs ${text(model)} on the processor though a GPU is there; likely ${describeGpuCause(String(causes).split(', ')[0] ?? '')}.`,
  ],
  'parallel-unknown': [
    'warn',
    true,
    ({ concurrency }) =>
      `${text(concurrency)} requests are taken at a time, and how many this Ollama runs at once is not known; if they are fewer, the others wait and may miss their deadline. Set OLLAMA_NUM_PARALLEL=${text(concurrency)} where it is started.`,
  ],
  paused: [
    'plain',
    true,
    ({ untilMs }, _answers, tMs) =>
      `Paused${typeof untilMs === 'number' ? ` until ${formatTime(untilMs, tMs)}` : ''}; heartbeats go on, no work is taken.`,
  ],
  resumed: ['plain', true, () => 'Resumed; work is taken again.'],
  draining: [
    'plain',
    true,
    ({ limitMs }) => `Finishing what runs, for at most ${duration(limitMs)}; no new work is taken.`,
  ],
  stopped: [
    'plain',
    false,
    ({ served, undelivered }) => `Stopped; ${text(served)} served, ${text(undelivered)} still to deliver.`,
  ],
  'disk-full': [
    'bad',
    true,
    ({ freeBytes }) =>
      `The disk is full${typeof freeBytes === 'number' ? ` (${formatBytes(freeBytes)} free)` : ''}; no work is taken until there is room; heartbeats go on.`,
  ],
  'disk-not-writable': [
    'bad',
    true,
    ({ reason: why }) =>
      `Nothing can be written to the disk: ${reason(why)}. No requests are taken until it can be. Heartbeats continue.`,
  ],
  'disk-has-room': ['good', true, () => 'The disk has room again; work is taken again.'],
  'journal-recovered': [
    'plain',
    true,
    ({ interrupted, undelivered }) =>
      `From the last run ${text(undelivered)} reports and answers are still to be delivered (${text(interrupted)} were cut off).`,
  ],
  'journal-row-damaged': [
    'bad',
    true,
    ({ seq }) =>
      `Row ${text(seq)} of the journal was damaged on disk. Nothing of it is sent; check the disk.`,
  ],
  'outbox-row-unpostable': [
    'bad',
    true,
    ({ seq }) => `Row ${text(seq)} of the journal couldn’t be signed or sent, and was closed.`,
  ],
  'journal-put-aside': [
    'bad',
    true,
    ({ path }) =>
      `The journal could not be read and is kept as ${text(path)}; the node goes on with a new one.`,
  ],
  'tier-changed': [
    'warn',
    true,
    ({ from, to }) => `This machine shows tier ${text(to)} now; it was tier ${text(from)}.`,
  ],
  'driver-changed': [
    'plain',
    false,
    () => 'A graphics driver of this computer changed; the hardware is looked at again.',
  ],
  'probe-failed': [
    'warn',
    true,
    () => 'The hardware could not be looked at; what was seen before still stands, and the node goes on.',
  ],
  'telemetry-failed': [
    'warn',
    false,
    ({ tool, reason: why }) =>
      `${text(tool)} tells no live figures of the cards (${text(why)}); none are shown, and serving goes on.`,
  ],
  woke: [
    'warn',
    true,
    ({ durationMs }) => `The computer slept for ${duration(durationMs)}; that time did not count.`,
  ],
  'clock-set': [
    'plain',
    true,
    ({ byMs }) =>
      `This computer’s clock was set ${duration(Math.abs(number(byMs) ?? 0))} ${(number(byMs) ?? 0) < 0 ? 'back' : 'forward'}.`,
  ],
  'pause-not-saved': [
    'warn',
    true,
    () => 'The pause holds, but could not be written down; it ends with this run.',
  ],
  state: ['quiet', false, ({ code }) => `State: ${text(code)}.`],
  crashed: ['bad', true, () => 'A fault in the program ended the node; what was finished is safe on disk.'],
};

/** Every event that has a text. */
export const eventNames: readonly string[] = [...Object.keys(entries), ...Object.keys(plainEventTexts)];

const toneOfLevel: Readonly<Record<string, Tone>> = { warn: 'warn', error: 'bad', debug: 'quiet' };

/** Texts for an entry; what has none is written as it is in the log. */
export function describeEntry(line: LogLine, answers: AnswerCache): EventLine {
  const entry = Object.hasOwn(entries, line.event) ? entries[line.event] : undefined;
  if (entry !== undefined) {
    const [tone, notable, describe] = entry;
    return {
      tone,
      text: describe(line.facts, answers, line.tMs),
      notable: typeof notable === 'function' ? notable(line.facts) : notable,
    };
  }
  const byLevel = {
    tone: toneOfLevel[line.level] ?? 'plain',
    notable: line.level === 'warn' || line.level === 'error',
  };
  const plain = Object.hasOwn(plainEventTexts, line.event) ? plainEventTexts[line.event] : undefined;
  if (plain !== undefined) return { ...byLevel, text: plain(line.facts) };
  const facts = Object.entries(line.facts).map(
    ([name, value]) => `${printable(name, 40)}=${printable(String(value), 200)}`,
  );
  return { ...byLevel, text: [printable(line.event), ...facts].join(' ') };
}
