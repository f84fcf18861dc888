import { NodeError } from '../../../../shared/errors.ts';
import type { Reason } from '../../../../shared/reasons/reason-text.ts';
import { type Clock, sleep } from '../../system/clock.ts';
import type { OllamaWatch } from '../models/watch.ts';
import type { OwnServer } from './own-server.ts';
import type { ServerExit, ServerProcess } from './process.ts';
import { endedBecause, type ServerKnowledge, startLimitMs } from './server-knowledge.ts';

/** A person starts or stops the server; what nobody asks for is the supervision's. */
export interface ServerRequests {
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
}

/** How often it is asked whether a server that was just started answers. */
const askMs = 250;

export function createServerRequests(
  { url, here, logFile }: { url: string; here: boolean; logFile: string },
  modules: {
    watch: OllamaWatch;
    own: OwnServer;
    knowledge: ServerKnowledge;
    refresh: () => Promise<void>;
    launch: (binary: string) => Promise<ServerProcess>;
    clock: Clock;
    signal: AbortSignal;
  },
): ServerRequests {
  const { watch, own, knowledge, refresh, launch, clock, signal } = modules;

  /** Waits until a server that was just started answers. */
  async function answerOf(started: ServerProcess): Promise<void> {
    let exit: ServerExit | null = null;
    void started.ended.then((how) => {
      exit = how;
    });
    const failed = (reason: Reason) => new NodeError('ollama-start-failed', { reason, logFile });
    const giveUpMs = clock.monotonicMs() + startLimitMs;
    while (!signal.aborted) {
      const ended: ServerExit | null = exit;
      const { state } = await watch.refresh();
      if (state === 'running') return refresh();
      if (ended !== null) throw failed(endedBecause(ended));
      if (clock.monotonicMs() >= giveUpMs) throw failed('not-answering');
      await sleep(clock, askMs, signal);
    }
    throw new NodeError('cancelled', { reason: 'aborted' });
  }

  return {
    async startServer() {
      if (!here) throw new NodeError('ollama-elsewhere', { url });
      knowledge.personAsks('server');
      await refresh();
      const { state, reason } = watch.current();
      if (state === 'running') return;
      if (state === 'failing' && own.state !== 'running') {
        throw new NodeError('ollama-answer-invalid', { url, reason: reason ?? 'no-answer' });
      }
      const { binary } = knowledge;
      if (binary === null) throw new NodeError('ollama-missing', { url });
      await answerOf(own.process ?? (await launch(binary)));
    },
    async stopServer() {
      await refresh();
      if (own.state !== 'running' && watch.current().state === 'running') {
        throw new NodeError('ollama-not-ours', { url });
      }
      knowledge.personAsks('none');
      await own.stop();
      await refresh();
    },
  };
}
