import { isNodeError, NodeError } from '../../../../shared/errors.ts';
import type { HttpClient } from '../../http/client.ts';
import type { Logger } from '../../logging/logger.ts';
import { fileError } from '../../storage/atomic-file.ts';
import type { Clock } from '../../system/clock.ts';
import { freeBytesAt, type InstallerOptions, type InstallPlan, installPlaces, planInstall } from './plan.ts';
import { cleanUp, type InstallReport, installRelease, removeEmpty } from './steps.ts';

/** Gets the pinned release into a folder of the user's own. Asking for it is the person's consent. */
export interface OllamaInstaller {
  /** Null before the first `install`. */
  readonly status: InstallReport | null;
  /** What it would bring here: the version, bytes to get (null: not known), and the folder. Nothing is done. */
  plan(): Promise<InstallPlan>;
  /**
   * Installs; joins an installation that is under way. Resolves with the program.
   *
   * @throws NodeError `ollama-install-unavailable`, `no-room`, `download-stalled`, `download-failed`,
   *   `download-mismatch`, `archive-unusable`, `state-dir-unusable`, `cancelled`
   */
  install(): Promise<string>;
  /** Ends it; what has been got stays for the next time. False when nothing was under way. */
  cancel(): boolean;
  onChange(listener: () => void): () => void;
  stop(): Promise<void>;
}

const betweenReportsMs = 200;

export function createOllamaInstaller(
  options: InstallerOptions,
  modules: {
    /** One that follows redirects to other hosts, over https only. */
    http: HttpClient;
    clock: Clock;
    log: Logger;
    /** The program is there; the state is `starting` until this resolves. */
    onInstalled?: (program: string) => Promise<void>;
    freeBytes?: (path: string) => Promise<number | null>;
  },
): OllamaInstaller {
  const { release, folder } = options;
  const { http, clock, log, onInstalled, freeBytes = freeBytesAt } = modules;
  const { version } = release;
  const { target, downloads } = installPlaces(options);
  const plan = () => planInstall(options, { freeBytes });
  const listeners = new Set<() => void>();
  let status: InstallReport | null = null;
  let underWay: { done: Promise<string>; cancel: AbortController } | null = null;
  let lastReportMs = Number.NEGATIVE_INFINITY;

  function report(change: Partial<InstallReport>): void {
    const before = status;
    const nowMs = clock.monotonicMs();
    const fresh = {
      state: 'downloading',
      version,
      folder: target,
      ...nothingYet,
      sinceMs: clock.now(),
    } as const;
    const next = { ...(before ?? fresh), ...change };
    if (next.state !== before?.state) next.sinceMs = clock.now();
    status = next;
    if (next.state === before?.state && nowMs - lastReportMs < betweenReportsMs) return;
    lastReportMs = nowMs;
    for (const listener of [...listeners]) listener();
  }

  /** What an error means here, after what it left has been cleared away. */
  async function clean(error: unknown): Promise<NodeError> {
    const known = underWay?.cancel.signal.aborted
      ? new NodeError('cancelled', { reason: 'aborted' }, { cause: error })
      : isNodeError(error)
        ? error
        : fileError(error, folder, 'ollama');
    await cleanUp(options, known);
    if (!isNodeError(known, 'disk-full')) return known;
    const { neededBytes } = await plan();
    return new NodeError(
      'no-room',
      { path: folder, neededBytes, freeBytes: await freeBytes(folder) },
      { cause: error },
    );
  }

  async function installOnce(signal: AbortSignal): Promise<string> {
    status = null;
    report({ state: 'downloading' });
    log.info('ollama-install-started', { version });
    try {
      const program = await installRelease(options, { http, clock, signal, freeBytes, report });
      await removeEmpty(downloads);
      if (onInstalled) {
        report({ state: 'starting' });
        // It is installed whether it starts or not; what keeps it from starting is reported with its server.
        await onInstalled(program).catch((error: unknown) =>
          log.warn('ollama-installed-not-started', { code: isNodeError(error) ? error.code : String(error) }),
        );
      }
      report({ state: 'done', bytesPerSecond: null, leftMs: null });
      log.info('ollama-installed', { version });
      return program;
    } catch (error) {
      const known = await clean(error);
      const { code, details } = known;
      const state = code === 'cancelled' ? 'cancelled' : 'failed';
      log.warn('ollama-install-ended', { state, code });
      report({ state, error: { code, details: { ...details } }, bytesPerSecond: null, leftMs: null });
      throw known;
    }
  }

  return {
    get status() {
      return status;
    },
    plan,
    install() {
      if (underWay) return underWay.done;
      const cancel = new AbortController();
      const done = installOnce(cancel.signal).finally(() => {
        underWay = null;
      });
      underWay = { done, cancel };
      return done;
    },
    cancel() {
      if (underWay === null) return false;
      underWay.cancel.abort('cancelled');
      return true;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      underWay?.cancel.abort('stopping');
      await underWay?.done.catch(() => undefined);
      listeners.clear();
    },
  };
}

const nothingYet = { totalBytes: null, completedBytes: 0, bytesPerSecond: null, leftMs: null, error: null };
