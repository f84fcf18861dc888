import { EventEmitter } from 'node:events';
import { rename } from 'node:fs/promises';
import type { RequestOptions } from 'node:http';
import { Readable } from 'node:stream';
import { NodeError } from '../../../shared/errors.ts';
import type { HttpClient, HttpStream } from '../../daemon/http/client.ts';
import { discardDownload, download } from '../../daemon/ollama/install/download.ts';
import type { Clock } from '../../daemon/system/clock.ts';
import { digestOf } from './digest.ts';

const mostBytes = 1024 ** 3;

export interface ExecutorOptions {
  /** Without a byte for so long, the connection is made again, or given up. */
  silentMs: number;
  tries: number;
}

/**
 * What electron-updater asks the network with: our client, which stays at its origin, knows the proxy, and lets nothing
 * hang. Electron's own would follow a redirect anywhere and wait for ever.
 */
export function createExecutor(
  options: ExecutorOptions,
  modules: {
    http: HttpClient;
    clock: Clock;
    signal: AbortSignal;
    /** How large the file there is; null: not one of the release. */
    sizeOf: (url: string) => number | null;
    onProgress: (completedBytes: number, totalBytes: number | null) => void;
  },
) {
  const { silentMs, tries } = options;
  const { http, clock, signal, sizeOf, onProgress } = modules;
  return {
    async download(url: URL, destination: string, { sha512 }: { sha512?: string | null }): Promise<string> {
      const file = `${destination}.part`;
      await download(
        { url: url.href, file, sizeBytes: sizeOf(url.href), silentMs, tries },
        { http, clock, signal, onProgress },
      );
      const found = await digestOf(file, 'sha512', 'base64');
      if (sha512 && found !== sha512) {
        // What is wrong is not gone on with.
        await discardDownload(file);
        throw new NodeError('download-mismatch', { url: url.href, expected: sha512, found });
      }
      await rename(file, destination);
      await discardDownload(file);
      return destination;
    },

    /** For pieces of a file: what electron-updater takes for a request of Node. */
    createRequest(request: RequestOptions, onResponse: (response: Readable) => void) {
      const url = urlOf(request);
      const range = (request.headers as Record<string, string> | undefined)?.range;
      const aborted = new AbortController();
      const events = new EventEmitter();
      const send = async () => {
        const timer = { current: clock.after(silentMs, () => aborted.abort()) };
        try {
          const stream = await http.stream({
            ...{ method: 'GET', url, timeoutMs: silentMs, maxBodyBytes: mostBytes },
            headers: range === undefined ? {} : { range },
            signal: AbortSignal.any([signal, aborted.signal]),
          });
          if (stream.status !== (range === undefined ? 200 : 206)) {
            stream.close();
            throw new Error(`the answer has status ${stream.status}`);
          }
          const again = () => {
            timer.current.cancel();
            timer.current = clock.after(silentMs, () => aborted.abort());
          };
          const response = Readable.from(watched(stream, again), { objectMode: false });
          response.once('close', () => timer.current.cancel());
          onResponse(Object.assign(response, { statusCode: stream.status, headers: stream.headers }));
        } catch (error) {
          timer.current.cancel();
          events.emit('error', error);
        }
      };
      return Object.assign(events, { end: () => void send(), abort: () => aborted.abort() });
    },

    addErrorAndTimeoutHandlers(request: EventEmitter, reject: (error: Error) => void): void {
      request.on('error', reject);
    },
  };
}

async function* watched(stream: HttpStream, onPiece: () => void): AsyncGenerator<Uint8Array> {
  for await (const piece of stream.chunks) {
    onPiece();
    yield piece;
  }
}

function urlOf({ protocol = 'https:', hostname, port, path = '/' }: RequestOptions): string {
  return `${protocol}//${hostname}${port ? `:${port}` : ''}${path}`;
}
