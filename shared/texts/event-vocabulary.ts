import { formatDuration } from '../format.ts';
import { translatable } from '../language.ts';
import { describeReason, printable } from './error-text.ts';
import { describeNotServable } from './servable-text.ts';

export type Facts = Readonly<Record<string, string | number | boolean | null>>;

const text = (value: unknown) => printable(String(value ?? '—'), 200);
const reason = (value: unknown) => describeReason(String(value ?? 'unknown'));
const duration = (value: unknown) => formatDuration(typeof value === 'number' ? value : 0);

/** Texts for entries of the log whose tone and weight are those of their level. */
export const plainEventTexts = {
  'ollama-condition': ({ condition, reason: why }) =>
    `Ollama: ${reason(condition)}${why === null || why === undefined ? '' : ` (${reason(why)})`}.`,
  'ollama-server-started': ({ pid }) => `Ollama was started here (process ${text(pid)}).`,
  'ollama-server-adopted': ({ pid }) =>
    `The Ollama of an earlier run is in use again (process ${text(pid)}).`,
  'ollama-server-replaced': () => 'The Ollama of an earlier run has other settings, so it is restarted.',
  'ollama-server-ended': ({ upMs, reason: why }) =>
    `Ollama ended after ${duration(upMs)}${why ? `: ${reason(why)}` : ''}.`,
  'ollama-server-stopped': ({ upMs }) => `Ollama was stopped after ${duration(upMs)}.`,
  'ollama-server-failed': ({ reason: why }) => `Ollama couldn’t be started: ${reason(why)}.`,
  'ollama-server-silent': ({ silentMs }) =>
    `Ollama runs but hasn’t answered for ${duration(silentMs)}. It is restarted.`,
  'ollama-record-stale': () => 'The Ollama that was started here has ended.',
  'ollama-record-not-written': ({ reason: why }) =>
    `The start of Ollama couldn’t be saved (${reason(why)}). After a crash it wouldn’t be recognized.`,
  'ollama-install-started': ({ version }) => `Ollama ${text(version)} is being downloaded.`,
  'ollama-installed': ({ version }) => `Ollama ${text(version)} is installed.`,
  'ollama-installed-not-started': ({ code }) => `Ollama is installed but couldn’t be started: ${text(code)}.`,
  'ollama-install-ended': ({ state, code }) =>
    `Ollama wasn’t installed: ${text(state)}${code ? ` (${text(code)})` : ''}. Nothing of it was kept.`,
  'request-tried-again': ({ requestId, model, reason: why, waitMs }) =>
    `${text(model)} couldn’t start on ${text(requestId)} (${reason(why)}). Retrying in ${duration(waitMs)}.`,
  'answers-failing': ({ model, reason: why, count }) =>
    `${text(model)} failed ${text(count)} times in a row (${reason(why)}). No requests are taken until it answers again.`,
  'answers-test-failed': ({ model, reason: why }) =>
    `${text(model)} was tested and didn’t answer: ${reason(why)}.`,
  'model-set-aside': ({ model, reason: why, forMs }) =>
    `${text(model)} isn’t used for ${duration(forMs)}: ${describeNotServable(String(why)) ?? 'unknown'}. Requests for it are returned.`,
  'default-model-replaced': ({ model, instead }) =>
    `There is too little memory for ${text(model)}. ${text(instead)} is the default model now. Choose ${text(model)} yourself to try it again.`,
  'answers-again': ({ model, afterMs }) =>
    `${text(model)} answers again after ${duration(afterMs)}. Requests are taken again.`,
  'pull-started': ({ model }) => `${text(model)} is being downloaded.`,
  'pull-resumed': ({ model, attempt }) =>
    `The download of ${text(model)} was interrupted and continues, attempt ${text(attempt)}.`,
  'pull-not-continued': ({ model }) =>
    `The download of ${text(model)} didn’t resume after the start. Start it again on the Models page.`,
  'tier-mismatch': ({ accepted }) =>
    accepted === true
      ? 'Set to serve although the registered tier may be higher than the detected one.'
      : 'Set not to serve while the registered tier is higher than the detected one.',
  'probe-not-cached': () => 'The result of the hardware scan couldn’t be saved for the next start.',
  'lock-lost': () =>
    'The lock of this state directory was lost. Nothing more is sent, because another node may run on it.',
  'journal-accept-failed': () =>
    'A request couldn’t be saved and was returned. No requests are taken until it can.',
  'journal-end-unwritten': () =>
    'The end of a request couldn’t be saved. It is kept in memory and saved when there is space.',
  'journal-ends-lost': () =>
    'Ends of requests couldn’t be saved before the node stopped. They are sent again at the next start.',
  'journal-upkeep-failed': ({ what }) => `Cleaning up the journal failed (${text(what)}). Retrying later.`,
  'rpc-failed': ({ url, reason: why }) =>
    `The Ethereum RPC ${text(url)} gave no usable answer (${reason(why)}). It isn’t asked for a while.`,
  'chain-read-failed': () => 'Reading the chain failed. Your node keeps serving. Retrying later.',
  'node-scan-failed': () => 'The scan for other nodes failed. It continues when you start it again.',
  'earnings-put-aside': ({ path }) =>
    `The record of earnings could not be read. It was put aside as ${text(path)}. A new one was started.`,
  'earnings-not-kept': ({ reason: why }) =>
    `Earnings aren’t recorded on disk (${reason(why)}). They are kept in memory until the node stops.`,
  'earnings-not-recorded': ({ reason: why }) => `Earnings couldn’t be recorded: ${reason(why)}.`,
  'earnings-blocks-vanished': ({ block }) =>
    `The chain was reorganised: samples from block ${text(block)} on were dropped.`,
  'earned-fell': ({ block }) =>
    `The claimable amount fell by block ${text(block)}, and no claim explains it. That time counts as a gap.`,
  'uptime-not-kept': () => 'Online time couldn’t be saved. After a restart the figure may be too low.',
  'run-internal-error': () => 'An error in the program ended a request. It was returned.',
  'serving-internal-error': () => 'An error in the program interrupted taking requests. It continues.',
  'key-out-of-reach': ({ code }) => `The node key can’t be read: ${reason(code)}. Retrying automatically.`,
  'key-in-reach': () => 'The node key can be read again.',
  'start-failed': () => 'An error in the program kept the node from starting.',
  'stop-failed': () =>
    'An error in the program interrupted stopping the node. What was finished is safe on disk.',
  'preparation-failed': () => 'Hardware and Ollama couldn’t be checked before there is a key.',
  'command-failed': ({ command }) =>
    `An error in the program interrupted ${text(command)}. Your node keeps running.`,
  'ca-hint-unusable': ({ variable, path, reason: why }) =>
    `${text(variable)} names ${text(path)}, which can’t be used: ${reason(why)}. The system’s own certificates are used.`,
  'control-socket-lost': () =>
    'The node’s control socket was removed, probably by a cleanup of temporary files. It is created again.',
  'control-socket-not-bound': ({ reason: why }) =>
    `The node’s control socket couldn’t be created again (${reason(why)}). Retrying every few seconds.`,
  'state-dir-narrowed': ({ mode }) =>
    `Others on this computer could enter the state directory (mode ${text(mode)}). Now only you can.`,
  'outage-not-noted': () =>
    'The start of this time offline couldn’t be saved. Its reason may be missing later.',
  'not-closed': () =>
    'Something couldn’t be closed at the end. The node has ended. What was finished is kept.',
  'control-socket-left': ({ reason: why }) =>
    `The control socket couldn’t be removed at the end (${reason(why)}). It does no harm.`,
  'part-not-stopped': ({ part }) => `An error in the program kept ${text(part)} from stopping cleanly.`,
  phase: ({ phase }) => `The app and its node: ${text(phase)}.`,
  hosted: () => 'The node runs and answers.',
} satisfies Readonly<Record<string, (facts: Facts) => string>>;

export type PlainEvent = keyof typeof plainEventTexts;
export const plainEventWords =
  translatable<Readonly<Record<PlainEvent, (facts: Facts) => string>>>(plainEventTexts);
