import { open, rm, stat } from 'node:fs/promises';
import * as z from 'zod';
import { isNodeError, NodeError } from '../../../../shared/errors.ts';
import type { Reason } from '../../../../shared/reasons/reason-text.ts';
import { checkedUrl, printableUrl } from '../../http/address.ts';
import type { HttpClient, HttpStream } from '../../http/client.ts';
import { fileError, readSmallFile, writeFileAtomic } from '../../storage/atomic-file.ts';
import { backoffMs } from '../../system/backoff.ts';
import { type Clock, sleep } from '../../system/clock.ts';

export interface DownloadOptions {
  url: string;
  /** Filled piece by piece; what is there from an earlier try is gone on with. */
  file: string;
  /** What it must be in the end; null: not known. */
  sizeBytes: number | null;
  /** Without a new byte for so long, the connection is made again. */
  silentMs?: number;
  /** How often in a row, without a mebibyte of progress in between. */
  tries?: number;
}

export interface DownloadModules {
  /** One that follows redirects to other hosts, over https only. */
  http: HttpClient;
  clock: Clock;
  signal: AbortSignal;
  onProgress: (completedBytes: number, totalBytes: number | null) => void;
}

/** Nothing that is installed here is larger. */
const largestBytes = 16 * 1024 ** 3;
const retryWaits = { minMs: 1000, maxMs: 60_000 };
const progressBytes = 1024 * 1024;

/**
 * Gets a file over HTTP, resumed where it broke off: by this run, an earlier one, or a server that stopped sending.
 * Whether it is the right file is the caller's to check.
 *
 * @throws NodeError `download-stalled`, `download-failed`, `download-mismatch` (the size), `disk-full`,
 *   `state-dir-unusable`, `cancelled`
 */
export async function download(options: DownloadOptions, modules: DownloadModules): Promise<void> {
  const { file, sizeBytes, tries = 3 } = options;
  const { clock, signal } = modules;
  let failures = 0;
  let milestoneBytes = await sizeOf(file);
  for (;;) {
    if (signal.aborted) throw new NodeError('cancelled', { reason: 'aborted' });
    const fromBytes = await sizeOf(file);
    if (sizeBytes !== null && fromBytes === sizeBytes) return modules.onProgress(fromBytes, sizeBytes);
    if (sizeBytes !== null && fromBytes > sizeBytes) await discardDownload(file);
    try {
      return await attempt(options, modules);
    } catch (error) {
      if (signal.aborted) throw new NodeError('cancelled', { reason: 'aborted' }, { cause: error });
      if (!(error instanceof Retriable)) throw error;
      const atBytes = await sizeOf(file);
      if (atBytes - milestoneBytes >= progressBytes) {
        failures = 0;
        milestoneBytes = atBytes;
      }
      failures += 1;
      if (failures > tries) throw error.meaning;
      await sleep(clock, backoffMs(retryWaits, failures), signal);
    }
  }
}

/** Removes what a download has brought so far. */
export async function discardDownload(file: string): Promise<void> {
  for (const path of [file, noteOf(file)]) await rm(path, { force: true });
}

/** What may be tried again, and what it means when it does not help. */
class Retriable extends Error {
  readonly meaning: NodeError;
  constructor(meaning: NodeError) {
    super(meaning.message);
    this.meaning = meaning;
  }
}

async function attempt(options: DownloadOptions, modules: DownloadModules): Promise<void> {
  const { url, file, silentMs = 60_000 } = options;
  const { clock } = modules;
  const shown = shownUrl(url);
  const silence = new AbortController();
  const signal = AbortSignal.any([modules.signal, silence.signal]);
  let timer = clock.after(silentMs, () => silence.abort());
  try {
    const stream = await request(options, modules, signal);
    try {
      const startBytes = await startOf(stream, options);
      const totalBytes = totalOf(stream);
      if (options.sizeBytes !== null && totalBytes !== null && totalBytes !== options.sizeBytes) {
        await discardDownload(file);
        throw sizeMismatch(shown, options.sizeBytes, totalBytes);
      }
      await keepNote(file, url, stream);
      await writeFrom(file, startBytes, stream, (atBytes) => {
        timer.cancel();
        timer = clock.after(silentMs, () => silence.abort());
        modules.onProgress(atBytes, totalBytes ?? options.sizeBytes);
      });
      const atBytes = await sizeOf(file);
      if (totalBytes !== null && atBytes < totalBytes) throw new Retriable(failed(shown, 'ECONNRESET'));
    } finally {
      stream.close();
    }
  } catch (error) {
    if (silence.signal.aborted)
      throw new Retriable(new NodeError('download-stalled', { url: shown, silentMs }));
    throw meaningOf(error, shown);
  } finally {
    timer.cancel();
  }
}

async function request(
  options: DownloadOptions,
  { http }: DownloadModules,
  signal: AbortSignal,
): Promise<HttpStream> {
  const { url, file, sizeBytes, silentMs = 60_000 } = options;
  const fromBytes = await sizeOf(file);
  const headers: Record<string, string> = {};
  if (fromBytes > 0) {
    headers.range = `bytes=${fromBytes}-`;
    const note = await readNote(file);
    if (note?.url === url && note.etag) headers['if-range'] = note.etag;
  }
  return http.stream({
    method: 'GET',
    url,
    headers,
    timeoutMs: silentMs,
    maxBodyBytes: sizeBytes ?? largestBytes,
    signal,
  });
}

/** Where the bytes that come now belong; what they do not continue is thrown away. */
async function startOf(stream: HttpStream, { url, file }: DownloadOptions): Promise<number> {
  const { status, headers } = stream;
  if (status === 200) return 0;
  const fromBytes = await sizeOf(file);
  if (status === 206) {
    const match = /^bytes (\d+)-\d+\/(?:\d+|\*)$/.exec(headers['content-range'] ?? '');
    if (match && Number(match[1]) === fromBytes) return fromBytes;
  }
  if (status === 206 || status === 416) {
    await discardDownload(file);
    throw new Retriable(failed(shownUrl(url), `http_${status}`));
  }
  const error = failed(shownUrl(url), `http_${status}`);
  throw status >= 500 || status === 408 || status === 429 ? new Retriable(error) : error;
}

function totalOf({ status, headers }: HttpStream): number | null {
  const said =
    status === 206 ? /\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1] : headers['content-length'];
  return said !== undefined && /^\d{1,15}$/.test(said) ? Number(said) : null;
}

async function writeFrom(
  file: string,
  startBytes: number,
  stream: HttpStream,
  onBytes: (atBytes: number) => void,
): Promise<void> {
  const handle = await open(file, startBytes === 0 ? 'w' : 'r+', 0o600);
  try {
    let atBytes = startBytes;
    onBytes(atBytes);
    for await (const chunk of stream.chunks) {
      for (let done = 0; done < chunk.byteLength; ) {
        const { bytesWritten } = await handle.write(chunk, done, chunk.byteLength - done, atBytes);
        done += bytesWritten;
        atBytes += bytesWritten;
      }
      onBytes(atBytes);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Which version of the file the bytes are of, so that a resumed download does not join two. */
const noteSchema = z.object({ url: z.string(), etag: z.string().nullable() });
const noteOf = (file: string) => `${file}.json`;

async function keepNote(file: string, url: string, { headers }: HttpStream): Promise<void> {
  const { etag } = headers;
  // A weak one does not promise the same bytes.
  await writeFileAtomic(noteOf(file), JSON.stringify({ url, etag: etag?.startsWith('"') ? etag : null }));
}

async function readNote(file: string): Promise<z.infer<typeof noteSchema> | null> {
  try {
    return noteSchema.parse(JSON.parse((await readSmallFile(noteOf(file), 64 * 1024)) ?? ''));
  } catch {
    return null;
  }
}

function meaningOf(error: unknown, shown: string): unknown {
  if (error instanceof Retriable) return error;
  if (isNodeError(error, 'http-unreachable')) return new Retriable(failed(shown, error.details.reason));
  if (isNodeError(error, 'http-timeout')) {
    return new Retriable(
      new NodeError('download-stalled', { url: shown, silentMs: error.details.timeoutMs }),
    );
  }
  if (isNodeError(error, 'http-body-too-large')) return sizeMismatch(shown, error.details.limitBytes, null);
  return isNodeError(error) ? error : fileError(error, shown, 'ollama');
}

const failed = (url: string, reason: Reason) => new NodeError('download-failed', { url, reason });

function sizeMismatch(url: string, expectedBytes: number, foundBytes: number | null): NodeError {
  const found = foundBytes === null ? 'more' : `${foundBytes} bytes`;
  return new NodeError('download-mismatch', { url, expected: `${expectedBytes} bytes`, found });
}

function shownUrl(url: string): string {
  return printableUrl(checkedUrl(url, 'anywhere'));
}

export async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => null))?.size ?? 0;
}
