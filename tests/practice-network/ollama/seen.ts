import type { ChangeSignal } from '../change-signal.ts';
import { createChangeSignal } from '../change-signal.ts';

/** One request that reached the stand-in. Times are performance.now() of this process. */
export interface OllamaRequestSeen {
  endpoint: string;
  model: string | null;
  prompt: string | null;
  system: string | null;
  /** The whole parsed JSON body. */
  body: unknown;
  userAgent: string | null;
  receivedAtMs: number;
  endedAtMs: number | null;
  /** `aborted`: the client hung up first. `broken`: a fault cut the answer. */
  outcome: 'running' | 'answered' | 'aborted' | 'broken';
  status: number | null;
  chunksSent: number;
}

/** What the stand-in has seen, for assertions. */
export interface OllamaSeen {
  readonly requests: readonly OllamaRequestSeen[];
  /** Requests to /api/generate with a prompt (a load or unload without one is not a generation). */
  readonly generations: readonly OllamaRequestSeen[];
  readonly generationsInFlight: number;
  /** The most generations that were ever in flight at once, waiting ones included. */
  readonly generationsPeak: number;
  count(endpoint: string): number;
  when: ChangeSignal['when'];
  clear(): void;
}

export interface OllamaRecorder extends OllamaSeen {
  begin(endpoint: string, body: unknown, userAgent: string | null): OllamaRequestSeen;
  chunk(request: OllamaRequestSeen): void;
  end(request: OllamaRequestSeen, outcome: 'answered' | 'aborted' | 'broken', status: number | null): void;
}

export function createOllamaRecorder(): OllamaRecorder {
  const requests: OllamaRequestSeen[] = [];
  const signal = createChangeSignal();
  let peak = 0;
  const isGeneration = (seen: OllamaRequestSeen) => seen.endpoint === '/api/generate' && Boolean(seen.prompt);
  const running = new Set<OllamaRequestSeen>();

  return {
    requests,
    get generations() {
      return requests.filter(isGeneration);
    },
    get generationsInFlight() {
      return running.size;
    },
    get generationsPeak() {
      return peak;
    },
    count: (endpoint) => requests.filter((seen) => seen.endpoint === endpoint).length,
    when: signal.when,
    clear() {
      requests.splice(0, requests.length, ...requests.filter((seen) => seen.endedAtMs === null));
      peak = running.size;
    },
    begin(endpoint, body, userAgent) {
      const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
      const text = (name: string) => (typeof fields[name] === 'string' ? fields[name] : null);
      const seen: OllamaRequestSeen = {
        endpoint,
        model: text('model') ?? text('name'),
        prompt: text('prompt'),
        system: text('system'),
        body,
        userAgent,
        receivedAtMs: performance.now(),
        endedAtMs: null,
        outcome: 'running',
        status: null,
        chunksSent: 0,
      };
      requests.push(seen);
      if (isGeneration(seen)) peak = Math.max(peak, running.add(seen).size);
      signal.notify();
      return seen;
    },
    chunk(seen) {
      seen.chunksSent += 1;
      signal.notify();
    },
    end(seen, outcome, status) {
      if (seen.endedAtMs !== null) return;
      running.delete(seen);
      seen.endedAtMs = performance.now();
      seen.outcome = outcome;
      seen.status = status;
      signal.notify();
    },
  };
}
