import * as z from 'zod';
import { isNodeError, NodeError } from '../../../../shared/errors.ts';
import type { Reason } from '../../../../shared/reasons/reason-text.ts';
import { checkedUrl, isLoopback, printableUrl } from '../../../daemon/http/address.ts';
import type { HttpClient } from '../../../daemon/http/client.ts';
import { plainVersion } from './installation.ts';
import { isSigned, type ReleaseKey } from './release-key.ts';

const fileSchema = z.object({
  kind: z.string(),
  format: z.string(),
  platform: z.string(),
  arch: z.string(),
  name: z
    .string()
    .max(200)
    .regex(/^[A-Za-z0-9][A-Za-z0-9._+-]*$/),
  size: z
    .int()
    .positive()
    .max(1024 ** 3),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Of an app, which electron-updater checks it by; base64. */
  sha512: z
    .string()
    .regex(/^[A-Za-z0-9+/]{86}==$/)
    .optional(),
  /** Of the block map at the end of an AppImage, by which only what has changed is downloaded. */
  blockMapSize: z.int().positive().optional(),
  /** Reckoned when it is not said. */
  unpackedSize: z
    .int()
    .positive()
    .max(8 * 1024 ** 3)
    .optional(),
});
export type ReleaseFile = z.infer<typeof fileSchema>;

const manifestSchema = z.object({
  schemaVersion: z.literal(1),
  product: z.literal('parallelix-operator'),
  version: z.string().regex(plainVersion),
  publishedAt: z.iso.datetime(),
  notes: z.string().max(4000),
  files: z.array(fileSchema).max(200),
});
/** What a release holds, as its signed manifest says. [release.md] */
export type Manifest = z.infer<typeof manifestSchema>;

const manifestBytes = 256 * 1024;
const signatureBytes = 1024;

/**
 * The folder of releases, checked: https, without query; plain http only to this computer, and only
 * where `loopbackHttp` says so.
 *
 * @throws NodeError `http-invalid-url`, `http-insecure-url`
 */
export function releaseFolder(text: string, loopbackHttp: boolean): URL {
  const url = checkedUrl(text, 'loopback');
  if (url.protocol === 'http:' && !(loopbackHttp && isLoopback(url)))
    throw new NodeError('http-insecure-url', { url: printableUrl(url) });
  if (url.search !== '' || url.hash !== '')
    throw new NodeError('http-invalid-url', { url: printableUrl(url) });
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/**
 * Gets the manifest of the newest release. Nothing of it is checked before its signature holds.
 *
 * @param modules.http one that does not leave the origin, not even by a redirect
 * @throws NodeError `update-no-key`, `update-untrusted`, `update-manifest-invalid`, and what the http client throws
 */
async function fetchManifest(
  { folder, key, timeoutMs }: { folder: URL; key: ReleaseKey; timeoutMs: number },
  { http, signal }: { http: HttpClient; signal: AbortSignal },
): Promise<Manifest> {
  if (key.placeholder) throw new NodeError('update-no-key', {});
  const url = new URL('manifest.json', folder);
  const shown = printableUrl(url);
  const [text, signature] = await Promise.all([
    readText(url, { maxBodyBytes: manifestBytes, timeoutMs }, { http, signal }),
    readText(
      new URL('manifest.json.sig', folder),
      { maxBodyBytes: signatureBytes, timeoutMs },
      { http, signal },
    ).catch((error: unknown) => {
      if (isNodeError(error, 'download-failed') && error.details.reason === 'http_404') return null;
      throw error;
    }),
  ]);
  if (signature === null || signature.trim() === '')
    throw new NodeError('update-untrusted', { url: shown, reason: 'unsigned' });
  if (!isSigned(key, Buffer.from(text, 'utf8'), signature))
    throw new NodeError('update-untrusted', { url: shown, reason: 'signature' });
  return parseManifest(text, shown);
}

/** @throws NodeError `update-manifest-invalid` */
export function parseManifest(text: string, url: string): Manifest {
  const invalid = (reason: Reason) => new NodeError('update-manifest-invalid', { url, reason });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw invalid('not-json');
  }
  const parsed = manifestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const { path } = parsed.error.issues[0] ?? { path: [] };
  throw invalid(path.length === 0 ? 'not-an-object' : `field-invalid(${path.map(String).join('.')})`);
}

async function readText(
  url: URL,
  limits: { maxBodyBytes: number; timeoutMs: number },
  { http, signal }: { http: HttpClient; signal: AbortSignal },
): Promise<string> {
  const request = { method: 'GET', url: url.href, ...limits, signal } as const;
  const { status, body } = await http.request(request);
  if (status === 200) return body;
  throw new NodeError('download-failed', { url: printableUrl(url), reason: `http_${status}` });
}

/**
 * The package of a release for this computer.
 *
 * @throws NodeError `update-no-package`
 */
export function fileFor(
  { version, files }: Manifest,
  wanted: { kind: 'cli' | 'app'; format: string; platform: string; arch: string },
): ReleaseFile {
  const found = files.find(
    ({ kind, format, platform, arch }) =>
      kind === wanted.kind &&
      format === wanted.format &&
      platform === wanted.platform &&
      arch === wanted.arch,
  );
  if (found !== undefined) return found;
  throw new NodeError('update-no-package', { version, platform: `${wanted.platform}-${wanted.arch}` });
}

/** A release and its file for this computer, whoever brings it. */
export interface OfferedRelease {
  manifest: Manifest;
  file: ReleaseFile;
  url: string;
}

/**
 * The newest release, checked, and its file for this computer.
 *
 * @param options.releaseUrl the folder of releases in place of the one of the build
 * @param modules.http one that does not leave the origin, not even by a redirect
 * @throws NodeError `update-no-key`, `update-no-package`, and what `fetchManifest` and `releaseFolder` throw
 */
export async function findRelease(
  options: {
    releaseUrl: string | null;
    key: ReleaseKey;
    loopbackHttp: boolean;
    timeoutMs: number;
    wanted: Parameters<typeof fileFor>[1];
  },
  modules: { http: HttpClient; signal: AbortSignal },
): Promise<OfferedRelease> {
  const { key, loopbackHttp, timeoutMs, wanted } = options;
  const base = options.releaseUrl ?? key.releaseUrl;
  if (key.placeholder || base === null) throw new NodeError('update-no-key', {});
  const folder = releaseFolder(base, loopbackHttp);
  const manifest = await fetchManifest({ folder, key, timeoutMs }, modules);
  const file = fileFor(manifest, wanted);
  return { manifest, file, url: new URL(file.name, folder).href };
}

/** Below 0: `a` is older than `b`. A pre-release is older than its release. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  const at = left.findIndex((number, index) => number !== right[index]);
  return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}

function numbersOf(version: string): number[] {
  const match = /^(\d+)\.(\d+)\.(\d+)(-)?/.exec(version);
  if (match === null) return [0, 0, 0, 0];
  return [Number(match[1]), Number(match[2]), Number(match[3]), match[4] === undefined ? 1 : 0];
}
