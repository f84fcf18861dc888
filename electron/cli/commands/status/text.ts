import type { Snapshot } from '../../../../shared/contract/snapshot.ts';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatTime,
  formatTokens,
  unknown,
} from '../../../../shared/format.ts';
import { describeGpuCause } from '../../../../shared/hardware/gpu-causes.ts';
import { describeTier, isTier } from '../../../../shared/hardware/tiers.ts';
import { isPullUnderWay } from '../../../../shared/pull-states.ts';
import { describeBadge, describeState } from '../../../../shared/states/states.ts';
import { describeReason } from '../../../../shared/texts/error-text.ts';
import { facts, paragraph } from '../../terminal/layout.ts';
import { toneOfState } from '../../terminal/state-tone.ts';
import type { Terminal } from '../../terminal/terminal.ts';

const earnsText = {
  yes: 'earning',
  no: 'not earning',
  unknown: 'earning unconfirmed',
} as const;

/** The whole report of a running node, for people. */
export function statusText(terminal: Terminal, snapshot: Snapshot, uptimeMs: number, nowMs: number): string {
  const { state, badges, daemon, identity, heartbeat, serving, ollama, earnings, control } = snapshot;
  const { label, what, effect, action, earns } = describeState(state.code, state.params, nowMs);
  const head = `${terminal.paint(toneOfState(state.code), `● ${label}`)} · ${earnsText[earns]} · since ${formatTime(state.sinceMs, nowMs)}`;
  const time = (ms: number | null) => (ms === null ? unknown : formatTime(ms, nowMs));
  const rows: [string, string][] = [
    ['node', nodeText(snapshot)],
    [
      'heartbeats',
      `${formatCount(heartbeat.accepted)} accepted, ${formatCount(heartbeat.failed)} failed; last accepted ${time(heartbeat.lastAcceptedAtMs)}`,
    ],
    ...(heartbeat.lastFailure === null
      ? []
      : [['last refusal', describeReason(heartbeat.lastFailure)] as [string, string]]),
    ['served', servedText(serving)],
    ['running', runningText(serving, nowMs)],
    ['to deliver', deliverText(serving, nowMs)],
    ['Ollama', ollamaText(ollama, nowMs)],
    ['model', modelText(ollama)],
    ...memoryRows(snapshot, nowMs),
    ['earned', earnedText(earnings, identity.owner, nowMs)],
    ['clock', clockText(heartbeat.clockSkewMs)],
    ...(control.pause ? [['paused', `since ${time(control.pause.sinceMs)}`] as [string, string]] : []),
    ['process', `${daemon.pid}, up ${formatDuration(uptimeMs)}, version ${daemon.version}`],
    ['coordinator', daemon.network.coordinatorUrl],
    ['directory', daemon.stateDir],
  ];
  const notes = badges.map(({ code, params }) =>
    paragraph(terminal, describeBadge(code, params, nowMs).sentence),
  );
  const sentences = [what, effect, action].flatMap((text) =>
    text === null ? [] : [paragraph(terminal, text)],
  );
  return [head, ...sentences, ...notes, '', facts(terminal, rows)].join('\n');
}

function nodeText({ identity, registration, hardware }: Snapshot): string {
  const name = identity.nodeId ?? 'not registered yet';
  const shown = isTier(hardware.tier) ? describeTier(hardware.tier) : `tier ${hardware.tier}`;
  const declared = registration.tier;
  if (declared === null || declared === hardware.tier) return `${name}, ${shown}`;
  return `${name}, ${shown}; registered as tier ${declared}`;
}

function servedText({
  served,
  servedToday,
  failed,
  inputTokens,
  outputTokens,
  delivered,
}: Snapshot['serving']): string {
  const tokens = `${formatCount(inputTokens)} tokens in, ${formatCount(outputTokens)} out`;
  return `${formatCount(served)} in this run (${tokens}), ${formatCount(failed)} returned; ${servedToday === null ? '—' : formatCount(servedToday)} today, ${formatCount(delivered)} in all`;
}

function runningText({ running, queued }: Snapshot['serving'], nowMs: number): string {
  if (running.length === 0) return 'nothing';
  const each = running.map(
    ({ requestId, model, acceptedAtMs }) =>
      `${requestId} with ${model} for ${formatDuration(nowMs - acceptedAtMs)}`,
  );
  return `${each.join(', ')}${queued > 0 ? `; ${queued} waiting` : ''}`;
}

function deliverText(serving: Snapshot['serving'], nowMs: number): string {
  const { undelivered, oldestUndeliveredAtMs, foreign, expired, refused, conflicts } = serving;
  const parts = [
    undelivered === 0
      ? 'nothing'
      : `${formatCount(undelivered)}, the oldest from ${oldestUndeliveredAtMs === null ? unknown : formatTime(oldestUndeliveredAtMs, nowMs)}`,
  ];
  if (foreign > 0) parts.push(`${formatCount(foreign)} of another key, kept and never sent`);
  if (expired > 0) parts.push(`${formatCount(expired)} were too old to deliver`);
  if (refused > 0) parts.push(`${formatCount(refused)} were not taken by the network`);
  if (conflicts > 0) {
    parts.push(
      `${formatCount(conflicts)} in this run had an answer already; another machine may serve with this key`,
    );
  }
  return parts.join('; ');
}

function ollamaText(
  { state, url, version, reason, sinceMs, remote, server, restart }: Snapshot['ollama'],
  nowMs: number,
): string {
  const place = `${url}${remote ? ', another computer' : ''}`;
  const whose = server === 'ours' ? ', started by this node' : '';
  if (state === 'running') return `answers at ${place}${version ? `, version ${version}` : ''}${whose}`;
  if (state === 'unknown') return `not looked at yet, at ${place}`;
  return `does not answer at ${place} since ${formatTime(sinceMs, nowMs)}: ${describeReason(reason ?? unknown)}${restart ? `; restart attempt ${restart.attempt} in ${formatDuration(Math.max(0, restart.atMs - nowMs))}` : ''}`;
}

function modelText({ state, defaultModel, models, preferredMissing }: Snapshot['ollama']): string {
  if (state !== 'running') return unknown;
  const servable = models.filter((model) => model.servable).length;
  const count = `${servable} of ${models.length} installed can serve`;
  if (defaultModel === null) return `none; ${count}`;
  return `${defaultModel}; ${count}${preferredMissing ? '; the model asked for is not among them' : ''}`;
}

/** Where the model lies, what is on its way, and what is not known of the server. */
function memoryRows({ ollama, serving, pulls, install }: Snapshot, nowMs: number): [string, string][] {
  const { warmUp, models, defaultModel, gpuUnused, parallel, state } = ollama;
  const rows: [string, string][] = [];
  const loaded = models.find(({ name }) => name === defaultModel)?.loaded;
  if (warmUp.state === 'loading') {
    rows.push([
      'memory',
      `${warmUp.model} is being loaded since ${formatTime(warmUp.sinceMs ?? nowMs, nowMs)}`,
    ]);
  } else if (warmUp.state === 'failed') {
    rows.push(['memory', `${warmUp.model} could not be loaded: ${describeReason(warmUp.reason ?? unknown)}`]);
  } else if (loaded) {
    const { sizeBytes, vramBytes } = loaded;
    const gpu =
      sizeBytes && vramBytes ? `, ${Math.round((vramBytes / sizeBytes) * 100)} % of it on the GPU` : '';
    rows.push(['memory', `${sizeBytes === null ? unknown : formatBytes(sizeBytes)}${gpu}`]);
  }
  if (gpuUnused) {
    rows.push([
      'GPU',
      `not used by ${gpuUnused.model}; likely ${describeGpuCause(gpuUnused.causes[0] ?? unknown)}`,
    ]);
  }
  if (state === 'running' && serving.concurrency > 1 && parallel === null) {
    rows.push([
      'at a time',
      `${serving.concurrency} requests; how many this Ollama runs at once is not known`,
    ]);
  }
  for (const { model, state: pull, completedBytes, totalBytes } of pulls) {
    if (!isPullUnderWay(pull)) continue;
    const total = totalBytes === null ? '' : ` of ${formatBytes(totalBytes)}`;
    rows.push(['download', `${model}, ${formatBytes(completedBytes)}${total}`]);
  }
  if (install && !['done', 'failed', 'cancelled'].includes(install.state)) {
    rows.push(['installing', `Ollama ${install.version}, ${formatBytes(install.completedBytes)} so far`]);
  }
  return rows;
}

function earnedText(
  { lifetimePrlx, asOfMs }: Snapshot['earnings'],
  owner: string | null,
  nowMs: number,
): string {
  if (owner === null) return `${unknown}; the staking wallet is not known yet`;
  if (lifetimePrlx === null || asOfMs === null) return unknown;
  return `${formatTokens(lifetimePrlx)} PRLX by all nodes of ${owner}, as the coordinator says, read ${formatTime(asOfMs, nowMs)}`;
}

function clockText(skewMs: number | null): string {
  if (skewMs === null) return unknown;
  const seconds = (Math.abs(skewMs) / 1000).toFixed(1);
  if (Number(seconds) < 1) return 'right to the second';
  return `${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} the network’s`;
}
