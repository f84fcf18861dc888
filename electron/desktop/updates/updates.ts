import type { AppUpdate } from '../../../shared/contract/app-update.ts';
import { isNodeError, NodeError } from '../../../shared/errors.ts';
import type { Logger } from '../../daemon/logging/logger.ts';
import type { Clock, Timer } from '../../daemon/system/clock.ts';
import type { OfferedRelease } from '../../node/operations/update/manifest.ts';

export interface UpdateTiming {
  /** The first check comes a random part of this after the start: that is busy enough. */
  firstMs: number;
  everyMs: number;
  /** Added or taken off at random, so that not every app asks at once. */
  jitterMs: number;
  laterMs: number;
}

const hourMs = 3_600_000;
const usualUpdateTiming: UpdateTiming = {
  firstMs: 120_000,
  everyMs: 6 * hourMs,
  jitterMs: hourMs / 2,
  laterMs: 24 * hourMs,
};

/** Who finds, brings and installs; how is another matter for each kind of package. */
export interface UpdateWorker {
  /** What is newer than this version; null when nothing is. */
  check(): Promise<OfferedRelease | null>;
  /** Null where the person installs it with a command. */
  own: {
    /** Why it is not tried again by itself; null: it may be. */
    heldBack(offered: OfferedRelease): Promise<NodeError | null>;
    download(): Promise<string>;
    /** Resolves once the app is on its way to end; what throws has changed nothing. */
    install(offered: OfferedRelease, downloaded: string): Promise<void>;
  } | null;
  command(offered: OfferedRelease): string | null;
  stop(): Promise<void>;
}

export interface AppUpdates {
  readonly state: AppUpdate;
  start(): Promise<void>;
  check(): Promise<void>;
  install(): Promise<void>;
  later(): void;
  /** Something has changed on which it may depend whether it is installed now. */
  changed(): void;
  onProgress(completedBytes: number, totalBytes: number | null): void;
  stop(): Promise<void>;
}

export interface AppUpdatesModules {
  /** Null: a build that no release belongs to. */
  openWorker: () => Promise<UpdateWorker | null>;
  /** The switch of the settings. */
  automatic: () => boolean;
  /** Something runs that must not be cut off, and that a drain does not wait for. */
  busy: () => boolean;
  /** A person is at it, or would be needed afterwards: then it is installed only on request. */
  needsPerson: () => boolean;
  changed: () => void;
  random: () => number;
  clock: Clock;
  log: Pick<Logger, 'info' | 'warn'>;
}

/** When the app is updated: what it is told to, what it may do by itself, and what must not be cut off. */
export function createAppUpdates(
  { timing = usualUpdateTiming }: { timing?: UpdateTiming },
  modules: AppUpdatesModules,
): AppUpdates {
  const { openWorker, automatic, busy, needsPerson, changed, random, clock, log } = modules;
  let worker: UpdateWorker | null = null;
  let status: AppUpdate['status'] = 'idle';
  let found: OfferedRelease | null = null;
  let downloaded: string | null = null;
  let fraction: number | null = null;
  let laterUntilMs: number | null = null;
  let checkedAtMs: number | null = null;
  let failure: NodeError | null = null;
  let wanted = false;
  let stopped = false;
  let checking: Promise<void> | null = null;

  function enter(next: AppUpdate['status']): void {
    status = next;
    if (next !== 'downloading') fraction = null;
    changed();
  }

  function fail(error: unknown): void {
    failure = isNodeError(error) ? error : new NodeError('internal-error', {}, { cause: error });
    log.warn('update-not-done', { code: failure.code, error: String(error).slice(0, 300) });
  }

  const checks = createCheckTimer(timing, { clock, random }, () => {
    if (automatic()) void check(false);
  });

  /** @param asked a person wants it: what failed before is tried again */
  function check(asked: boolean): Promise<void> {
    if (worker === null || stopped || status === 'installing') return Promise.resolve();
    checking ??= find(worker, asked).finally(() => {
      checking = null;
      settleNow();
    });
    return checking;
  }

  async function find(from: UpdateWorker, asked: boolean): Promise<void> {
    failure = null;
    enter('checking');
    try {
      const next = await from.check();
      checkedAtMs = clock.now();
      if (next?.file.sha256 !== found?.file.sha256) downloaded = null;
      found = next;
      if (found === null || from.own === null) return enter('idle');
      const held = await from.own.heldBack(found);
      if (held !== null && !asked) throw held;
      await bring(from.own);
    } catch (error) {
      if (stopped) return;
      fail(error);
      enter(downloaded === null ? 'idle' : 'ready');
    }
  }

  async function bring(own: NonNullable<UpdateWorker['own']>): Promise<void> {
    // What is here already is only looked at again: it may be gone.
    enter('downloading');
    downloaded = await own.download();
    log.info('update-downloaded', { version: found?.manifest.version ?? '' });
    enter('ready');
  }

  function mayByItself(): boolean {
    const put = laterUntilMs !== null && clock.now() < laterUntilMs;
    return automatic() && !put && !needsPerson();
  }

  /** Installs, or waits, or leaves it to the person. */
  function settleNow(): void {
    if (stopped || checking !== null || (status !== 'ready' && status !== 'waiting')) return;
    if (!wanted && !mayByItself()) {
      if (status === 'waiting') enter('ready');
      return;
    }
    if (busy()) {
      if (status === 'ready') enter('waiting');
      return;
    }
    void install();
  }

  async function install(): Promise<void> {
    const own = worker?.own ?? null;
    if (own === null || found === null || downloaded === null) return;
    failure = null;
    enter('installing');
    try {
      await own.install(found, downloaded);
    } catch (error) {
      // The file is looked at again, or brought again, by the next check.
      wanted = false;
      downloaded = null;
      fail(error);
      enter('idle');
    }
  }

  return {
    get state() {
      const known = { status, found, progress: fraction, laterUntilMs, checkedAtMs, failure };
      return reportOf(worker, automatic(), known);
    },
    async start() {
      try {
        worker = await openWorker();
      } catch (error) {
        // Whatever it is, the node goes on.
        fail(error);
      }
      if (worker === null || stopped) return;
      checks.start();
      changed();
    },
    check: () => check(true),
    async install() {
      laterUntilMs = null;
      wanted = true;
      if (downloaded === null) await check(true);
      settleNow();
    },
    later() {
      laterUntilMs = clock.now() + timing.laterMs;
      wanted = false;
      if (status === 'waiting') enter('ready');
      else changed();
    },
    changed: settleNow,
    onProgress(completedBytes, totalBytes) {
      const next = totalBytes ? Math.min(1, Math.floor((100 * completedBytes) / totalBytes) / 100) : null;
      if (next === fraction || status !== 'downloading') return;
      fraction = next;
      changed();
    },
    async stop() {
      stopped = true;
      checks.stop();
      await worker?.stop();
      await checking?.catch(() => undefined);
    },
  };
}

/** Checks come by themselves, at times that no two apps share. */
function createCheckTimer(
  { firstMs, everyMs, jitterMs }: UpdateTiming,
  { clock, random }: Pick<AppUpdatesModules, 'clock' | 'random'>,
  due: () => void,
): { start(): void; stop(): void } {
  let timer: Timer | null = null;
  function plan(delayMs: number): void {
    timer?.cancel();
    timer = clock.after(delayMs, () => {
      plan(everyMs + (2 * random() - 1) * jitterMs);
      due();
    });
  }
  return { start: () => plan(random() * firstMs), stop: () => timer?.cancel() };
}

function reportOf(
  worker: UpdateWorker | null,
  automatic: boolean,
  known: Pick<AppUpdate, 'status' | 'progress' | 'laterUntilMs' | 'checkedAtMs'> & {
    found: OfferedRelease | null;
    failure: NodeError | null;
  },
): AppUpdate {
  const { found, failure, ...rest } = known;
  const own = worker?.own ? ('app' as const) : ('command' as const);
  return {
    ...rest,
    by: worker === null ? 'nobody' : own,
    automatic,
    offered:
      found === null
        ? null
        : {
            version: found.manifest.version,
            notes: found.manifest.notes,
            command: worker?.command(found) ?? null,
          },
    failure: failure === null ? null : { code: failure.code, details: { ...failure.details } },
  };
}
