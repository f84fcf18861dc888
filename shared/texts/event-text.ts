import { formatBytes, formatCount, formatDuration, formatTime } from '../format.ts';
import { describeGpuCause } from '../hardware/gpu-causes.ts';
import { translatable } from '../language.ts';
import { describeReason, printable } from './error-text.ts';
import { type PlainEvent, plainEventTexts, plainEventWords } from './event-vocabulary.ts';
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

/** What is said of an entry, from its facts. */
export type EventTextOf = (facts: LogLine['facts'], answers: AnswerCache, tMs: number) => string;
type Entry = readonly [
  tone: Tone,
  notable: boolean | ((facts: LogLine['facts']) => boolean),
  describe: EventTextOf,
];

export const text = (value: unknown) => printable(String(value ?? '—'));
export const number = (value: unknown) => (typeof value === 'number' ? value : null);
export const duration = (value: unknown) => formatDuration(number(value) ?? 0);
export const reason = (value: unknown) => describeReason(String(value ?? 'unknown'));
const onlyFirst = (facts: LogLine['facts']) => facts.attempts === 1;

/** ` · model · 1,234 ms · 12 → 34 tokens`, as far as it is known. */
export function figuresOf(requestId: unknown, answers: AnswerCache): string {
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

const entries = {
  'node-started': [
    'plain',
    true,
    ({ nodeId }) => `Node ${text(nodeId)} is running. The first heartbeat follows.`,
  ],
  'heartbeat-accepted': ['good', true, () => 'First heartbeat accepted. Online time counts from now on.'],
  'heartbeat-accepted-again': [
    'good',
    true,
    ({ afterMs }) => `Heartbeats are accepted again after ${duration(afterMs)}. Online time counts again.`,
  ],
  'heartbeat-not-accepted': [
    'warn',
    true,
    ({ reason: why }) =>
      `Heartbeat not accepted: ${reason(why)}. This time may not count. Retrying automatically.`,
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
        : 'This key isn’t registered yet, so you can’t earn. A registration is detected automatically.',
  ],
  'registration-not-saved': [
    'warn',
    true,
    () => 'The registration couldn’t be saved. It’s looked up again next time.',
  ],
  'request-accepted': ['plain', false, ({ requestId }) => `Received ${text(requestId)}.`],
  'request-finished': [
    'plain',
    false,
    ({ requestId }, answers) => `Answered ${text(requestId)}${figuresOf(requestId, answers)}, delivering.`,
  ],
  delivered: [
    'good',
    true,
    ({ requestId }, answers) => `Delivered ${text(requestId)}${figuresOf(requestId, answers)}`,
  ],
  'request-failed': [
    'warn',
    true,
    ({ requestId, failure }, answers) =>
      `Returned ${text(requestId)}: ${describeFailure(String(failure))}${figuresOf(requestId, answers)}`,
  ],
  'request-not-run': [
    'warn',
    true,
    ({ requestId, failure }) =>
      `Returned ${text(requestId)} unanswered: ${describeFailure(String(failure))}.`,
  ],
  'requests-not-run': [
    'warn',
    true,
    ({ count, failures }) =>
      `Returned ${text(count)} requests unanswered: ${String(failures).split(', ').map(describeFailure).join(', ')}.`,
  ],
  reported: ['plain', false, ({ requestId }) => `The network knows that ${text(requestId)} was returned.`],
  'request-again': ['plain', false, ({ requestId }) => `${text(requestId)} came again and isn’t run twice.`],
  'outbox-waiting': [
    'warn',
    onlyFirst,
    ({ requestId, reason: why }) =>
      `The answer to ${text(requestId)} is waiting: ${reason(why)}. It’s safe on disk and sent again.`,
  ],
  'outbox-refused': [
    'bad',
    true,
    ({ requestId, reason: why, status }) =>
      status === 409
        ? `The network already has an answer to ${text(requestId)} (${reason(why)}). Either ours arrived before, or another computer uses this key.`
        : `The network rejected the answer to ${text(requestId)}: ${reason(why)}. It’s kept in the journal as rejected.`,
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
    ({ reason: why }) => `The inbox doesn’t answer: ${reason(why)}. No requests arrive until it does.`,
  ],
  'inbox-answers-again': [
    'good',
    true,
    ({ afterMs }) => `The inbox answers again after ${duration(afterMs)}.`,
  ],
  'inbox-entries-refused': [
    'warn',
    true,
    ({ count }) => `${text(count)} entries of the inbox couldn’t be understood and weren’t run.`,
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
    ({ reason: why }) => `Ollama doesn’t answer: ${reason(why)}. No requests are taken until it does.`,
  ],
  'model-loading': ['plain', false, ({ model }) => `Loading ${text(model)}. Requests are taken after that.`],
  'model-loaded': ['plain', true, ({ model, ms }) => `${text(model)} was loaded in ${duration(ms)}.`],
  'model-not-loaded': [
    'warn',
    false,
    ({ model, reason: why }) =>
      `${text(model)} couldn’t be loaded (${reason(why)}). No requests are taken. Retrying automatically.`,
  ],
  'model-driven-out': [
    'plain',
    false,
    ({ model }) => `${text(model)} was unloaded for another model and is loaded again.`,
  ],
  'models-released': ['plain', false, ({ models }) => `Unloaded from memory: ${text(models)}.`],
  'gpu-unused': [
    'warn',
    false,
    ({ model, causes }) => {
      const [cause = ''] = String(causes).split(', ');
      return `${text(model)} is running on the CPU, not on your GPU.${cause === '' ? '' : ` Likely ${describeGpuCause(cause)}.`}`;
    },
  ],
  'parallel-unknown': [
    'warn',
    true,
    ({ concurrency }) =>
      `${text(concurrency)} requests are taken at a time, but this Ollama may run fewer at once. The others may miss their deadline. Set OLLAMA_NUM_PARALLEL=${text(concurrency)} where it is started.`,
  ],
  paused: [
    'plain',
    true,
    ({ untilMs }, _answers, tMs) =>
      `Paused${typeof untilMs === 'number' ? ` until ${formatTime(untilMs, tMs)}` : ''}. Heartbeats continue, no requests are taken.`,
  ],
  resumed: ['plain', true, () => 'Resumed. Requests are taken again.'],
  draining: [
    'plain',
    true,
    ({ limitMs }) => `Finishing current requests, for up to ${duration(limitMs)}. No new ones are taken.`,
  ],
  stopped: [
    'plain',
    false,
    ({ served, undelivered }) => `Stopped. ${text(served)} served, ${text(undelivered)} waiting to be sent.`,
  ],
  'disk-full': [
    'bad',
    true,
    ({ freeBytes }) =>
      `The disk is full${typeof freeBytes === 'number' ? ` (${formatBytes(freeBytes)} free)` : ''}. No requests are taken until there is space. Heartbeats continue.`,
  ],
  'disk-not-writable': [
    'bad',
    true,
    ({ reason: why }) =>
      `Nothing can be written to the disk: ${reason(why)}. No requests are taken until it can be. Heartbeats continue.`,
  ],
  'disk-has-room': ['good', true, () => 'The disk has space again. Requests are taken again.'],
  'journal-recovered': [
    'plain',
    true,
    ({ interrupted, undelivered }) =>
      `From the last run, ${text(undelivered)} reports and answers are waiting to be sent (${text(interrupted)} were interrupted).`,
  ],
  'journal-row-damaged': [
    'bad',
    true,
    ({ seq }) =>
      `Row ${text(seq)} of the journal was damaged on disk. Nothing of it is sent. Check the disk.`,
  ],
  'outbox-row-unpostable': [
    'bad',
    true,
    ({ seq }) => `Row ${text(seq)} of the journal couldn’t be signed or sent, and was closed.`,
  ],
  'journal-put-aside': [
    'bad',
    true,
    ({ path }) => `The journal couldn’t be read and is kept as ${text(path)}. Your node started a new one.`,
  ],
  'tier-changed': [
    'warn',
    true,
    ({ from, to }) => `This computer shows tier ${text(to)} now. It was tier ${text(from)}.`,
  ],
  'driver-changed': [
    'plain',
    false,
    () => 'A GPU driver of this computer changed. Scanning the hardware again.',
  ],
  'probe-failed': [
    'warn',
    true,
    () => 'The hardware couldn’t be scanned. The last result still counts, and your node keeps running.',
  ],
  'telemetry-failed': [
    'warn',
    false,
    ({ tool, reason: why }) =>
      `${text(tool)} gives no live GPU figures (${reason(why)}). None are shown, and your node keeps serving.`,
  ],
  woke: [
    'warn',
    true,
    ({ durationMs }) => `This computer slept for ${duration(durationMs)}. That time didn’t count.`,
  ],
  'clock-set': [
    'plain',
    true,
    ({ byMs }) =>
      `This computer’s clock was set ${duration(Math.abs(number(byMs) ?? 0))} ${(number(byMs) ?? 0) < 0 ? 'back' : 'forward'}.`,
  ],
  'pause-not-saved': ['warn', true, () => 'Paused, but that couldn’t be saved. It ends with this run.'],
  state: ['quiet', false, ({ code }) => `State: ${text(code)}.`],
  crashed: ['bad', true, () => 'An error in the program ended the node. What was finished is safe on disk.'],
} satisfies Readonly<Record<string, Entry>>;

export type NotableEvent = keyof typeof entries;
export type EventWords = Readonly<Record<NotableEvent, EventTextOf>>;
export const eventWords = translatable<EventWords>(
  Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, entry[2]])) as EventWords,
);

/** Every event that has a text. */
export const eventNames: readonly string[] = [...Object.keys(entries), ...Object.keys(plainEventTexts)];

const toneOfLevel: Readonly<Record<string, Tone>> = { warn: 'warn', error: 'bad', debug: 'quiet' };

/** Texts for an entry; what has none is written as it is in the log. */
export function describeEntry(line: LogLine, answers: AnswerCache): EventLine {
  if (Object.hasOwn(entries, line.event)) {
    const name = line.event as NotableEvent;
    const [tone, notable]: Entry = entries[name];
    const describe = eventWords()[name];
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
  if (Object.hasOwn(plainEventTexts, line.event))
    return { ...byLevel, text: plainEventWords()[line.event as PlainEvent](line.facts) };
  const facts = Object.entries(line.facts).map(
    ([name, value]) => `${printable(name, 40)}=${printable(String(value), 200)}`,
  );
  return { ...byLevel, text: [printable(line.event), ...facts].join(' ') };
}
