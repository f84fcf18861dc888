import { answerText, type Exchange, startServer, untilGone } from '../http-server.ts';

/** What the server of release archives can be told to do wrong. */
export interface ReleaseFaults {
  /** The connection is cut after that many bytes of an answer; so many answers long. */
  cutAfterBytes: number | null;
  /** No further byte after that many of an answer, connection open. */
  stallAfterBytes: number | null;
  /** The two above hit only so many answers; null: until cleared. */
  times: number | null;
  /** Answers every request from the beginning. */
  ignoreRange: boolean;
  status: number | null;
  etag: string;
  /** Sends on to this address instead of answering. */
  redirectTo: string | null;
  /** After the last byte, more bytes. */
  extraBytes: number;
}

const noFaults: ReleaseFaults = {
  cutAfterBytes: null,
  stallAfterBytes: null,
  times: null,
  ignoreRange: false,
  status: null,
  etag: '"one"',
  redirectTo: null,
  extraBytes: 0,
};

/** A server of release archives like that of the real ones: whole or from a byte on, with entity tags. */
export interface ReleaseServer {
  readonly url: string;
  readonly seen: { path: string; range: string | null; ifRange: string | null; status: number }[];
  files: Map<string, Buffer>;
  setFaults(faults: Partial<ReleaseFaults>): void;
  stop(): Promise<void>;
}

const pieceBytes = 64 * 1024;

export async function startReleaseServer(files: Record<string, Buffer>): Promise<ReleaseServer> {
  const seen: ReleaseServer['seen'] = [];
  const stored = new Map(Object.entries(files));
  let faults = noFaults;

  async function handle({ request, response, url, gone }: Exchange): Promise<void> {
    const current = faults;
    const { range = null, 'if-range': ifRange = null } = request.headers as Record<
      string,
      string | undefined
    >;
    const note = (status: number) => seen.push({ path: url.pathname, range, ifRange, status });
    if (current.redirectTo !== null) {
      note(302);
      response.writeHead(302, { location: `${current.redirectTo}${url.pathname}` });
      return void response.end();
    }
    const bytes = stored.get(url.pathname.slice(1));
    if (current.status !== null || bytes === undefined) {
      const status = current.status ?? 404;
      note(status);
      return answerText(response, status, 'no');
    }
    const from = current.ignoreRange || (ifRange !== null && ifRange !== current.etag) ? 0 : startOf(range);
    if (from >= bytes.length) {
      note(416);
      return answerText(response, 416, '', { 'content-range': `bytes */${bytes.length}` });
    }
    const status = from > 0 ? 206 : 200;
    note(status);
    const rest = Buffer.concat([bytes.subarray(from), Buffer.alloc(current.extraBytes)]);
    response.writeHead(status, {
      etag: current.etag,
      'content-length': String(rest.length),
      ...(status === 206 ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}),
    });
    const limit = current.cutAfterBytes ?? current.stallAfterBytes;
    for (let at = 0; at < rest.length && !gone.aborted; at += pieceBytes) {
      const upTo = Math.min(at + pieceBytes, limit ?? rest.length);
      if (upTo > at) await written(response, rest.subarray(at, upTo));
      if (limit === null || at + pieceBytes < limit) continue;
      if (current.times !== null)
        faults = current.times > 1 ? { ...current, times: current.times - 1 } : noFaults;
      if (current.cutAfterBytes !== null) return void response.destroy();
      return untilGone(gone);
    }
    response.end();
  }

  const server = await startServer({}, handle);
  return {
    get url() {
      return server.url;
    },
    seen,
    files: stored,
    setFaults(next) {
      faults = { ...noFaults, ...next };
    },
    stop: () => server.down(),
  };
}

const startOf = (range: string | null) => Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);

/** Once the client has the bytes, as far as this side can tell: what is cut off after them has arrived. */
function written(response: Exchange['response'], bytes: Buffer): Promise<void> {
  return new Promise((resolve) => response.write(bytes, () => resolve()));
}
