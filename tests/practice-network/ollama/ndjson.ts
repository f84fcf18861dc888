import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** Writes newline-delimited JSON with back-pressure; headers go out with the first line. */
export interface NdjsonWriter {
  line(value: unknown): Promise<void>;
  raw(text: string): Promise<void>;
  /** Sends the headers now. */
  start(): void;
  end(): void;
  /** Destroys the connection once everything written has been handed to the network. */
  cut(): Promise<void>;
}

export function createNdjsonWriter(response: ServerResponse): NdjsonWriter {
  function start(): void {
    if (response.headersSent || response.destroyed) return;
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.flushHeaders();
  }

  async function raw(text: string): Promise<void> {
    start();
    if (response.destroyed || response.write(text)) return;
    const closed = new AbortController();
    const stop = () => closed.abort();
    response.once('close', stop);
    await once(response, 'drain', { signal: closed.signal }).catch(() => undefined);
    response.off('close', stop);
  }

  return {
    start,
    raw,
    line: (value) => raw(`${JSON.stringify(value)}\n`),
    end: () => {
      if (!response.destroyed) response.end();
    },
    async cut() {
      start();
      await new Promise<void>((resolve) => {
        if (response.destroyed) return resolve();
        response.write('', () => resolve());
        response.once('close', () => resolve());
      });
      response.destroy();
    },
  };
}
