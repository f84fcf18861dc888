import type { Logger } from '../../logging/logger.ts';
import { homeDirectory } from '../../system/account.ts';
import type { Clock } from '../../system/clock.ts';
import { listenAddress } from '../api/address.ts';
import type { OllamaWatch } from '../models/watch.ts';
import { ollamaInstalled } from './binary.ts';
import { createLaunches } from './launches.ts';
import { rotateServerLog } from './log.ts';
import { createOwnServer } from './own-server.ts';
import { createPollLoop, type NextPoll } from './poll-loop.ts';
import type { launchServer } from './process.ts';
import { createRestartPlan } from './restart-plan.ts';
import { createServerKnowledge } from './server-knowledge.ts';
import { createServerRequests, type ServerRequests } from './server-requests.ts';
import { createStatusEmitter, type SupervisorStatus } from './supervisor-status.ts';
import { ollamaServiceEnabled } from './system-service.ts';

/**
 * Keeps an Ollama running where one is installed and none answers. A server that answers before ours is started is
 * the user's: it is never stopped, restarted or reconfigured. One of ours is known again after a crash of ours, by
 * its process id and start time.
 */
export interface OllamaSupervisor extends ServerRequests {
  readonly status: Readonly<SupervisorStatus>;
  /** Begins watching; starts the server where that is allowed and needed. */
  start(): void;
  /** Checks once, without starting or ending anything. Never rejects. */
  refresh(): Promise<void>;
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
    { clock, log, launch: modules.launch, onEnd: (exit) => launches.ended(exit) },
  );
  const knowledge = createServerKnowledge({ own, plan, clock });
  const status = createStatusEmitter({ remote }, { watch, own, plan, knowledge, clock, log });
  const { publish } = status;
  const stopping = new AbortController();

  let active = false;
  const loop = createPollLoop({ step, nextPoll }, { clock, signal: stopping.signal });
  const reconsider = () => loop.step();
  const launches = createLaunches({
    ...{ watch, own, knowledge, plan, publish, log, signal: stopping.signal },
    isActive: () => active,
    onRestart: reconsider,
  });
  const requests = createServerRequests(
    { url, logFile, here: listen !== null },
    { watch, own, knowledge, refresh, launch: launches.launch, clock, signal: stopping.signal },
  );

  /** Whose server answers is known only once it is clear what an earlier run has left. */
  let begun: Promise<void> | null = null;
  async function begin(): Promise<void> {
    const replaced = await own.adopt(true);
    // What was seen may have been the one that has just been stopped; see `ended` in launches.ts.
    if (replaced) await watch.refresh().then(() => watch.refresh());
  }

  async function step(): Promise<void> {
    begun ??= begin();
    await begun;
    await findProgram();
    const { state } = watch.current();
    if (state === 'running') knowledge.answers();
    else {
      knowledge.missed();
      const { binary } = knowledge;
      if (own.state === 'running') await endWhenSilent();
      else if (binary !== null && maySupervise() && knowledge.mayStart(state))
        await launches.launch(binary).catch(() => undefined);
    }
    // What became of a server that has just ended is reported once it is known.
    if (own.state !== 'ending') publish();
  }

  async function findProgram(): Promise<void> {
    knowledge.installed({ binary: await findBinary(), ownService: await ownService() });
  }

  /** Whether it is for us to start one without being asked. */
  function maySupervise(): boolean {
    return active && options.manage && listen !== null;
  }

  async function endWhenSilent(): Promise<void> {
    const silentMs = knowledge.silentTooLong();
    if (silentMs === null) return;
    log.warn('ollama-server-silent', { silentMs });
    await own.process?.stop();
  }

  function nextPoll(): NextPoll | null {
    if (!active) return null;
    const starting = own.state === 'running' && !knowledge.answered;
    const running = watch.current().state === 'running';
    return {
      afterMs: running ? runningPollMs : starting ? startPollMs : idlePollMs,
      async before() {
        if (own.state === 'running') rotateServerLog(logFile);
        if (starting) await watch.refresh();
      },
    };
  }

  async function refresh(): Promise<void> {
    await own.adopt(false);
    const { state } = await watch.refresh();
    await findProgram();
    if (state === 'running') knowledge.answers();
    publish();
  }

  const unsubscribe = watch.onChange(() => {
    if (active) reconsider();
  });

  return {
    get status() {
      return status.status;
    },
    start() {
      if (active) return;
      active = true;
      reconsider();
    },
    refresh,
    startServer: () => requests.startServer(),
    stopServer: () => requests.stopServer(),
    onChange: status.onChange,
    async stop() {
      stopping.abort('stopping');
      unsubscribe();
      plan.cancel();
      await loop.stop();
      await (options.keepServer ? own.letGo() : own.stop());
      status.stop();
    },
  };
}
