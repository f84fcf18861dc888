import { formatDuration } from '../format.ts';
import { describeReason, printable } from './error-text.ts';

type Facts = Readonly<Record<string, string | number | boolean | null>>;

const text = (value: unknown) => printable(String(value ?? '—'), 200);
const reason = (value: unknown) => describeReason(String(value ?? 'unknown'));
const duration = (value: unknown) => formatDuration(typeof value === 'number' ? value : 0);

/** Texts for entries of the log whose tone and weight are those of their level. */
export const plainEventTexts: Readonly<Record<string, (facts: Facts) => string>> = {
  'ollama-condition': ({ condition, reason: why }) =>
    `Ollama: ${text(condition)}${why === null || why === undefined ? '' : ` (${reason(why)})`}.`,
  'ollama-server-started': ({ pid }) => `Ollama was started here (process ${text(pid)}).`,
  'ollama-server-adopted': ({ pid }) =>
    `The Ollama that an earlier run started is ours again (process ${text(pid)}).`,
  'ollama-server-replaced': () =>
    'The Ollama that an earlier run started has other settings; it is stopped and started anew.',
  'ollama-server-ended': ({ upMs, reason: why }) =>
    `Ollama ended after ${duration(upMs)}${why ? `: ${reason(why)}` : ''}.`,
  'ollama-server-stopped': ({ upMs }) => `Ollama was stopped after ${duration(upMs)}.`,
  'ollama-server-failed': ({ reason: why }) => `Ollama could not be started: ${reason(why)}.`,
  'ollama-server-silent': ({ silentMs }) =>
    `Ollama has not answered for ${duration(silentMs)} though it runs; it is started anew.`,
  'ollama-record-stale': () => 'The Ollama that was started here has ended meanwhile.',
  'ollama-record-not-written': ({ reason: why }) =>
    `That Ollama was started here could not be written down (${reason(why)}); after a crash it would not be known again.`,
  'ollama-install-started': ({ version }) => `Ollama ${text(version)} is being downloaded.`,
  'ollama-installed': ({ version }) => `Ollama ${text(version)} is installed.`,
  'ollama-installed-not-started': ({ code }) =>
    `Ollama is installed and could not be started: ${text(code)}.`,
  'ollama-install-ended': ({ state, code }) =>
    `Ollama was not installed: ${text(state)}${code ? ` (${text(code)})` : ''}; nothing of it was left behind.`,
  'request-tried-again': ({ requestId, model, reason: why, waitMs }) =>
    `${text(model)} couldn’t start on ${text(requestId)} (${reason(why)}); it’s tried again in ${duration(waitMs)}.`,
  'answers-failing': ({ model, reason: why, count }) =>
    `${text(model)} failed ${text(count)} times in a row (${reason(why)}). No requests are taken until it answers again.`,
  'answers-test-failed': ({ model, reason: why }) =>
    `${text(model)} was tested and didn’t answer: ${reason(why)}.`,
  'answers-again': ({ model, afterMs }) =>
    `${text(model)} answers again after ${duration(afterMs)}; requests are taken again.`,
  'pull-started': ({ model }) => `${text(model)} is being downloaded.`,
  'pull-resumed': ({ model, attempt }) =>
    `The download of ${text(model)} was interrupted and continues, attempt ${text(attempt)}.`,
  'pull-not-continued': ({ model }) =>
    `The download of ${text(model)} did not go on after the node started; begin it again on the Models page.`,
  'tier-mismatch': ({ accepted }) =>
    accepted === true
      ? 'It was chosen to serve although the network may have a higher tier for this node than the machine shows.'
      : 'It was chosen not to serve while the network has a higher tier for this node than the machine shows.',
  'probe-not-cached': () => 'What the hardware showed could not be kept for the next start.',
  'lock-lost': () =>
    'The lock of this state directory was taken away; nothing more is sent, because another node may run on it.',
  'journal-accept-failed': () =>
    'A request could not be written down and was given back; no work is taken until it can.',
  'journal-end-unwritten': () =>
    'The end of a request could not be written down; it is kept in memory and written when there is room.',
  'journal-ends-lost': () =>
    'Ends of requests could not be written down before the node stopped; they are posted once more at the next start.',
  'journal-upkeep-failed': ({ what }) => `Tidying the journal failed (${text(what)}); it is tried again.`,
  'rpc-failed': ({ url, reason: why }) =>
    `The Ethereum RPC ${text(url)} did not answer usably (${text(why)}); it is left alone for a while.`,
  'chain-read-failed': () => 'Reading the chain failed; the node serves on, and it is read again.',
  'node-scan-failed': () => 'The scan for other nodes failed. It continues when you start it again.',
  'earnings-put-aside': ({ path }) =>
    `The record of earnings could not be read. It was put aside as ${text(path)}. A new one was started.`,
  'earnings-not-kept': ({ reason: why }) =>
    `Earnings are not recorded on disk (${text(why)}); they are kept in memory until the node stops.`,
  'earnings-not-recorded': ({ reason: why }) => `Earnings could not be recorded just now: ${text(why)}.`,
  'earnings-blocks-vanished': ({ block }) =>
    `The chain was reorganised: samples from block ${text(block)} on were dropped.`,
  'earned-fell': ({ block }) =>
    `What can be claimed fell by block ${text(block)}, and no claim explains it; that time counts as a gap.`,
  'uptime-not-kept': () =>
    'The time online could not be written down; what is shown may be too little after a restart.',
  'run-internal-error': () => 'A fault in the program ended a request; it was given back.',
  'serving-internal-error': () => 'A fault in the program interrupted taking work; it goes on.',
  'key-out-of-reach': ({ code }) =>
    `The node key cannot be read: ${reason(code)}; it is looked for again by itself.`,
  'key-in-reach': () => 'The node key can be read again.',
  'start-failed': () => 'A fault in the program kept the node from starting.',
  'stop-failed': () =>
    'A fault in the program interrupted the end of the node; what was finished is safe on disk.',
  'preparation-failed': () => 'Hardware and Ollama could not be looked at before there is a key.',
  'command-failed': ({ command }) => `A fault in the program interrupted ${text(command)}; the node goes on.`,
  'ca-hint-unusable': ({ variable, path, reason: why }) =>
    `${text(variable)} names ${text(path)}, which can’t be used: ${reason(why)}. The system’s own certificates are used.`,
  'control-socket-lost': () =>
    'The node’s control socket was removed, probably by a cleanup of temporary files. It is created again.',
  'control-socket-not-bound': ({ reason: why }) =>
    `The node’s control socket couldn’t be created again (${reason(why)}); the node tries again every few seconds.`,
  'state-dir-narrowed': ({ mode }) =>
    `Others on this computer could enter the state directory (mode ${text(mode)}). Now only you can.`,
  'not-closed': () =>
    'Something could not be closed at the end. The node has ended; what was finished is kept.',
  'control-socket-left': ({ reason: why }) =>
    `The control socket could not be removed at the end (${reason(why)}). It does no harm.`,
  'part-not-stopped': ({ part }) => `A fault in the program kept ${text(part)} from stopping cleanly.`,
  phase: ({ phase }) => `The app and its node: ${text(phase)}.`,
  hosted: () => 'The node runs and can be asked.',
};
