import type { OllamaCondition } from '../../../../shared/contract/ollama.ts';
import { isNodeError, NodeError } from '../../../../shared/errors.ts';
import type { Logger } from '../../logging/logger.ts';
import { homeDirectory } from '../../system/account.ts';
import { type Clock, sleep, type Timer } from '../../system/clock.ts';
import { listenAddress } from '../api/address.ts';
import type { OllamaWatch } from '../watch.ts';
import { ollamaInstalled } from './binary.ts';
import { judgeCondition } from './condition.ts';
import { rotateServerLog } from './log.ts';
import { createOwnServer } from './own-server.ts';
import type { launchServer, ServerExit, ServerProcess } from './process.ts';
import { createRestartPlan } from './restart-plan.ts';
import { ollamaServiceEnabled } from './system-service.ts';

export interface SupervisorStatus {
  condition: OllamaCondition;
  /** A code of `describeReason`, or what Ollama itself said; null where the condition says it all. */
  reason: string | null;
  /** Since when the condition applies, Unix ms. */
  sinceMs: number;
  /** Whose server runs; null: none. */
  server: 'ours' | 'users' | 'remote' | null;
  /** The program on this machine; null: none. */
  binary: string | null;
  /** Of our server. */
  pid: number | null;
  restart: { attempt: number; atMs: number } | null;
}

/**
 * Keeps an Ollama running where one is installed and none answers. A server that answers before ours is started is
 * the user's: it is never stopped, restarted or reconfigured. One of ours is known again after a crash of ours, by
 * its process id and start time.
 */
export interface OllamaSupervisor {
  readonly status: Readonly<SupervisorStatus>;
  /** Begins watching; starts the server where that is allowed and needed. */
  start(): void;
  /** Checks once, without starting or ending anything. Never rejects. */
  refresh(): Promise<void>;
  /**
   * A person asks for a server: also where it is not kept running by itself, was stopped, or crashed too often.
   * Resolves when one answers, whosever it is.
   *
   * @throws NodeError `ollama-elsewhere`, `ollama-missing`, `ollama-answer-invalid` (something else answers there),
   *   `ollama-start-failed`
   */
  startServer(): Promise<void>;
  /**
   * Stops the server that we started; it stays so until a person starts it or the node is restarted. Where none runs,
   * that stays so.
   *
   * @throws NodeError `ollama-not-ours`
   */
  stopServer(): Promise<void>;
  onChange(listener: () => void): () => void;
  /** Ends the supervision and, unless `keepServer`, our server: with SIGTERM, after 5 s with SIGKILL. */
  stop(): Promise<void>;
}

export interface SupervisorOptions {
  url: string;
  remote: boolean;
  /** Start and restart it without being asked. */
  manage: boolean;
  recordFile: string;
  logFile: string;
  modelsDir: string | null;
  visibleDevices: Record<string, string>;
  contextLength: number | null;
  parallel: number | null;
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  /** Our server outlives `stop`. */
  keepServer?: boolean;
}

/** How long a server may take until it answers: it looks for GPUs first, and a hung driver takes its time. */
const startLimitMs = 120_000;
/** How long a server of ours may be silent after it has answered before it is started anew. */
const silenceLimitMs = 120_000;
/** A user's server that went away is given time to come back: it may just be updated. */
const usersReturnMs = 15_000;
const startPollMs = 500;
const idlePollMs = 5000;
const runningPollMs = 60_000;

export function createOllamaSupervisor(
  options: SupervisorOptions,
  modules: {
    watch: OllamaWatch;
    clock: Clock;
    log: Logger;
    launch?: typeof launchServer;
    findBinary?: () => Promise<string | null>;
    ownService?: () => Promise<boolean>;
  },
): OllamaSupervisor {
  const { url, remote, env, platform, logFile } = options;
  const { watch, clock, log } = modules;
  const { findBinary = () => ollamaInstalled({ env: { HOME: homeDirectory(), ...env }, platform }) } =
    modules;
  const { ownService = () => ollamaServiceEnabled({ platform }) } = modules;
  const listen = listenAddress({ url, remote });
  const plan = createRestartPlan({ clock });
  const own = createOwnServer(
    { ...options, settings: { ...options, listen: listen ?? '' } },
    { clock, log, launch: modules.launch, onEnd: afterEnd },
  );
  const listeners = new Set<() => void>();
  const stopping = new AbortController();

  let active = false;
  /** Our server has answered since it was started. */
  let answered = false;
  /** Since when our server says nothing, `monotonicMs`; null while it answers. */
  let silentSinceMs: number | null = null;
  /** It was ended because it was silent for too long. */
  let endedSilent = false;
  /** Since when a server of the user is gone, `monotonicMs`; Infinity while it is here, null when none was. */
  let usersGoneMs: number | null = null;
  let stoppedByUser = false;
  let isService = false;
  let addressTaken = false;
  let lastEnd: string | null = null;
  let binary: string | null = null;
  let tick: Timer | null = null;
  let stepping: Promise<void> | null = null;
  let stepAgain = false;
  let status: SupervisorStatus = {
    condition: 'unknown',
    reason: null,
    sinceMs: clock.now(),
    server: null,
    binary: null,
    pid: null,
    restart: null,
  };

  function publish(): void {
    const ours =
      own.state === 'running'
        ? answered
          ? 'has-answered'
          : 'silent'
        : own.state === 'launching'
          ? 'launching'
          : 'none';
    const facts = {
      remote,
      binary,
      ours,
      addressTaken,
      stoppedByUser,
      lastEnd,
      ownService: isService,
    } as const;
    const judged = judgeCondition(watch.current(), { ...facts, crashing: plan.crashing });
    const before = status;
    status = {
      ...judged,
      sinceMs: judged.condition === before.condition ? before.sinceMs : clock.now(),
      binary,
      pid: own.process?.pid ?? null,
      restart: plan.next,
    };
    if (status.condition !== before.condition) {
      log.info('ollama-condition', {
        condition: status.condition,
        reason: status.reason,
        server: status.server,
      });
    }
    if (JSON.stringify(before) !== JSON.stringify(status)) for (const listener of [...listeners]) listener();
  }

  async function launch(program: string): Promise<ServerProcess> {
    plan.cancel();
    answered = false;
    silentSinceMs = null;
    const launching = own.launch(program);
    publish();
    try {
      return await launching;
    } catch (error) {
      lastEnd = isNodeError(error, 'ollama-start-failed') ? error.details.reason : String(error);
      log.warn('ollama-server-failed', { reason: lastEnd });
      if (active && !stoppedByUser) plan.afterCrash(reconsider);
      throw error;
    }
  }

  async function afterEnd(exit: ServerExit): Promise<void> {
    // It ended in good order after it had answered: somebody asked it to, and may be about to start another.
    const asked = exit.code === 0 && answered && !endedSilent;
    const reason = endedSilent ? 'not-answering' : asked ? 'ended-from-outside' : endedBecause(exit);
    log.warn('ollama-server-ended', { code: exit.code, signal: exit.signal, reason, upMs: plan.upFor() });
    endedSilent = false;
    answered = false;
    silentSinceMs = null;
    if (stopping.signal.aborted) return;
    // A check that was under way may still have met the server that is gone; the one after it has not.
    await watch.refresh();
    const { state } = await watch.refresh();
    // Somebody else's server was faster; this one is nobody's crash.
    if (state === 'running') itAnswers();
    else if (!stoppedByUser) {
      addressTaken = exit.addressInUse;
      lastEnd = addressTaken ? null : reason;
      if (asked) usersGoneMs = clock.monotonicMs();
      else if (active && addressTaken) plan.afterConflict(reconsider);
      else if (active) plan.afterCrash(reconsider);
    }
    publish();
  }

  /** Does what is to be done now, one thing after the other. */
  function reconsider(): void {
    stepAgain = true;
    stepping ??= (async () => {
      while (stepAgain && !stopping.signal.aborted) {
        stepAgain = false;
        await step();
      }
    })().finally(() => {
      stepping = null;
      schedule();
    });
  }

  /** Whose server answers is known only once it is clear what an earlier run has left. */
  let begun: Promise<void> | null = null;
  async function begin(): Promise<void> {
    const replaced = await own.adopt(true);
    // What was seen may have been the one that has just been stopped; see afterEnd.
    if (replaced) await watch.refresh().then(() => watch.refresh());
  }

  async function step(): Promise<void> {
    begun ??= begin();
    await begun;
    binary = await findBinary();
    isService = await ownService();
    const { state } = watch.current();
    const nowMs = clock.monotonicMs();
    if (state === 'running') itAnswers();
    else {
      if (usersGoneMs === Number.POSITIVE_INFINITY) usersGoneMs = nowMs;
      if (own.state === 'running') await endWhenSilent(nowMs);
      else if (binary !== null && mayStart(state, nowMs)) await launch(binary).catch(() => undefined);
    }
    // What became of a server that has just ended is reported once it is known.
    if (own.state !== 'ending') publish();
  }

  function itAnswers(): void {
    addressTaken = false;
    silentSinceMs = null;
    plan.cancel();
    if (own.state !== 'running') usersGoneMs = Number.POSITIVE_INFINITY;
    else if (!answered) {
      answered = true;
      lastEnd = null;
      plan.answers();
    }
  }

  async function endWhenSilent(nowMs: number): Promise<void> {
    silentSinceMs ??= nowMs;
    const silentMs = nowMs - silentSinceMs;
    if (silentMs < (answered ? silenceLimitMs : startLimitMs)) return;
    log.warn('ollama-server-silent', { silentMs });
    endedSilent = true;
    await own.process?.stop();
  }

  function mayStart(state: string, nowMs: number): boolean {
    if (!active || !options.manage || stoppedByUser || listen === null) return false;
    if (state !== 'unreachable' || own.state !== 'none' || plan.next !== null) return false;
    if (isService && lastEnd === null) return false;
    if (usersGoneMs !== null && nowMs - usersGoneMs < usersReturnMs) return false;
    usersGoneMs = null;
    return true;
  }

  function schedule(): void {
    tick?.cancel();
    if (!active || stopping.signal.aborted) return;
    const running = watch.current().state === 'running';
    const starting = own.state === 'running' && !answered;
    tick = clock.after(running ? runningPollMs : starting ? startPollMs : idlePollMs, () => {
      if (own.state === 'running') rotateServerLog(logFile);
      if (starting) void watch.refresh().then(reconsider);
      else reconsider();
    });
  }

  async function refresh(): Promise<void> {
    await own.adopt(false);
    const { state } = await watch.refresh();
    binary = await findBinary();
    isService = await ownService();
    if (state === 'running') itAnswers();
    publish();
  }

  /** Waits until a server that was just started answers. */
  async function answerOf(started: ServerProcess): Promise<void> {
    let exit: ServerExit | null = null;
    void started.ended.then((how) => {
      exit = how;
    });
    const failed = (reason: string) => new NodeError('ollama-start-failed', { reason, logFile });
    const giveUpMs = clock.monotonicMs() + startLimitMs;
    while (!stopping.signal.aborted) {
      const ended: ServerExit | null = exit;
      const { state } = await watch.refresh();
      if (state === 'running') return refresh();
      if (ended !== null) throw failed(endedBecause(ended));
      if (clock.monotonicMs() >= giveUpMs) throw failed('not-answering');
      await sleep(clock, startPollMs / 2, stopping.signal);
    }
    throw new NodeError('cancelled', { reason: 'aborted' });
  }

  const unsubscribe = watch.onChange(() => {
    if (active) reconsider();
  });

  return {
    get status() {
      return status;
    },
    start() {
      if (active) return;
      active = true;
      reconsider();
    },
    refresh,
    async startServer() {
      if (listen === null) throw new NodeError('ollama-elsewhere', { url });
      stoppedByUser = false;
      lastEnd = null;
      plan.reset();
      await refresh();
      const { state, reason } = watch.current();
      if (state === 'running') return;
      if (state === 'failing' && own.state !== 'running') {
        throw new NodeError('ollama-answer-invalid', { url, reason: reason ?? 'no answer' });
      }
      if (binary === null) throw new NodeError('ollama-missing', { url });
      await answerOf(own.process ?? (await launch(binary)));
    },
    async stopServer() {
      await refresh();
      if (own.state !== 'running' && watch.current().state === 'running') {
        throw new NodeError('ollama-not-ours', { url });
      }
      stoppedByUser = true;
      lastEnd = null;
      addressTaken = false;
      plan.reset();
      await own.stop();
      await refresh();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      stopping.abort('stopping');
      unsubscribe();
      tick?.cancel();
      plan.cancel();
      await stepping;
      await (options.keepServer ? own.letGo() : own.stop());
      listeners.clear();
    },
  };
}

function endedBecause({ code, signal, lastOutput }: ServerExit): string {
  if (lastOutput !== null) return lastOutput;
  if (signal !== null) return `ended by ${signal}`;
  return code === null ? 'it ended' : `exit code ${code}`;
}
