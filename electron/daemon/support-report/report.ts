import type { CheckReport, FindingFacts } from '../../../shared/check-findings.ts';
import type { Computer } from '../../../shared/contract/computer.ts';
import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import { NodeError } from '../../../shared/errors.ts';
import { formatBytes, formatCount, formatDuration, stamp, unknown } from '../../../shared/format.ts';
import { describeState } from '../../../shared/states/states.ts';
import { describeFinding } from '../../../shared/texts/check-text.ts';
import { createAnswerCache, describeEntry } from '../../../shared/texts/event-text.ts';
import { parseLogLine } from '../logging/log-file.ts';
import type { SettingDescription } from '../storage/settings.ts';
import { createFactRedaction, type FactRedaction } from './fact-redaction.ts';
import { findLeak, type Sensitive } from './leak-scan.ts';

/** A setting with the value in force, whatever gives it. */
type ReportedSetting = Pick<SettingDescription, 'name' | 'value' | 'default'>;

/** Everything that a bundle is made of. */
export interface BundleSources {
  atMs: number;
  version: string;
  system: { platform: string; release: string; arch: string; nodeVersion: string };
  computer: Computer;
  /** What runs, as text: hosted here, attached, stopped. */
  node: string;
  /** Null while no daemon can be asked. */
  snapshot: Snapshot | null;
  settings: readonly ReportedSetting[];
  checks: readonly CheckReport[];
  /** Lines of the log files as they are there, oldest first. */
  log: readonly string[];
  sensitive: Sensitive;
}

/** Of the log as much as a person can still read through. */
export const bundleLogLines = 500;

const head = [
  'ParalleliX Operator: diagnostics for support',
  '',
  'Read it before you give it to anyone. It was made on this computer and sent nowhere.',
  'In it: versions, system, hardware, Ollama and its models, settings that differ from their defaults, the state of the node,',
  'every check, and the last entries of the log. It names your node, and whoever knows the node can look up its wallet on chain.',
  'Not in it: keys, passphrases, requests, answers, tokens, the names of your account and computer, what follows ? in web addresses.',
];

/**
 * The diagnostics bundle: one text, for a person to read before it is saved. Every fact is redacted before it is put
 * into words, so that the words themselves stay whatever the computer is called; every line is redacted once more, for
 * secrets; and the whole is searched again by other rules. Where those find anything nothing is made.
 *
 * @throws NodeError `bundle-refused`
 */
export function composeBundle(sources: BundleSources): string {
  const { sensitive, atMs, settings } = sources;
  const redaction = createFactRedaction(sensitive);
  const { facts } = redaction;
  const { version, node } = facts({ version: sources.version, node: sources.node });
  const { platform, release, arch, nodeVersion } = facts(sources.system);
  const snapshot = facts(sources.snapshot);
  const computer = facts(sources.computer);
  const checks = sources.checks.map((check) => describedAgain(check, redaction));
  const sections: [title: string, lines: readonly string[]][] = [
    [
      'Program',
      [`version: ${version}`, `system: ${platform} ${release} ${arch}, Node ${nodeVersion}`, `node: ${node}`],
    ],
    ['Computer', computerLines(computer)],
    ['State', snapshot === null ? notAsked : stateLines(snapshot, atMs)],
    ['Hardware', snapshot === null ? notAsked : hardwareLines(snapshot)],
    ['Ollama', snapshot === null ? notAsked : ollamaLines(snapshot)],
    ['Settings that differ from their defaults', settingLines(settings, redaction)],
    ['Checks', checks.map(({ id, result, means }) => `${id}: ${result}. ${means}`)],
    [`Log, its last ${formatCount(sources.log.length)} entries`, logLines(sources.log, redaction)],
  ];
  const text = [
    ...head,
    `Made ${stamp(atMs)}.`,
    ...sections.flatMap(([title, lines]) => [
      '',
      `== ${title} ==`,
      ...(lines.length === 0 ? ['nothing'] : lines.map(redaction.line)),
    ]),
    '',
  ].join('\n');
  const leak = findLeak(text, sensitive, redaction.given);
  if (leak !== null) throw new NodeError('bundle-refused', { found: leak });
  return text;
}

/** A check in words again, around facts that have been redacted. */
function describedAgain({ finding, facts }: CheckReport, redaction: FactRedaction): CheckReport {
  // The facts of a report are those of its finding.
  return describeFinding({ code: finding, facts: redaction.facts(facts) as FindingFacts[typeof finding] });
}

function stateLines(snapshot: Snapshot, atMs: number): string[] {
  const { state, identity, registration, heartbeat, uptime, serving, control, badges, daemon } = snapshot;
  const { label, sentence } = describeState(state.code, state.params, atMs);
  const ago = (timeMs: number | null) =>
    timeMs === null ? unknown : `${stamp(timeMs)} (${formatDuration(Math.max(0, atMs - timeMs))} ago)`;
  return [
    `state: ${state.code}, ${label}: ${sentence}`,
    `beside it: ${badges.map(({ code }) => code).join(', ') || 'nothing'}`,
    `daemon: version ${daemon.version}, since ${ago(daemon.startedAtMs)}`,
    `node id: ${identity.nodeId ?? unknown}; key kept in: ${identity.keyStore}`,
    `registration: ${registration.status}, tier ${registration.tier ?? unknown}, read ${ago(registration.asOfMs)}`,
    `heartbeats: ${heartbeat.accepted} accepted, ${heartbeat.failed} failed, last accepted ${ago(heartbeat.lastAcceptedAtMs)}`,
    `last failure of a heartbeat: ${heartbeat.lastFailure ?? 'none'}; failing since ${ago(heartbeat.failingSinceMs)}`,
    `lateness: last ${milliseconds(heartbeat.lastLatenessMs)}, most ${milliseconds(heartbeat.maxLatenessMs)}; clock skew ${milliseconds(heartbeat.clockSkewMs)}`,
    ...figureLines('uptime', { ...uptime }),
    ...figureLines('serving', { ...serving, running: serving.running.length }),
    ...figureLines('control', { ...control }),
  ];
}

const milliseconds = (value: number | null) => (value === null ? unknown : `${Math.round(value)} ms`);

const notAsked = ['not known here, for no daemon could be asked; the checks tell more'];
const figuresALine = 6;

/** `name: a=1 b=2`, in lines short enough to be kept whole. */
function figureLines(name: string, figures: Readonly<Record<string, unknown>>): string[] {
  const parts = Object.entries(figures).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  const lines: string[] = [];
  for (let at = 0; at < parts.length; at += figuresALine)
    lines.push(`${name}: ${parts.slice(at, at + figuresALine).join(' ')}`);
  return lines;
}

function computerLines(computer: Computer): string[] {
  const { processor, physicalCores, system, hasBattery, battery, disks } = computer;
  const charge =
    battery && `${battery.percent ?? unknown} %, ${battery.charging ? 'charging' : 'not charging'}`;
  return [
    `processor: ${processor ?? unknown}, ${physicalCores ?? unknown} cores`,
    `system: ${system ?? unknown}`,
    `battery: ${charge ?? (hasBattery === false ? 'none' : unknown)}`,
    ...(disks ?? []).map(
      ({ name, kind, bytes }) =>
        `disk: ${name}, ${kind ?? unknown}, ${bytes === null ? unknown : formatBytes(bytes)}`,
    ),
  ];
}

function hardwareLines({ hardware }: Snapshot): string[] {
  const { tier, mode, gpu, vramGb, cards, findings, arithmetic, registrationHold, declared } = hardware;
  return [
    `tier ${tier}, mode ${mode}, card ${gpu ?? 'none'}, ${vramGb ?? unknown} GB`,
    `arithmetic: ${JSON.stringify(arithmetic)}; declared: ${JSON.stringify(declared)}; held: ${registrationHold ?? 'no'}`,
    ...cards.map((card) => `card: ${JSON.stringify({ ...card, uuid: undefined })}`),
    ...findings.map((finding) => `finding: ${JSON.stringify(finding)}`),
  ];
}

function ollamaLines({ ollama, pulls }: Snapshot): string[] {
  const { models, modelsVolume } = ollama;
  return [
    `condition: ${ollama.condition} (${ollama.state}), version ${ollama.version ?? unknown}, default model ${ollama.defaultModel ?? 'none'}`,
    ...(models.length === 0 ? ['models: none'] : models.map((model) => `model: ${JSON.stringify(model)}`)),
    `models’ disk: ${modelsVolume?.freeBytes == null ? unknown : `${formatBytes(modelsVolume.freeBytes)} free`}`,
    ...pulls.map(({ model, state, error }) => `pull: ${model}, ${state}, ${error?.code ?? 'no error'}`),
  ];
}

function settingLines(settings: readonly ReportedSetting[], { facts }: FactRedaction): string[] {
  return settings
    .filter(({ value, default: fallback }) => JSON.stringify(value) !== JSON.stringify(fallback))
    .map(({ name, value }) => ({ name, value: facts(value) }))
    .map(({ name, value }) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`);
}

/** The shape that names of events have; what is not of it was not written by this program. */
const levels: ReadonlySet<string> = new Set(['debug', 'info', 'warn', 'error']);
const eventName = /^[a-z][a-z0-9-]{0,60}$/;

function logLines(log: readonly string[], { facts }: FactRedaction): string[] {
  const answers = createAnswerCache();
  return log.flatMap((text) => {
    const read = parseLogLine(text);
    if (read === null) return ['a torn line'];
    const line = {
      tMs: read.tMs,
      level: levels.has(read.level) ? read.level : 'unknown',
      event: eventName.test(read.event) ? read.event : facts(read.event),
      facts: facts(read.facts),
    };
    answers.see(line);
    const description = describeEntry(line, answers).text;
    // The places of a crash, one a line.
    const { stack, ...others } = line.facts;
    const frames = typeof stack === 'string' ? stack.split('\n') : [];
    const figures = Object.entries(others).map(([name, value]) => `${name}=${String(value)}`);
    const head = `${stamp(line.tMs)} ${line.level} ${line.event}: ${description}${figures.length === 0 ? '' : ` [${figures.join(' ')}]`}`;
    return [head, ...frames];
  });
}
