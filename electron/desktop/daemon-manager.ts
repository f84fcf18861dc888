import type { NodePhase } from '../../shared/contract/app.ts';
import { applyEvent, type Reported } from '../../shared/contract/changes.ts';
import type { CommandInput, CommandName, CommandOutput } from '../../shared/contract/commands.ts';
import type { DaemonEvent } from '../../shared/contract/messages.ts';
import type { Preparation } from '../../shared/contract/preparation.ts';
import type { Snapshot } from '../../shared/contract/snapshot.ts';
import { isNodeError, NodeError } from '../../shared/errors.ts';
import { type HostedDaemon, hostDaemon } from '../daemon/host.ts';
import type { KeychainKeyStore } from '../daemon/identity/key-store.ts';
import type { KeyTrouble } from '../daemon/identity/open-when-possible.ts';
import type { Logger } from '../daemon/logging/logger.ts';
import { type HostedPreparation, hostPreparation } from '../daemon/preparation.ts';
import { findDaemon } from '../daemon/storage/lock.ts';
import type { StatePaths } from '../daemon/storage/paths.ts';
import type { SettingsStore } from '../daemon/storage/settings.ts';
import type { Clock, Timer } from '../daemon/system/clock.ts';
import { settingsInForce } from '../node/configuration.ts';
import { type DaemonLink, linkToHosted, linkToRunning } from './daemon-link.ts';

/**
 * The daemon behind the app: hosted here, or attached to where one runs already. Knows in which phase
 * that is, and what the daemon last reported.
 */
export interface NodeHost {
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
  /** Attaches or hosts, whichever is possible; nothing while one of both holds. */
  start(): Promise<void>;
  /** Starts with this passphrase for a key file that is locked; it is kept until the app ends, or found wrong. */
  unlock(passphrase: string): Promise<void>;
  /** The passphrase that a person gave. @throws NodeError `passphrase-needed` */
  askPassphrase(place: string): Promise<string>;
  /** Ends a hosted daemon within `limitMs`, lets go of an attached one. Resolves when it has ended. */
  stop(limitMs: number): Promise<void>;
}

/** While nothing runs here another program may start a daemon. */
const lookIntervalMs = 5000;

export function createNodeHost(
  options: { paths: StatePaths; version: string; env: NodeJS.ProcessEnv },
  modules: {
    settings: SettingsStore;
    keychain: KeychainKeyStore;
    clock: Clock;
    log: Logger;
    random: () => number;
  },
): NodeHost {
  const { paths, version, env } = options;
  const { settings, keychain, clock, log, random } = modules;
  const phaseListeners: (() => void)[] = [];
  const eventListeners: ((event: DaemonEvent) => void)[] = [];
  let phase: NodePhase = { phase: 'starting' };
  let link: DaemonLink | null = null;
  let last: Reported | null = null;
  let starting: Promise<void> | null = null;
  let waiting: AbortController | null = null;
  let preparing: Promise<HostedPreparation | null> = Promise.resolve(null);
  let preparation: HostedPreparation | null = null;
  let lookTimer: Timer | null = null;
  let keyPassphrase: string | null = null;

  async function askPassphrase(place: string): Promise<string> {
    if (keyPassphrase === null) throw new NodeError('passphrase-needed', { place });
    return keyPassphrase;
  }

  function tellPhase(): void {
    for (const listener of phaseListeners) listener();
  }

  function enter(next: NodePhase): void {
    phase = next;
    log.info('phase', { phase: next.phase });
    tellPhase();
    lookTimer?.cancel();
    if (['no-identity', 'stopped', 'failed'].includes(next.phase))
      lookTimer = clock.after(lookIntervalMs, look);
  }

  /** Somebody may have started one on the command line. */
  async function look(): Promise<void> {
    if (starting || link) return;
    const silent = phase.phase === 'failed' && phase.error.code === 'daemon-not-answering';
    // Whoever makes or restores a key, this app or another program, holds the lock meanwhile and opens no socket.
    const runs = ((await findDaemon(paths, { clock }))?.socketPath ?? null) !== null;
    if (silent && !runs) return enter({ phase: 'stopped', sinceMs: clock.now() });
    if (runs && !silent) return start();
    // One that hangs is asked again without a word: it stands as not answering until it answers.
    if (runs && (await attach().catch(() => false))) return;
    lookTimer = clock.after(lookIntervalMs, look);
  }

  function hear(event: DaemonEvent): void {
    last = applyEvent(last, event);
    for (const listener of eventListeners) listener(event);
  }

  async function use(next: DaemonLink, entered: NodePhase): Promise<void> {
    link = next;
    void next.ended.then(
      () => over(next, { phase: 'stopped', sinceMs: clock.now() }),
      (error: unknown) => over(next, failed(error)),
    );
    if (next.compatible) await next.subscribe(hear);
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
    if (!isNodeError(error)) log.error('start-failed', { error: String(error) });
    return { phase: 'failed', error: { code, details: { ...details } }, sinceMs: clock.now() };
  }

  async function attach(): Promise<boolean> {
    const running = await findDaemon(paths, { clock });
    if (running === null) return false;
    const found = await linkToRunning({ paths, running }, { clock });
    const { label = '', sentence = '' } = found.greeting ?? {};
    const { pid, version: theirs } = running;
    await use(found, {
      phase: 'attached',
      pid,
      version: theirs,
      compatible: found.compatible,
      label,
      sentence,
    });
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

  async function host(): Promise<HostedDaemon> {
    waiting = new AbortController();
    const { settings: inForce, ollama } = settingsInForce({ env }, settings);
    return hostDaemon(
      { paths, version, settings: inForce, ollama, nodeId: null, owner: null, env },
      {
        clock,
        log,
        settingsStore: settings,
        random,
        askPassphrase,
        desktop: { keychain, onKeyTrouble, signal: waiting.signal },
      },
    );
  }

  /** The first two of the seven steps come before the key. */
  function prepare(): void {
    const { settings: inForce, ollama } = settingsInForce({ env }, settings);
    preparing = hostPreparation(
      { paths, version, settings: inForce, ollama, env },
      { clock, log, settingsStore: settings },
    ).catch((error: unknown) => {
      log.error('preparation-failed', { error: String(error) });
      return null;
    });
    void preparing.then((ready) => {
      preparation = ready;
      ready?.onChange(tellPhase);
      tellPhase();
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

  async function begin(): Promise<void> {
    const underWay = await endPreparation();
    enter({ phase: 'starting' });
    try {
      if (await attach()) return;
      await use(linkToHosted(await host()), { phase: 'hosting' });
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
      if (isNodeError(error, 'passphrase-wrong')) keyPassphrase = null;
      enter(failed(error));
    } finally {
      waiting = null;
    }
  }

  function start(): Promise<void> {
    if (link) return Promise.resolve();
    starting ??= begin().finally(() => {
      starting = null;
    });
    return starting;
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
    unlock(passphrase) {
      keyPassphrase = passphrase;
      return start();
    },
    askPassphrase,
    async stop(limitMs) {
      waiting?.abort();
      await starting;
      await endPreparation();
      const { ended, close } = link ?? { ended: Promise.resolve(), close: async () => {} };
      await close(limitMs);
      await ended.catch(() => undefined);
      lookTimer?.cancel();
    },
  };
}
