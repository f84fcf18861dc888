import type { Reason } from '../../../shared/reasons/reason-text.ts';
import type { Logger } from '../logging/logger.ts';
import type { OllamaClient } from '../ollama/api/client.ts';
import { generationReason } from '../ollama/api/faults.ts';
import { askOneToken, oneTokenTask } from '../ollama/api/one-token.ts';
import { backoffMs } from '../system/backoff.ts';
import type { Clock, Timer } from '../system/clock.ts';

/** Why no work is taken although Ollama runs. */
export interface Failing {
  /** When the first of the failures came, Unix ms. */
  sinceMs: number;
  /** The model that failed last. */
  model: string;
  reason: Reason;
}

/**
 * Whether generations succeed, told from the last attempts, whatever their model. After three failures in a row no
 * work is taken: one token is asked of the default model at growing waits, and the first success, of this test or of
 * a request under way, ends it. An answered request alone makes the next wait short again, so that a server that
 * passes the test and fails the work is given less and less of it. Where all that failed was one other model, the test
 * shows whose fault it was: that model is set aside, and the rest goes on.
 */
export interface GenerationHealth {
  /** Null while generations may be expected to succeed. */
  readonly failing: Failing | null;
  /** A request was answered. */
  answered(model: string): void;
  /** An attempt failed on Ollama's side. @param aboutModel Ollama ran and reported an error, which may be the model's */
  failed(model: string, reason: Reason, aboutModel: boolean): void;
  onChange(listener: () => void): void;
  stop(): Promise<void>;
}

const failuresInARow = 3;
const firstWaitMs = 5000;
const longestWaitMs = 5 * 60_000;

export function createGenerationHealth(modules: {
  ollama: Pick<OllamaClient, 'generate'>;
  /** The default model; null while there is no point in testing it. */
  testModel: () => string | null;
  /** Ollama answers with others and reports errors for this model alone. */
  setAside: (model: string, reason: 'failing') => void;
  /** Requests are being run: what becomes of them tells as much as a test would. */
  isBusy: () => boolean;
  clock: Clock;
  log: Logger;
}): GenerationHealth {
  const { ollama, testModel, setAside, isBusy, clock, log } = modules;
  const listeners: (() => void)[] = [];
  const stopping = new AbortController();
  let inARow = 0;
  /** Tests since a request was last answered. */
  let tests = 0;
  let firstFailureAtMs = 0;
  /** The one model of all failures in this row, if each may be the model's own; null: there is none such. */
  let suspect: string | null = null;
  let failing: Failing | null = null;
  let timer: Timer | null = null;
  let test: Promise<void> = Promise.resolve();

  const changed = () => {
    for (const listener of listeners) listener();
  };

  function recovered(model: string): void {
    inARow = 0;
    if (failing === null) return;
    log.info('answers-again', { model, afterMs: clock.now() - failing.sinceMs });
    failing = null;
    timer?.cancel();
    changed();
  }

  function testLater(): void {
    timer?.cancel();
    if (stopping.signal.aborted) return;
    const waitMs = backoffMs({ minMs: firstWaitMs, maxMs: longestWaitMs }, tests + 1);
    timer = clock.after(waitMs, () => {
      test = testNow();
    });
  }

  async function testNow(): Promise<void> {
    const model = testModel();
    if (model === null || isBusy()) return testLater();
    tests += 1;
    try {
      await askOneToken(oneTokenTask(model), { ollama, clock, signal: stopping.signal });
      if (stopping.signal.aborted) return;
      if (failing !== null && suspect !== null && suspect !== model) setAside(suspect, 'failing');
      recovered(model);
    } catch (error) {
      if (stopping.signal.aborted || failing === null) return;
      const reason = generationReason(error);
      log.info('answers-test-failed', { model, reason });
      failing = { ...failing, model, reason };
      testLater();
      changed();
    }
  }

  return {
    get failing() {
      return failing;
    },
    answered(model) {
      tests = 0;
      recovered(model);
    },
    failed(model, reason, aboutModel) {
      if (inARow === 0) {
        firstFailureAtMs = clock.now();
        suspect = aboutModel ? model : null;
      } else if (!aboutModel || suspect !== model) suspect = null;
      inARow += 1;
      if (failing !== null) {
        failing = { ...failing, model, reason };
        return;
      }
      if (inARow < failuresInARow) return;
      failing = { sinceMs: firstFailureAtMs, model, reason };
      log.warn('answers-failing', { model, reason, count: inARow });
      testLater();
      changed();
    },
    onChange: (listener) => void listeners.push(listener),
    async stop() {
      stopping.abort();
      timer?.cancel();
      await test;
    },
  };
}
