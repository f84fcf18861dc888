import type { Snapshot } from '../../../../shared/contract/snapshot.ts';
import { stamp } from '../../../../shared/format.ts';
import { describeTier, isTier } from '../../../../shared/hardware/tiers.ts';
import { registrationPlace } from '../../../../shared/registration-place.ts';
import { describeState, type StateCode, stateRow } from '../../../../shared/states/states.ts';
import {
  createAnswerCache,
  describeEntry,
  type LogLine,
  type Tone,
} from '../../../../shared/texts/event-text.ts';
import { registrationNotes } from '../../../../shared/texts/registration-text.ts';
import type { EventDocument } from '../../documents/events.ts';
import { facts, paragraph } from '../../terminal/layout.ts';
import { createStatusLine, statusLineText } from '../../terminal/status-line.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** What a running node shows to whoever watches it. */
export interface StartView {
  /** Who runs, and with what. */
  head(snapshot: Snapshot, model: string | null): void;
  /** Something happened. */
  entry(line: LogLine): void;
  /** Figures may have changed. */
  changed(snapshot: Snapshot): void;
  stateChanged(snapshot: Snapshot): void;
  /** `answers` are those of the undelivered that are no failure reports. */
  stopped(figures: { served: number; failed: number; undelivered: number; answers: number }): void;
  /** Leaves the terminal as it was found; safe at any moment. */
  end(): void;
}

const placeOf = ({ identity: { nodeKeyHash }, hardware: { tier }, chain }: Snapshot) =>
  registrationPlace({ nodeKeyHash, tier }, chain.contracts);
/** Null for a node that has its id, and while a GPU may only be out of order: then setup asks first. */
const linkOf = (snapshot: Snapshot): string | null =>
  snapshot.identity.nodeId === null && snapshot.hardware.registrationHold === null
    ? placeOf(snapshot).link
    : null;
/** What to do to register; null for a node that has its id. */
function registerHint(snapshot: Snapshot): { text: string; link: string | null } | null {
  if (snapshot.identity.nodeId !== null) return null;
  if (snapshot.hardware.registrationHold !== null) {
    const text =
      'This node is not registered, and a GPU may be undetected. As far as we know, a tier can’t be changed later. Check first: parallelix-operator setup';
    return { text, link: null };
  }
  const { link, note } = placeOf(snapshot);
  const here = link === null ? 'This node is not registered yet.' : null;
  const noticed =
    link === null
      ? 'The registration is noticed by itself.'
      : 'Register this node here; it is noticed by itself:';
  return { text: [here, ...registrationNotes(note), noticed].filter(Boolean).join(' '), link };
}
const tierOf = ({ hardware }: Snapshot) =>
  isTier(hardware.tier) ? describeTier(hardware.tier) : `tier ${hardware.tier}`;

/** Whether a state deserves a line of its own: the column `log` of its row, and what was shown before it. */
function isNews(before: StateCode | null, now: StateCode): boolean {
  const how = stateRow(now).log;
  return how === 'line' || (how === 'quiet' && before !== null && stateRow(before).log === 'line');
}

/** For a person at a terminal: one line at the foot that is kept up to date, events above it. */
function createLiveView(terminal: Terminal, now: () => number): StartView {
  const answers = createAnswerCache();
  const line = createStatusLine(terminal);
  let stateCode: StateCode | null = null;
  const above = (tone: Tone, text: string) =>
    line.above(`${terminal.paint('quiet', stamp(now()).slice(11))} ${terminal.paint(tone, text)}`);
  return {
    head(snapshot, model) {
      const { daemon, identity, ollama } = snapshot;
      terminal.out(`${terminal.bold('ParalleliX Operator')} ${daemon.version}\n`);
      terminal.out(
        facts(terminal, [
          ['node', identity.nodeId ?? 'not registered yet'],
          ['hardware', tierOf(snapshot)],
          ['model', model ?? 'none yet'],
          ['coordinator', daemon.network.coordinatorUrl],
          ['Ollama', ollama.url],
          ['directory', daemon.stateDir],
        ]),
      );
      const hint = registerHint(snapshot);
      if (hint !== null) terminal.out(`\n${paragraph(terminal, hint.text)}`);
      if (hint?.link) terminal.out(`  ${hint.link}`);
      terminal.out(`\n${terminal.paint('quiet', 'Ctrl-C finishes what runs and stops.')}\n`);
    },
    entry(entry) {
      answers.see(entry);
      const { notable, tone, text } = describeEntry(entry, answers);
      if (notable) above(tone, text);
    },
    changed: (snapshot) => line.show(statusLineText(terminal, snapshot, now())),
    stateChanged(snapshot) {
      const { code, params } = snapshot.state;
      const { sentence, earns } = describeState(code, params, now());
      if (isNews(stateCode, code)) above(earns === 'yes' ? 'good' : 'warn', sentence);
      stateCode = code;
    },
    stopped(figures) {
      line.end();
      terminal.out(stoppedText(figures));
    },
    end: () => line.end(),
  };
}

/** For a file, a service's log or a pipe: one line for everything worth knowing. */
function createPlainView(terminal: Terminal, now: () => number): StartView {
  const answers = createAnswerCache();
  let stateCode: StateCode | null = null;
  const print = (text: string) => terminal.line(`${stamp(now())} ${text}`);
  return {
    head(snapshot, model) {
      const { daemon, identity, ollama } = snapshot;
      print(
        [
          `parallelix-operator ${daemon.version}`,
          identity.nodeId === null ? 'not registered yet' : `node ${identity.nodeId}`,
          tierOf(snapshot),
          `model ${model ?? 'none yet'}`,
          `coordinator ${daemon.network.coordinatorUrl}`,
          `Ollama ${ollama.url}`,
          `directory ${daemon.stateDir}`,
        ].join(' · '),
      );
      const hint = registerHint(snapshot);
      if (hint !== null) print(`${hint.text} ${hint.link ?? ''}`.trimEnd());
    },
    entry(entry) {
      answers.see(entry);
      const { notable, text } = describeEntry(entry, answers);
      if (notable) print(text);
    },
    changed() {},
    stateChanged(snapshot) {
      const { code, params } = snapshot.state;
      const { sentence } = describeState(code, params, now());
      if (isNews(stateCode, code)) print(sentence);
      stateCode = code;
    },
    stopped: (figures) => print(stoppedText(figures)),
    end() {},
  };
}

export function stoppedText(figures: { served: number; undelivered: number; answers: number }): string {
  const { served, undelivered, answers } = figures;
  const reports = undelivered - answers;
  const waiting = [
    ...(answers > 0 ? [`${answers} finished ${answers === 1 ? 'answer' : 'answers'}`] : []),
    ...(reports > 0 ? [`${reports} ${reports === 1 ? 'report' : 'reports'} of failed requests`] : []),
  ].join(' and ');
  const rest =
    undelivered === 0
      ? 'nothing is left to deliver'
      : `${waiting} ${undelivered === 1 ? 'is' : 'are'} safe on disk and delivered at the next start`;
  return `Stopped. Served ${served} in this run; ${rest}. Nothing is earned until the next start.`;
}

/** For programs: one document a line. */
async function createJsonView(terminal: Terminal, now: () => number): Promise<StartView> {
  const { printDocument } = await import('../../documents/documents.ts');
  const { eventDocument } = await import('../../documents/events.ts');
  const answers = createAnswerCache();
  type Fields<T> = T extends unknown ? Omit<T, 'schemaVersion' | 'document' | 'tMs'> : never;
  const print = (fields: Fields<EventDocument>, tMs = now()) =>
    printDocument(terminal, eventDocument, { schemaVersion: 1, document: 'event', ...fields, tMs });
  return {
    head(snapshot, model) {
      const { daemon, identity, hardware, ollama } = snapshot;
      const { version, pid, stateDir } = daemon;
      const { nodeId, nodeKeyHash } = identity;
      print({
        event: 'started',
        version,
        pid,
        nodeId,
        nodeKeyHash,
        tier: hardware.tier,
        mode: hardware.mode,
        model,
        coordinatorUrl: daemon.network.coordinatorUrl,
        ollamaUrl: ollama.url,
        stateDir,
        registerLink: linkOf(snapshot),
      });
    },
    entry(entry) {
      answers.see(entry);
      const { tMs, level, event, facts: entryFacts } = entry;
      const requestId = String(entryFacts.requestId);
      const outcome = outcomes[event];
      const reason = entryFacts.reason ?? entryFacts.failure;
      if (event.startsWith('heartbeat-')) {
        const accepted = event !== 'heartbeat-not-accepted';
        print({ event: 'heartbeat', accepted, reason: accepted ? null : String(reason) }, tMs);
      } else if (outcome !== undefined) {
        const why = outcome === 'served' || reason === undefined ? null : String(reason);
        print({ event: 'request', requestId, outcome, reason: why, ...answers.figures(requestId) }, tMs);
      } else if (describeEntry(entry, answers).notable) {
        print({ event: 'notice', level, name: event, facts: { ...entryFacts } }, tMs);
      }
    },
    changed() {},
    stateChanged({ state: { code, params, sinceMs } }) {
      print({ event: 'state', state: { code, sinceMs, params, ...describeState(code, params, now()) } });
    },
    stopped: (figures) => print({ event: 'stopped', ...figures }),
    end() {},
  };
}

const outcomes: Readonly<Record<string, 'served' | 'failed' | 'waiting' | 'refused' | 'expired'>> = {
  delivered: 'served',
  'request-failed': 'failed',
  'request-not-run': 'failed',
  'outbox-waiting': 'waiting',
  'outbox-refused': 'refused',
  'outbox-expired': 'expired',
};

export async function createStartView(
  terminal: Terminal,
  json: boolean,
  now: () => number,
): Promise<StartView> {
  if (json) return createJsonView(terminal, now);
  return terminal.live ? createLiveView(terminal, now) : createPlainView(terminal, now);
}
