import { isNodeError, NodeError, type NodeErrorCode } from '../../../../shared/errors.ts';
import { said } from '../../../../shared/reasons/reason-text.ts';
import type { HttpClient } from '../../http/client.ts';
import { backoffMs } from '../../system/backoff.ts';
import { type Clock, sleep, type Timer } from '../../system/clock.ts';
import { catalogueEntry } from './catalogue.ts';
import type { PullProgress } from './pull-progress.ts';
import { streamPull } from './pull-stream.ts';
import { readRegistryManifest } from './registry-manifest.ts';
import type { ModelsVolume, VolumeSpace } from './volume.ts';

export interface PullLimits {
  /** Nothing new for so long, and the same pull is asked for again. */
  stallMs: number;
  /** How often it is asked for again, whatever the reason, before it is given up. */
  resumes: number;
  /** How long checking and putting in place may take: without a byte, but not without an end. */
  finishingMs: (totalBytes: number) => number;
  /** A model of unknown size goes on without being asked about up to here. */
  askAboveBytes: number;
  /** What must be free afterwards for a pull to begin. */
  reserveBytes: (volumeBytes: number) => number;
  /** What a pull that has begun never takes. */
  lowWaterBytes: number;
  checkSpaceMs: number;
  firstRetryMs: number;
}

export const pullLimits: PullLimits = {
  stallMs: 60_000,
  resumes: 3,
  finishingMs: (totalBytes) => 600_000 + (totalBytes / 20_000_000) * 1000,
  askAboveBytes: 5_000_000_000,
  reserveBytes: (volumeBytes) => Math.max(10_000_000_000, volumeBytes * 0.05),
  lowWaterBytes: 2_000_000_000,
  checkSpaceMs: 2000,
  firstRetryMs: 2000,
};

const longestRetryMs = 60_000;

export interface PullRunOptions {
  model: string;
  /** The person wants it whatever its size. */
  large: boolean;
  baseUrl: string;
  registryUrl: string;
  /** Null: the server is elsewhere, and its disk cannot be checked. */
  volume: ModelsVolume | null;
  limits: PullLimits;
  progress: PullProgress;
  signal: AbortSignal;
  onState: (state: 'checking' | 'pulling' | 'verifying') => void;
  onAttempt: (attempt: number) => void;
  /** Something came. */
  onProgress: () => void;
}

export interface PullRunModules {
  /** Speaks to Ollama. */
  http: HttpClient;
  /** Speaks to the registry; null: its sizes are not asked for. */
  internet: HttpClient | null;
  clock: Clock;
}

export type PullEnd =
  | { state: 'done' | 'cancelled'; error: null }
  | { state: 'stalled' | 'no-room' | 'needs-consent' | 'failed'; error: NodeError };

/** What may be better the next time; everything else is final. */
const passing: ReadonlySet<NodeErrorCode> = new Set<NodeErrorCode>([
  'ollama-unreachable',
  'ollama-died',
  'ollama-error',
  'pull-incomplete',
  'pull-corrupt',
  'pull-failed',
]);

/**
 * Pulls one model: checks for room, then has Ollama pull it, again where nothing comes or something breaks, and stops
 * it before the disk is full. Whatever the end, Ollama keeps what came. Never rejects.
 */
export async function runPull(options: PullRunOptions, modules: PullRunModules): Promise<PullEnd> {
  const { model, volume, limits, progress, signal, registryUrl } = options;
  const { internet, clock } = modules;
  const cancelled: PullEnd = { state: 'cancelled', error: null };

  options.onState('checking');
  const manifest =
    internet === null ? null : await readRegistryManifest({ model, registryUrl, signal }, { http: internet });
  if (manifest !== null) progress.expect(manifest.totalBytes);
  const publishedBytes = catalogueEntry(model)?.downloadBytes ?? null;
  if (publishedBytes !== null) progress.estimate(publishedBytes);
  const expectedBytes = manifest?.totalBytes ?? publishedBytes;
  if (volume !== null && expectedBytes !== null) {
    const space = await volume.space();
    const neededBytes = manifest === null ? expectedBytes : await volume.missingBytes(manifest.layers);
    const lacking = space && roomLacking(options, space, neededBytes, limits.reserveBytes(space.totalBytes));
    if (lacking && neededBytes > 0) return { state: 'no-room', error: lacking };
  }

  for (let attempt = 1; ; attempt += 1) {
    if (signal.aborted) return cancelled;
    options.onAttempt(attempt);
    progress.interrupt();
    const end = await attemptPull(options, modules, expectedBytes !== null);
    if (signal.aborted && end.state !== 'done') return cancelled;
    const again = end.state === 'stalled' || (end.state === 'failed' && passing.has(end.error.code));
    // Ollama deletes what has another checksum.
    if (end.error?.code === 'pull-corrupt') progress.discard();
    if (!again || attempt > limits.resumes) {
      return end.state === 'stalled'
        ? { state: 'stalled', error: stalledError(model, attempt, limits.stallMs) }
        : end;
    }
    // A line that went quiet is asked again at once; a server that failed is given time.
    if (end.state === 'failed')
      await sleep(clock, backoffMs({ minMs: limits.firstRetryMs, maxMs: longestRetryMs }, attempt), signal);
  }
}

async function attemptPull(
  options: PullRunOptions,
  modules: PullRunModules,
  sizeKnown: boolean,
): Promise<PullEnd> {
  const { model, baseUrl, limits, progress, large } = options;
  const { http, clock } = modules;
  const cut = new AbortController();
  let verdict: PullEnd | null = null;
  let finishing = false;
  let patience: Timer | null = null;
  const stop = (end: PullEnd) => {
    verdict ??= end;
    cut.abort('pull-stopped');
  };
  const wait = () => {
    patience?.cancel();
    const ms = finishing ? limits.finishingMs(progress.completedBytes) : limits.stallMs;
    patience = clock.after(ms, () =>
      stop({ state: 'stalled', error: stalledError(model, 1, limits.stallMs) }),
    );
  };
  const spaceWatch = watchSpace(options, modules, { sizeKnown, signal: cut.signal, stop });

  wait();
  try {
    const signal = AbortSignal.any([options.signal, cut.signal]);
    for await (const event of streamPull({ baseUrl, model, signal }, { http })) {
      if (event.kind === 'success') {
        progress.complete();
        return { state: 'done', error: null };
      }
      if (event.kind === 'finishing') {
        finishing = true;
        progress.complete();
        options.onState('verifying');
        wait();
      }
      if (event.kind !== 'layer') continue;
      finishing = false;
      options.onState('pulling');
      if (progress.note(event)) wait();
      options.onProgress();
      const { namedBytes } = progress;
      if (!sizeKnown && !large && namedBytes > limits.askAboveBytes) {
        const { askAboveBytes } = limits;
        const error = new NodeError('pull-needs-consent', { model, sizeBytes: namedBytes, askAboveBytes });
        stop({ state: 'needs-consent', error });
      }
    }
    throw new NodeError('pull-incomplete', { model });
  } catch (error) {
    return verdict ?? (await endOf(error, options));
  } finally {
    (patience as Timer | null)?.cancel();
    cut.abort('pull-ended');
    await spaceWatch;
  }
}

/** Checks again and again whether what is still to come has room. Where the size was unknown, first as strictly as
 * before a pull. */
async function watchSpace(
  options: PullRunOptions,
  { clock }: PullRunModules,
  attempt: { sizeKnown: boolean; signal: AbortSignal; stop: (end: PullEnd) => void },
): Promise<void> {
  const { volume, limits, progress } = options;
  if (volume === null) return;
  let strict = !attempt.sizeKnown;
  while (!attempt.signal.aborted) {
    await sleep(clock, limits.checkSpaceMs, attempt.signal);
    if (attempt.signal.aborted || progress.namedBytes === 0) continue;
    const space = await volume.space();
    if (space === null) continue;
    const floorBytes = strict ? limits.reserveBytes(space.totalBytes) : limits.lowWaterBytes;
    strict = false;
    const lacking = roomLacking(options, space, progress.remainingBytes, floorBytes);
    if (lacking) attempt.stop({ state: 'no-room', error: lacking });
  }
}

/** The error, when what is to come would leave less free than it may. */
function roomLacking(
  { model, volume }: PullRunOptions,
  { freeBytes }: VolumeSpace,
  neededBytes: number,
  reserveBytes: number,
): NodeError | null {
  if (freeBytes - neededBytes >= reserveBytes) return null;
  const path = volume?.path ?? null;
  return new NodeError('pull-no-room', { model, path, neededBytes, freeBytes, reserveBytes });
}

const stalledError = (model: string, attempts: number, silentMs: number) =>
  new NodeError('pull-stalled', { model, attempts, silentMs });

async function endOf(error: unknown, { model, volume, limits, progress }: PullRunOptions): Promise<PullEnd> {
  const known = isNodeError(error)
    ? error
    : new NodeError('pull-failed', { model, reason: said(String(error)) });
  if (!isNodeError(known, 'pull-no-room') || volume === null) {
    return { state: isNodeError(known, 'pull-no-room') ? 'no-room' : 'failed', error: known };
  }
  const space = await volume.space();
  const detailed = new NodeError('pull-no-room', {
    model,
    path: volume.path,
    neededBytes: progress.remainingBytes,
    freeBytes: space?.freeBytes ?? null,
    reserveBytes: limits.lowWaterBytes,
  });
  return { state: 'no-room', error: detailed };
}
