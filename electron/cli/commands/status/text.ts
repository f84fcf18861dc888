import type { RequestRecord } from '../../../../shared/contract/records.ts';
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
import { earningText, speedText, uptimeText } from './figures.ts';

const earnsText = {
  yes: 'Earning',
  no: 'Not earning',
  unknown: 'Earning unconfirmed',
} as const;

/** What stands beside a snapshot. */
export interface StatusOptions {
  /** The newest requests. */
  recent: readonly RequestRecord[];
  /** Of the node's process. */
  uptimeMs: number;
  nowMs: number;
  /** Ids, addresses and counts too. */
  verbose: boolean;
}

/** The report of a running node, for people: what it earns first. */
export function statusText(
  terminal: Terminal,
  snapshot: Snapshot,
  { recent, uptimeMs, nowMs, verbose }: StatusOptions,
): string {
  const { state, badges, heartbeat, serving, ollama, control, uptime } = snapshot;
  const { label, what, effect, action, earns } = describeState(state.code, state.params, nowMs);
  const head = `${terminal.paint(toneOfState(state.code), `● ${label}`)} · ${earnsText[earns]} · since ${formatTime(state.sinceMs, nowMs)}`;
  const rows: [string, string][] = [
    ['Node', nodeText(snapshot)],
    ['Earnings', earningText(snapshot)],
    ['Uptime', uptimeText(uptime, nowMs)],
    ['Speed', speedText(snapshot, recent)],
    ['Requests', servedText(serving)],
    ['In progress', runningText(serving, nowMs)],
    ...(isQuiet(serving) ? [] : [['Waiting to send', deliverText(serving, nowMs)] as [string, string]]),
    ['Model', modelText(ollama)],
    ...memoryRows(snapshot, nowMs),
    ...(ollama.state === 'running' && !verbose
      ? []
      : [['Ollama', ollamaText(ollama, nowMs)] as [string, string]]),
    ...(heartbeat.lastFailure === null
      ? []
      : [['Last refusal', describeReason(heartbeat.lastFailure)] as [string, string]]),
    ...(control.pause
      ? [['Paused', `since ${formatTime(control.pause.sinceMs, nowMs)}`] as [string, string]]
      : []),
    ...(verbose ? detailRows(snapshot, uptimeMs, nowMs) : []),
  ];
  const notes = badges.map(({ code, params }) =>
    paragraph(terminal, describeBadge(code, params, nowMs).sentence),
  );
  const sentences = [what, effect, action].flatMap((text) =>
    text === null ? [] : [paragraph(terminal, text)],
  );
  return [head, ...sentences, ...notes, '', facts(terminal, rows)].join('\n');
}

const isQuiet = ({ undelivered, foreign, expired, refused, conflicts }: Snapshot['serving']) =>
  undelivered + foreign + expired + refused + conflicts === 0;

/** Ids, addresses and counts. */
function detailRows(snapshot: Snapshot, uptimeMs: number, nowMs: number): [string, string][] {
  const { daemon, identity, heartbeat, earnings } = snapshot;
  const last = heartbeat.lastAcceptedAtMs === null ? unknown : formatTime(heartbeat.lastAcceptedAtMs, nowMs);
  return [
    [
      'Heartbeats',
      `${formatCount(heartbeat.accepted)} accepted, ${formatCount(heartbeat.failed)} failed, last accepted ${last}`,
    ],
    ['Clock', clockText(heartbeat.clockSkewMs)],
    ['Wallet', identity.owner ?? unknown],
    ['Wallet earned', walletText(earnings, identity.owner, nowMs)],
    ['nodeKeyHash', identity.nodeKeyHash],
    ['Node address', identity.nodeAddress],
    ['Key stored in', identity.keyStore],
    ['Process', `${daemon.pid}, up ${formatDuration(uptimeMs)}, version ${daemon.version}`],
    ['Coordinator', daemon.network.coordinatorUrl],
    ['Folder', daemon.stateDir],
  ];
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
  const today = servedToday === null ? unknown : formatCount(servedToday);
  return `${today} today, ${formatCount(delivered)} in all · this run: ${formatCount(served)} (${tokens}), ${formatCount(failed)} returned`;
}

function runningText({ running, queued }: Snapshot['serving'], nowMs: number): string {
  if (running.length === 0) return 'None';
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
      ? 'None'
      : `${formatCount(undelivered)}${oldestUndeliveredAtMs === null ? '' : `, the oldest from ${formatTime(oldestUndeliveredAtMs, nowMs)}`}`,
  ];
  if (foreign > 0) parts.push(`${formatCount(foreign)} of another key, kept and never sent`);
  if (expired > 0) parts.push(`${formatCount(expired)} expired`);
  if (refused > 0) parts.push(`${formatCount(refused)} rejected by the network`);
  if (conflicts > 0) {
    parts.push(`${formatCount(conflicts)} answered before; another computer may serve with this key`);
  }
  return parts.join(' · ');
}

function ollamaText(
  { state, url, version, reason, sinceMs, remote, server, restart }: Snapshot['ollama'],
  nowMs: number,
): string {
  const place = `${url}${remote ? ', another computer' : ''}`;
  const whose = server === 'ours' ? ', managed by this node' : '';
  if (state === 'running') return `Running at ${place}${version ? `, version ${version}` : ''}${whose}`;
  if (state === 'unknown') return `Not checked yet, at ${place}`;
  const why = reason === null ? '' : `: ${describeReason(reason)}`;
  const next = restart
    ? ` · restart ${restart.attempt} in ${formatDuration(Math.max(0, restart.atMs - nowMs))}`
    : '';
  return `Not responding at ${place} since ${formatTime(sinceMs, nowMs)}${why}${next}`;
}

function modelText({ state, defaultModel, models, preferredMissing }: Snapshot['ollama']): string {
  if (state !== 'running') return unknown;
  const servable = models.filter((model) => model.servable).length;
  const count = `${servable} of ${models.length} installed can serve`;
  if (defaultModel === null) return `None · ${count}`;
  return `${defaultModel} · ${count}${preferredMissing ? ' · the one you chose is missing' : ''}`;
}

/** Where the model lies, what is on its way, and what is not known of the server. */
function memoryRows({ ollama, serving, pulls, install }: Snapshot, nowMs: number): [string, string][] {
  const { warmUp, models, defaultModel, gpuUnused, parallel, state } = ollama;
  const rows: [string, string][] = [];
  const loaded = models.find(({ name }) => name === defaultModel)?.loaded;
  if (warmUp.state === 'loading') {
    rows.push(['Memory', `Loading ${warmUp.model} since ${formatTime(warmUp.sinceMs ?? nowMs, nowMs)}`]);
  } else if (warmUp.state === 'failed') {
    const why = warmUp.reason === null ? '' : `: ${describeReason(warmUp.reason)}`;
    rows.push(['Memory', `Couldn’t load ${warmUp.model}${why}`]);
  } else if (loaded) {
    const { sizeBytes, vramBytes } = loaded;
    const gpu =
      sizeBytes && vramBytes ? `, ${Math.round((vramBytes / sizeBytes) * 100)} % of it on the GPU` : '';
    rows.push(['Memory', `${sizeBytes === null ? unknown : formatBytes(sizeBytes)}${gpu}`]);
  }
  if (gpuUnused) {
    const [cause] = gpuUnused.causes;
    rows.push([
      'GPU',
      `${gpuUnused.model} is running on CPU, not your GPU${cause === undefined ? '' : ` · likely ${describeGpuCause(cause)}`}`,
    ]);
  }
  if (state === 'running' && serving.concurrency > 1 && parallel === null) {
    rows.push(['Parallel', `${serving.concurrency} requests; how many this Ollama runs at once is unknown`]);
  }
  for (const { model, state: pull, completedBytes, totalBytes } of pulls) {
    if (!isPullUnderWay(pull)) continue;
    const total = totalBytes === null ? '' : ` of ${formatBytes(totalBytes)}`;
    rows.push(['Download', `${model}, ${formatBytes(completedBytes)}${total}`]);
  }
  if (install && !['done', 'failed', 'cancelled'].includes(install.state)) {
    rows.push(['Installing', `Ollama ${install.version}, ${formatBytes(install.completedBytes)} downloaded`]);
  }
  return rows;
}

function walletText(
  { lifetimePrlx, asOfMs }: Snapshot['earnings'],
  owner: string | null,
  nowMs: number,
): string {
  if (owner === null || lifetimePrlx === null || asOfMs === null) return unknown;
  return `${formatTokens(lifetimePrlx)} PRLX by all its nodes, from the coordinator, ${formatTime(asOfMs, nowMs)}`;
}

function clockText(skewMs: number | null): string {
  if (skewMs === null) return unknown;
  const seconds = (Math.abs(skewMs) / 1000).toFixed(1);
  if (Number(seconds) < 1) return 'Right to the second';
  return `${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} the network’s`;
}
