import { isNodeError } from '../../../../shared/errors.ts';
import { said } from '../../../../shared/reasons/reason-text.ts';
import type { Logger } from '../../logging/logger.ts';
import type { OllamaWatch } from '../models/watch.ts';
import type { OwnServer } from './own-server.ts';
import type { ServerExit, ServerProcess } from './process.ts';
import type { RestartPlan } from './restart-plan.ts';
import type { ServerKnowledge } from './server-knowledge.ts';

/** How a server of ours begins and what follows its end: why it ended is told, and the next try is planned. */
export interface Launches {
  /** @throws NodeError `ollama-start-failed`; the next try is planned by then */
  launch(binary: string): Promise<ServerProcess>;
  /** One has ended, whether it was told to or not. */
  ended(exit: ServerExit): Promise<void>;
}

export function createLaunches(modules: {
  watch: OllamaWatch;
  own: OwnServer;
  knowledge: ServerKnowledge;
  plan: RestartPlan;
  /** Servers are restarted without being asked. */
  isActive: () => boolean;
  /** It is time for the next try. */
  onRestart: () => void;
  publish: () => void;
  log: Logger;
  signal: AbortSignal;
}): Launches {
  const { watch, own, knowledge, plan, isActive, onRestart, publish, log, signal } = modules;
  return {
    async launch(binary) {
      knowledge.launching();
      const launching = own.launch(binary);
      publish();
      try {
        return await launching;
      } catch (error) {
        const reason = isNodeError(error, 'ollama-start-failed') ? error.details.reason : said(String(error));
        knowledge.launchFailed(reason);
        log.warn('ollama-server-failed', { reason });
        if (isActive() && !knowledge.stoppedByUser) plan.afterCrash(onRestart);
        throw error;
      }
    },
    async ended(exit) {
      const { code, signal: killedBy } = exit;
      const end = knowledge.ended(exit);
      const upMs = plan.upFor();
      if (exit.asked) log.info('ollama-server-stopped', { upMs });
      else log.warn('ollama-server-ended', { code, signal: killedBy, reason: end.reason, upMs });
      if (signal.aborted) return;
      // A check that was under way may still have met the server that is gone; the one after it has not.
      await watch.refresh();
      const { state } = await watch.refresh();
      // Somebody else's server was faster; this one is nobody's crash.
      if (state === 'running') knowledge.answers();
      else {
        const follows = knowledge.stillGone(exit, end);
        if (isActive() && follows === 'conflict') plan.afterConflict(onRestart);
        if (isActive() && follows === 'crash') plan.afterCrash(onRestart);
      }
      publish();
    },
  };
}
