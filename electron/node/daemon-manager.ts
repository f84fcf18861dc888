import type { NodePhase } from '../../shared/contract/app.ts';
import { applyEvent, type Reported } from '../../shared/contract/changes.ts';
import type { CommandInput, CommandName, CommandOutput } from '../../shared/contract/commands.ts';
import type { DaemonEvent } from '../../shared/contract/messages.ts';
import type { Preparation } from '../../shared/contract/preparation.ts';
import type { Snapshot } from '../../shared/contract/snapshot.ts';
import { isNodeError, NodeError } from '../../shared/errors.ts';
import type { KeyTrouble } from '../daemon/identity/open-when-possible.ts';
import type { Logger } from '../daemon/logging/logger.ts';
import { type HostedPreparation, hostPreparation } from '../daemon/preparation.ts';
import type { StartedDaemon } from '../daemon/start-daemon.ts';
import { readIdentityRecord } from '../daemon/storage/identity-record.ts';
import { findDaemon } from '../daemon/storage/lock.ts';
import type { SettingsStore } from '../daemon/storage/settings.ts';
import { sleep, type Timer } from '../daemon/system/clock.ts';
import { settingsInForce } from './configuration.ts';
import type { NodeContext } from './context.ts';
import { type DaemonLink, drainGraceMs, linkToRunning, linkToStarted, waitForEnd } from './daemon-link.ts';
import { decideHosting, hostNode, type InstalledService } from './hosting.ts';
import type { KeptPassphrase } from './kept-passphrase.ts';
import { refuseSharedKey } from './official-client.ts';

/**
 * The daemon behind a host with windows: hosted here, or attached to where one runs already. Knows in which phase
 * that is, and what the daemon last reported.
 */
export interface DaemonManager {
  readonly phase: NodePhase;
  /** What the daemon last reported; null while there is none to ask. */
  readonly snapshot: Snapshot | null;
  /** The machine and its Ollama while there is no key; null in every other phase. */
  readonly preparation: Preparation | null;
  onPhase(listener: () => void): void;
  onEvent(listener: (event: DaemonEvent) => void): void;
  /** The last snapshot as an event, for a window that has just begun to listen. */
  present(): DaemonEvent | undefined;
  /** @throws NodeError of the daemon, or `no-daemon` */
  ask<N extends CommandName>(name: N, input: CommandInput<N>): Promise<CommandOutput<N>>;
  /**
   * Attaches or hosts, whichever is possible; does nothing while already attached or hosting. Where a service has the node it is
   * started only `withService`: when a person wants the node to run.
   */
  start(options?: { withService?: boolean }): Promise<void>;
  /**
   * Lets the daemon finish its work, wherever it runs, and starts one with the settings as they are now: here, or
   * by whoever starts one first. Starts one where none runs.
   *
   * @throws NodeError `contract-mismatch` for a daemon of another version, which this one cannot stop;
   *   `restart-unfinished` where it takes longer than it said: the start follows when it has ended
   */
  restart(): Promise<void>;
  /** Starts with this passphrase for a key file that is locked. */
  unlock(passphrase: string): Promise<void>;
  /** Ends a hosted daemon within `limitMs`, lets go of an attached one. Resolves when it has ended. */
  stop(limitMs: number): Promise<void>;
}

/** While nothing runs here another program may start a daemon, or end the one that kept this one from starting. */
const pollIntervalMs = 5000;

export function createDaemonManager(
  context: NodeContext,
  modules: {
    settings: SettingsStore;
    /** Where a locked key file takes its passphrase from, like `context.passphrase`. */
    keptPassphrase: KeptPassphrase;
    findService?: () => Promise<InstalledService | null>;
    log: Logger;
    random: () => number;
  },
): DaemonManager {
  const { paths, version, env, clock } = context;
  const { settings, keptPassphrase, findService, log, random } = modules;
  const phaseListeners: (() => void)[] = [];
  const eventListeners: ((event: DaemonEvent) => void)[] = [];
  let phase: NodePhase = { phase: 'starting' };
  let link: DaemonLink | null = null;
  let last: Reported | null = null;
  let starting: Promise<void> | null = null;
  let waiting: AbortController | null = null;
  let preparing: Promise<HostedPreparation | null> = Promise.resolve(null);
  let preparation: HostedPreparation | null = null;
  let pollTimer: Timer | null = null;
  /** Stopped on purpose: nothing starts here by itself before somebody starts it. */
  let resting = false;
  /** While an attached daemon is to end before one is started. */
  let restarting: AbortController | null = null;

  function emitPhase(): void {
    for (const listener of phaseListeners) listener();
  }

  function enter(next: NodePhase): void {
    phase = next;
    log.info('phase', { phase: next.phase });
    emitPhase();
    pollTimer?.cancel();
    if (['no-identity', 'stopped', 'failed', 'other-program'].includes(next.phase))
      pollTimer = clock.after(pollIntervalMs, poll);
  }

  /** Somebody may have started one on the command line, or ended what this one waits for. */
  async function poll(): Promise<void> {
    if (starting || link || resting) return;
    const mayStart = await mayStartNow();
    const silent = phase.phase === 'failed' && phase.error.code === 'daemon-not-answering';
    // Whoever makes or restores a key, this app or another program, holds the lock meanwhile and opens no socket.
    const runs = ((await findDaemon(paths, { clock }))?.socketPath ?? null) !== null;
    // It may have been stopped meanwhile.
    if (resting) return;
    if (mayStart) return start();
    if (silent && !runs) return enter({ phase: 'stopped', sinceMs: clock.now() });
    if (runs && !silent) return start();
    // One that hangs is asked again without a word: it stands as not answering until it answers.
    if (runs && (await attach().catch(() => false))) return;
    pollTimer = clock.after(pollIntervalMs, poll);
  }

  /** Whether what forbade the start has ended by itself. Never rejects: then it is checked again. */
  async function mayStartNow(): Promise<boolean> {
    const refused = phase.phase === 'other-program' || phase.phase === 'failed' ? phase.error.code : null;
    if (refused !== 'official-running' && refused !== 'node-held') return false;
    try {
      const record = await readIdentityRecord(paths.identityFile);
      if (record !== null) await refuseSharedKey(context, record.nodeKeyHash);
      return true;
    } catch {
      return false;
    }
  }

  function onEvent(event: DaemonEvent): void {
    last = applyEvent(last, event);
    for (const listener of eventListeners) listener(event);
  }

  async function use(next: DaemonLink, entered: NodePhase): Promise<void> {
    link = next;
    void next.ended.then(
      () => over(next, { phase: 'stopped', sinceMs: clock.now() }),
      (error: unknown) => over(next, failed(error)),
    );
    if (next.compatible) await next.subscribe(onEvent);
    enter(entered);
  }

  function over(ended: DaemonLink, next: NodePhase): void {
    if (link !== ended) return;
    link = null;
    last = null;
    enter(next);
  }

  function failed(error: unknown): NodePhase {
    const { code, details } = isNodeError(error) ? error : new NodeError('internal-error', {});
    if (!isNodeError(error)) log.fault(error, 'start-failed');
    return {
      phase: code === 'official-running' ? 'other-program' : 'failed',
      error: { code, details: { ...details } },
      sinceMs: clock.now(),
    };
  }

  async function attach(): Promise<boolean> {
    let found: Awaited<ReturnType<typeof linkToRunning>>;
    try {
      found = await linkToRunning(context);
    } catch (error) {
      if (isNodeError(error, 'no-daemon')) return false;
      throw error;
    }
    const { pid, version: theirs, label, sentence } = found.greeting;
    const { compatible } = found;
    await use(found, { phase: 'attached', pid, version: theirs, compatible, label, sentence });
    return true;
  }

  function onKeyTrouble(trouble: KeyTrouble | null): void {
    if (trouble === null) return enter({ phase: 'starting' });
    const { state, error, sinceMs } = trouble;
    const { code, details } = error;
    enter({
      phase: 'key-trouble',
      state: { ...state, params: { ...state.params } },
      error: { code, details: { ...details } },
      sinceMs,
    });
  }

  async function host(): Promise<StartedDaemon> {
    waiting = new AbortController();
    const configuration = { ...settingsInForce({ env }, settings), store: settings };
    const desktop = { onKeyTrouble, signal: waiting.signal };
    return hostNode(context, { configuration }, { log, random, desktop });
  }

  /** The first two of the seven steps come before the key. */
  function prepare(): void {
    const { settings: inForce, ollama } = settingsInForce({ env }, settings);
    preparing = hostPreparation(
      { paths, version, settings: inForce, ollama, env },
      { clock, log, settingsStore: settings },
    ).catch((error: unknown) => {
      log.fault(error, 'preparation-failed');
      return null;
    });
    void preparing.then((ready) => {
      preparation = ready;
      ready?.onChange(emitPhase);
      emitPhase();
    });
  }

  /** Ends it; returns the models that were still on their way. */
  async function endPreparation(): Promise<readonly string[]> {
    const ending = await preparing;
    preparing = Promise.resolve(null);
    preparation = null;
    const underWay = ending?.underWay ?? [];
    await ending?.stop();
    return underWay;
  }

  async function begin(withService: boolean): Promise<void> {
    const underWay = await endPreparation();
    enter({ phase: 'starting' });
    try {
      const hosting = await decideHosting(context, { findService });
      if (hosting.kind === 'service') {
        if (withService) await hosting.service.start();
        // It is attached to as soon as it runs.
        return enter({ phase: 'stopped', sinceMs: clock.now() });
      }
      if (await attach()) return;
      await use(linkToStarted(await host()), { phase: 'hosting' });
      for (const model of underWay)
        void link?.ask('models.pull', { model }).catch(() => log.warn('pull-not-continued', { model }));
    } catch (error) {
      if (isNodeError(error, 'cancelled')) return enter({ phase: 'stopped', sinceMs: clock.now() });
      if (isNodeError(error, 'no-identity')) {
        prepare();
        return enter({ phase: 'no-identity' });
      }
      // Another program was faster.
      if (isNodeError(error, 'other-daemon') && (await attach().catch(() => false))) return;
      if (isNodeError(error, 'passphrase-wrong')) keptPassphrase.forget();
      enter(failed(error));
    } finally {
      waiting = null;
    }
  }

  function start({ withService = false } = {}): Promise<void> {
    resting = false;
    if (link) return Promise.resolve();
    starting ??= begin(withService).finally(() => {
      starting = null;
    });
    return starting;
  }

  async function restart(): Promise<void> {
    const running = link;
    if (running === null) return start();
    if (running.greeting === null) {
      await end(settings.current.timing.drainMs);
      return start();
    }
    const { pid } = running.greeting;
    restarting?.abort();
    restarting = new AbortController();
    const { signal } = restarting;
    const asked = await running.ask('drain', {}).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    if (asked === undefined || signal.aborted) return;
    const limit = new AbortController();
    const tooLong = sleep(clock, asked.limitMs + drainGraceMs, limit.signal).then(() => 'too-long' as const);
    const outcome = await Promise.race([startOnceEnded(running, signal), tooLong]);
    limit.abort();
    if (outcome === 'too-long' && !signal.aborted) throw new NodeError('restart-unfinished', { pid });
  }

  async function startOnceEnded(running: DaemonLink, signal: AbortSignal): Promise<void> {
    await running.ended.catch(() => undefined);
    // A service that was drained stays stopped until it is started.
    if (await waitForEnd(context, Number.POSITIVE_INFINITY, signal)) await start({ withService: true });
  }

  /** Ends a hosted daemon, lets go of an attached one. */
  async function end(limitMs: number): Promise<void> {
    const { ended, close } = link ?? { ended: Promise.resolve(), close: async () => {} };
    await close(limitMs);
    await ended.catch(() => undefined);
  }

  return {
    get phase() {
      return phase;
    },
    get snapshot() {
      return last?.snapshot ?? null;
    },
    get preparation() {
      return preparation?.report() ?? null;
    },
    onPhase: (listener) => void phaseListeners.push(listener),
    onEvent: (listener) => void eventListeners.push(listener),
    present: () => (last === null ? undefined : { event: 'snapshot', ...last }),
    async ask(name, input) {
      if (link !== null) return link.ask(name, input);
      const prepared = preparation?.handlers[name] as ((input: unknown) => Promise<never>) | undefined;
      if (prepared === undefined) throw new NodeError('no-daemon', { stateDir: paths.stateDir });
      return prepared(input);
    },
    start,
    restart,
    unlock(passphrase) {
      keptPassphrase.keep(passphrase);
      return start();
    },
    async stop(limitMs) {
      resting = true;
      waiting?.abort();
      restarting?.abort();
      await starting;
      await endPreparation();
      await end(limitMs);
      pollTimer?.cancel();
    },
  };
}
