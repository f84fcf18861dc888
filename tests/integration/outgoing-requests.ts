import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { Clock } from '../../electron/daemon/clock.ts';

export interface OutgoingRequest {
  method: string;
  host: string;
  path: string;
  /** Waking time of the daemon's clock, ms. */
  atMs: number;
}

/** Every HTTP request that leaves this process, at the daemon's own time, answered or not. */
export interface OutgoingRequests {
  readonly all: readonly OutgoingRequest[];
  /** Times of the requests whose path begins so, from `sinceMs` on. */
  times(path: string, sinceMs?: number): number[];
  stop(): void;
}

export function recordOutgoingRequests(clock: Clock): OutgoingRequests {
  const all: OutgoingRequest[] = [];
  const note = (message: unknown) => {
    const { request } = message as { request: ClientRequest };
    const { method, path } = request;
    all.push({ method, host: String(request.getHeader('host')), path, atMs: clock.monotonicMs() });
  };
  subscribe('http.client.request.created', note);
  return {
    all,
    times: (path, sinceMs = 0) =>
      all.filter((sent) => sent.path.startsWith(path) && sent.atMs >= sinceMs).map(({ atMs }) => atMs),
    stop: () => void unsubscribe('http.client.request.created', note),
  };
}
