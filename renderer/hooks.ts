import { createContext, useCallback, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { onlineForMs } from '../shared/liveness.ts';
import type { Earns } from '../shared/states/row.ts';
import type {
  Answer,
  AppState,
  AskInput,
  AskName,
  AskOutput,
  Failure,
  Preparation,
  Snapshot,
} from './bridge.ts';
import { stepsLeft } from './onboarding-progress.ts';
import type { Store } from './store.ts';

export const StoreContext = createContext<Store | null>(null);

export function useStore(): Store {
  const store = useContext(StoreContext);
  if (!store) throw new Error('a page outside of the app');
  return store;
}

function useView() {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, () => store.view);
}

export function useSnapshot(): Snapshot | null {
  return useView().snapshot;
}

export function useApp(): AppState | null {
  return useView().app;
}

/** What is known of the machine: from the daemon, or from the app while there is no key. */
export function useMachine(): Preparation | null {
  const { app, snapshot } = useView();
  return snapshot ?? app?.preparation ?? null;
}

/** How many steps are left of the set-up; null once the node was online, or while nothing is known of it. */
export function useStepsLeft(): number | null {
  const { app, snapshot } = useView();
  return stepsLeft(app, snapshot, useMachine());
}

interface Ticker {
  listeners: Set<() => void>;
  timer: number;
  nowMs: number;
  tick: () => void;
}

const tickers = new Map<number, Ticker>();

function createTicker(): Ticker {
  const ticker: Ticker = {
    listeners: new Set(),
    timer: 0,
    nowMs: Date.now(),
    tick() {
      // Nobody reads ages in a window that is not seen; when it is seen again they are right at once.
      if (document.hidden) return;
      ticker.nowMs = Date.now();
      for (const each of ticker.listeners) each();
    },
  };
  return ticker;
}

function subscribeTo(everyMs: number, listener: () => void): () => void {
  const ticker = tickers.get(everyMs) ?? createTicker();
  tickers.set(everyMs, ticker);
  if (ticker.listeners.size === 0) {
    ticker.timer = window.setInterval(ticker.tick, everyMs);
    document.addEventListener('visibilitychange', ticker.tick);
  }
  ticker.listeners.add(listener);
  return () => {
    ticker.listeners.delete(listener);
    if (ticker.listeners.size > 0) return;
    clearInterval(ticker.timer);
    document.removeEventListener('visibilitychange', ticker.tick);
    tickers.delete(everyMs);
  };
}

/** The time, Unix ms, again every `everyMs`, for ages that are shown. */
export function useNow(everyMs = 1000): number {
  const [mountedAtMs] = useState(() => Date.now());
  const subscribe = useCallback((listener: () => void) => subscribeTo(everyMs, listener), [everyMs]);
  return useSyncExternalStore(subscribe, () =>
    Math.max(mountedAtMs, tickers.get(everyMs)?.nowMs ?? mountedAtMs),
  );
}

export function isFresh(lastAcceptedAtMs: number, nowMs: number): boolean {
  return nowMs - lastAcceptedAtMs <= onlineForMs;
}

/**
 * When the last accepted heartbeat was, where it is too old for what a state claims: figures stop when the node
 * does not answer any more, and a state that earns would stand on. Null while the claim may be made.
 */
export function useStaleSince(earns: Earns, nowMs: number): number | null {
  const atMs = useSnapshot()?.heartbeat.lastAcceptedAtMs ?? null;
  return earns !== 'yes' || atMs === null || isFresh(atMs, nowMs) ? null : atMs;
}

export interface Action {
  pending: boolean;
  failure: Failure | null;
  /** Asks the host; resolves to the answer, and keeps a refusal until the next try. */
  run<N extends AskName>(name: N, input: AskInput<N>): Promise<Answer<AskOutput<N>>>;
  forget(): void;
}

/** Asking for something on behalf of the person: pending meanwhile, and the refusal as text after it. */
export function useAction(): Action {
  const { ask } = useStore();
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  return {
    pending,
    failure,
    forget: () => setFailure(null),
    async run(name, input) {
      setPending(true);
      setFailure(null);
      const answer = await ask(name, input);
      setPending(false);
      if (!answer.ok) setFailure(answer.error);
      return answer;
    },
  };
}

export type Question<T> =
  | { state: 'asking' }
  | { state: 'answered'; output: T; atMs: number }
  | { state: 'refused'; failure: Failure };

/** Asks when the page opens, and again whenever `again` differs. An earlier answer stays until the next one. */
export function useQuestion<N extends AskName>(
  name: N,
  input: AskInput<N>,
  again: string | number = 0,
): Question<AskOutput<N>> {
  const { ask } = useStore();
  const [question, setQuestion] = useState<Question<AskOutput<N>>>({ state: 'asking' });
  const key = JSON.stringify([name, input, again]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for name, input and again.
  useEffect(() => {
    let here = true;
    void ask(name, input).then((answer) => {
      if (!here) return;
      setQuestion(
        answer.ok
          ? { state: 'answered', output: answer.output, atMs: Date.now() }
          : { state: 'refused', failure: answer.error },
      );
    });
    return () => {
      here = false;
    };
  }, [key, ask]);
  return question;
}
