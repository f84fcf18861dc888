import type { OllamaCondition } from '../../../../shared/contract/ollama.ts';
import type { Reason } from '../../../../shared/reasons/reason-text.ts';
import type { Logger } from '../../logging/logger.ts';
import type { Clock } from '../../system/clock.ts';
import type { OllamaWatch } from '../models/watch.ts';
import { judgeCondition } from './condition.ts';
import type { OwnServer } from './own-server.ts';
import type { RestartPlan } from './restart-plan.ts';
import type { ServerKnowledge } from './server-knowledge.ts';

export interface SupervisorStatus {
  condition: OllamaCondition;
  /** What Ollama itself said, or ours; null where the condition says it all. */
  reason: Reason | null;
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

/** The status of the server: judged anew by `publish`, and emitted when it differs. */
export interface StatusEmitter {
  readonly status: Readonly<SupervisorStatus>;
  publish(): void;
  onChange(listener: () => void): () => void;
  stop(): void;
}

export function createStatusEmitter(
  { remote }: { remote: boolean },
  modules: {
    watch: OllamaWatch;
    own: Pick<OwnServer, 'process'>;
    plan: Pick<RestartPlan, 'next'>;
    knowledge: Pick<ServerKnowledge, 'facts'>;
    clock: Clock;
    log: Logger;
  },
): StatusEmitter {
  const { watch, own, plan, knowledge, clock, log } = modules;
  const listeners = new Set<() => void>();
  let status: SupervisorStatus = {
    condition: 'unknown',
    reason: null,
    sinceMs: clock.now(),
    server: null,
    binary: null,
    pid: null,
    restart: null,
  };
  return {
    get status() {
      return status;
    },
    publish() {
      const facts = knowledge.facts();
      const judged = judgeCondition(watch.current(), { ...facts, remote });
      const before = status;
      status = {
        ...judged,
        sinceMs: judged.condition === before.condition ? before.sinceMs : clock.now(),
        binary: facts.binary,
        pid: own.process?.pid ?? null,
        restart: plan.next,
      };
      const { condition, reason, server } = status;
      if (condition !== before.condition) log.info('ollama-condition', { condition, reason, server });
      if (JSON.stringify(before) !== JSON.stringify(status))
        for (const listener of [...listeners]) listener();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: () => listeners.clear(),
  };
}
