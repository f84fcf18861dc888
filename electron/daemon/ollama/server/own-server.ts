import { isNodeError } from '../../../../shared/errors.ts';
import type { Logger } from '../../logging/logger.ts';
import { homeDirectory } from '../../system/account.ts';
import type { Clock } from '../../system/clock.ts';
import { processStart } from '../../system/process-start.ts';
import { type ServerSettings, serverEnvironment, settingsMark } from './environment.ts';
import { adoptServer, launchServer, type ServerExit, type ServerProcess } from './process.ts';
import { readServerRecord, removeServerRecord, writeServerRecord } from './record.ts';

/** The one server that is ours at an address, and the record by which it is known again after a crash of ours. */
export interface OwnServer {
  /** `ending`: its process is gone, and what that means is being checked. */
  readonly state: 'none' | 'launching' | 'running' | 'ending';
  readonly process: ServerProcess | null;
  /**
   * Once: adopts the server of an earlier run, if its process still lives. With `replace`, one whose configuration
   * is not the one in force now is stopped instead. Resolves with true where that was so.
   */
  adopt(replace: boolean): Promise<boolean>;
  /** Joins a launch that is under way. @throws NodeError `ollama-start-failed` */
  launch(binary: string): Promise<ServerProcess>;
  /** Stops it; nothing happens where there is none. */
  stop(): Promise<void>;
  /** Leaves it to itself: it goes on, and the next run of ours knows it. */
  letGo(): Promise<void>;
}

/** Whether the server that a run of ours started last still lives. Never throws. */
export async function recordedServerRuns(recordFile: string): Promise<boolean> {
  const record = await readServerRecord(recordFile);
  return record !== null && (await processStart(record.pid).catch(() => null)) === record.start;
}

/** Ends the server that an earlier run of ours started, if its process still lives; never another one. */
export async function stopRecordedServer(recordFile: string, modules: { clock: Clock }): Promise<void> {
  const record = await readServerRecord(recordFile);
  const server = record === null ? null : await adoptServer(record, modules);
  await server?.stop();
}

export interface OwnServerOptions {
  url: string;
  settings: ServerSettings;
  recordFile: string;
  logFile: string;
  env: NodeJS.ProcessEnv;
}

export function createOwnServer(
  options: OwnServerOptions,
  modules: {
    clock: Clock;
    log: Logger;
    launch?: typeof launchServer | undefined;
    /** It ended, whether it was asked to or not. */
    onEnd: (exit: ServerExit) => Promise<void>;
  },
): OwnServer {
  const { url, settings, recordFile, logFile, env } = options;
  const { clock, log, launch = launchServer, onEnd } = modules;
  let process: ServerProcess | null = null;
  let launching: Promise<ServerProcess> | null = null;
  let adopted: Promise<boolean> | null = null;
  let ending = false;
  /** A server of ours at another address, from an earlier run; there is only one record, so only one can stay ours. */
  let elsewhere: ServerProcess | null = null;

  function takeOn(taken: ServerProcess): void {
    process = taken;
    void taken.ended.then(async (exit) => {
      if (process !== taken) return;
      process = null;
      ending = true;
      await removeServerRecord(recordFile);
      await onEnd(exit);
      ending = false;
    });
  }

  async function findEarlier(replace: boolean): Promise<boolean> {
    const record = await readServerRecord(recordFile);
    if (record === null) return false;
    const { pid } = record;
    const found = await adoptServer(record, { clock });
    if (found === null) {
      log.info('ollama-record-stale', { pid });
      await removeServerRecord(recordFile);
    } else if (replace && (record.url !== url || record.settings !== settingsMark(settings))) {
      log.info('ollama-server-replaced', { pid });
      await found.stop();
      await removeServerRecord(recordFile);
      return true;
    } else if (record.url === url) {
      log.info('ollama-server-adopted', { pid });
      takeOn(found);
    } else {
      found.letGo();
      elsewhere = found;
    }
    return false;
  }

  async function launchNow(binary: string): Promise<ServerProcess> {
    await elsewhere?.stop();
    elsewhere = null;
    const started = await launch(
      { binary, env: serverEnvironment(settings, { env, homeDir: homeDirectory() }), logFile },
      { clock },
    );
    takeOn(started);
    const { pid, start } = started;
    log.info('ollama-server-started', { pid, url });
    const record = { pid, start, url, binary, settings: settingsMark(settings), startedAtMs: clock.now() };
    // Without it the server goes on anyway; after a crash of ours it would count as the user's.
    await writeServerRecord(recordFile, record).catch((error: unknown) =>
      log.warn('ollama-record-not-written', { reason: isNodeError(error) ? error.code : String(error) }),
    );
    if (process !== started) await removeServerRecord(recordFile);
    return started;
  }

  /** What runs, a launch that is under way included. */
  async function settled(): Promise<ServerProcess | null> {
    return process ?? (await launching?.catch(() => null)) ?? null;
  }

  return {
    get state() {
      return process ? 'running' : launching ? 'launching' : ending ? 'ending' : 'none';
    },
    get process() {
      return process;
    },
    adopt(replace) {
      adopted ??= findEarlier(replace);
      return adopted;
    },
    launch(binary) {
      launching ??= launchNow(binary).finally(() => {
        launching = null;
      });
      return launching;
    },
    async stop() {
      await adopted;
      await (await settled())?.stop();
      await removeServerRecord(recordFile);
    },
    async letGo() {
      await adopted;
      (await settled())?.letGo();
    },
  };
}
