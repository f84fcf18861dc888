import type { NodePhase } from '../../shared/contract/app.ts';
import type { CommandInput, CommandName, CommandOutput } from '../../shared/contract/commands.ts';
import type { DaemonEvent } from '../../shared/contract/messages.ts';
import type { Preparation } from '../../shared/contract/preparation.ts';
import type { Snapshot } from '../../shared/contract/snapshot.ts';
import { isNodeError, NodeError } from '../../shared/errors.ts';
import type { KeyTrouble } from '../daemon/identity/open-when-possible.ts';
import type { Logger } from '../daemon/logging/logger.ts';
import type { StartedDaemon } from '../daemon/start-daemon.ts';
import type { SettingsStore } from '../daemon/storage/settings.ts';
import type { Timer } from '../daemon/system/clock.ts';
import { createBeforeTheKey } from './before-the-key.ts';
import { settingsInForce } from './configuration.ts';
import type { NodeContext } from './context.ts';
import { linkToStarted } from './daemon-link.ts';
import { createHeldDaemon } from './held-daemon.ts';
import { decideHosting, hostNode, type InstalledService } from './hosting.ts';
import type { KeptPassphrase } from './kept-passphrase.ts';
import { phaseOfFailure, phaseOfKeyTrouble } from './node-phase.ts';
import { createRestartElsewhere } from './restart.ts';
import { waitsForOthers, whatOthersDid } from './waiting-for-others.ts';

/**
 * The daemon behind a host with windows: hosted here, or attached to where one runs already. Knows in which phase
 * that is, and what the daemon last held.
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
  const { paths, env, clock } = context;
  const { settings, keptPassphrase, findService, log, random } = modules;
  const phaseListeners: (() => void)[] = [];
  const held = createHeldDaemon(context, { enter, log });
  const beforeTheKey = createBeforeTheKey(context, { settings, onChange: emitPhase, log });
  // A service that was drained stays stopped until it is started.
  const elsewhere = createRestartElsewhere(context, { start: () => start({ withService: true }) });
  let phase: NodePhase = { phase: 'starting' };
  let starting: Promise<void> | null = null;
  let waiting: AbortController | null = null;
  let pollTimer: Timer | null = null;
  /** Stopped on purpose: nothing starts here by itself before somebody starts it. */
  let resting = false;

  function emitPhase(): void {
    for (const listener of phaseListeners) listener();
  }

  function enter(next: NodePhase): void {
    phase = next;
    log.info('phase', { phase: next.phase });
    emitPhase();
    pollTimer?.cancel();
    if (waitsForOthers(next)) pollTimer = clock.after(pollIntervalMs, poll);
  }

  /** Somebody may have started one on the command line, or ended what this one waits for. */
  async function poll(): Promise<void> {
    if (starting || held.link || resting) return;
    const did = await whatOthersDid(context, phase);
    // It may have been stopped meanwhile.
    if (resting) return;
    if (did === 'may-start') return start();
    if (did === 'ended') return enter({ phase: 'stopped', sinceMs: clock.now() });
    // One that hangs is asked again without a word: it stands as not answering until it answers.
    if (did === 'silent' && (await held.attach().catch(() => false))) return;
    pollTimer = clock.after(pollIntervalMs, poll);
  }

  async function host(): Promise<StartedDaemon> {
    waiting = new AbortController();
    const configuration = { ...settingsInForce({ env }, settings), store: settings };
    const { signal } = waiting;
    const onKeyTrouble = (trouble: KeyTrouble | null) => enter(phaseOfKeyTrouble(trouble));
    return hostNode(context, { configuration }, { log, random, desktop: { onKeyTrouble, signal } });
  }

  async function begin(withService: boolean): Promise<void> {
    const underWay = await beforeTheKey.end();
    enter({ phase: 'starting' });
    try {
      const hosting = await decideHosting(context, { findService });
      if (hosting.kind === 'service') {
        if (withService) await hosting.service.start();
        // It is attached to as soon as it runs.
        return enter({ phase: 'stopped', sinceMs: clock.now() });
      }
      if (await held.attach()) return;
      await held.hold(linkToStarted(await host()), { phase: 'hosting' });
      for (const model of underWay)
        void held.link?.ask('models.pull', { model }).catch(() => log.warn('pull-not-continued', { model }));
    } catch (error) {
      if (isNodeError(error, 'cancelled')) return enter({ phase: 'stopped', sinceMs: clock.now() });
      if (isNodeError(error, 'no-identity')) {
        beforeTheKey.begin();
        return enter({ phase: 'no-identity' });
      }
      // Another program was faster.
      if (isNodeError(error, 'other-daemon') && (await held.attach().catch(() => false))) return;
      if (isNodeError(error, 'passphrase-wrong')) keptPassphrase.forget();
      enter(phaseOfFailure(error, { clock, log }));
    } finally {
      waiting = null;
    }
  }

  function start({ withService = false } = {}): Promise<void> {
    resting = false;
    if (held.link) return Promise.resolve();
    starting ??= begin(withService).finally(() => {
      starting = null;
    });
    return starting;
  }

  async function restart(): Promise<void> {
    const running = held.link;
    if (running === null) return start();
    if (running.greeting === null) {
      await held.release(settings.current.timing.drainMs);
      return start();
    }
    await elsewhere.run(running, running.greeting.pid);
  }

  return {
    get phase() {
      return phase;
    },
    get snapshot() {
      return held.last?.snapshot ?? null;
    },
    get preparation() {
      return beforeTheKey.report;
    },
    onPhase: (listener) => void phaseListeners.push(listener),
    onEvent: held.onEvent,
    present: () => (held.last === null ? undefined : { event: 'snapshot', ...held.last }),
    async ask(name, input) {
      if (held.link !== null) return held.link.ask(name, input);
      const prepared = beforeTheKey.handler(name);
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
      elsewhere.abort();
      await starting;
      await beforeTheKey.end();
      await held.release(limitMs);
      pollTimer?.cancel();
    },
  };
}
