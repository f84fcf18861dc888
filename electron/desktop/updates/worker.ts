import { rm } from 'node:fs/promises';
import { isNodeError, NodeError } from '../../../shared/errors.ts';
import { reasonOf } from '../../../shared/reasons/reason-text.ts';
import { createHttpClient } from '../../daemon/http/client.ts';
import type { Logger } from '../../daemon/logging/logger.ts';
import type { NodeContext } from '../../node/context.ts';
import { compareVersions, findRelease, type OfferedRelease } from '../../node/operations/update/manifest.ts';
import {
  changeUpdateRecord,
  heldBack,
  type RecordPlace,
  readUpdateRecord,
  withFailure,
} from '../../node/operations/update/record.ts';
import { type ReleaseKey, releaseKey } from '../../node/operations/update/release-key.ts';
import { otherWay } from '../../node/operations/update/update.ts';
import type { AppFacts, createEngine, UpdateEngine } from './engine.ts';
import { createExecutor } from './executor.ts';
import { formatOf, type PackageKind } from './package-kind.ts';
import type { UpdateWorker } from './updates.ts';

export interface UpdateWorkerOptions {
  kind: PackageKind;
  arch: string;
  /** Where downloads wait. */
  cacheDir: string;
  place: RecordPlace;
  /** The folder of releases in place of the one of the build. */
  releaseUrl: string | null;
  caFile: string | null;
  key?: ReleaseKey;
  /** Plain http to this computer, for tests alone. */
  loopbackHttp?: boolean;
  requestMs?: number;
  silentMs?: number;
  tries?: number;
}

type EngineModules = Parameters<typeof createEngine>[2];

export interface UpdateWorkerModules {
  context: Pick<NodeContext, 'paths' | 'env' | 'platform' | 'version' | 'clock'>;
  log: Logger;
  /** Heartbeats of the node of this app are accepted just now. */
  online: () => boolean;
  /** Of this kind of package; loaded only where it is needed. */
  openEngine: (facts: AppFacts, modules: EngineModules) => Promise<UpdateEngine>;
  /** Puts the new version in the place of this one. What throws has changed nothing. */
  replace: (downloaded: string, sha256: string) => Promise<void>;
  /** Ends this app, its node first, and starts the new version. */
  handOver: () => Promise<void>;
  quit: () => void;
  onProgress: (completedBytes: number, totalBytes: number | null) => void;
}

const usualRequestMs = 20_000;
const usualSilentMs = 30_000;
const usualTries = 3;

/** Finds and brings releases for this package; null where none can be checked: a checkout, or a build without a key. */
export async function createUpdateWorker(
  options: UpdateWorkerOptions,
  modules: UpdateWorkerModules,
): Promise<UpdateWorker | null> {
  const { kind, arch, cacheDir, place, key = releaseKey, loopbackHttp = false } = options;
  const { requestMs = usualRequestMs, silentMs = usualSilentMs, tries = usualTries } = options;
  const { context, log, online, openEngine, replace, handOver, quit, onProgress } = modules;
  const { paths, env, platform, version, clock } = context;
  const { releaseUrl, caFile } = options;
  if (kind === 'none' || key.placeholder || (releaseUrl ?? key.releaseUrl) === null) return null;

  const ending = new AbortController();
  const http = createHttpClient(
    {
      ...{ proxyEnv: env, caFile, plainHttp: 'loopback', leavesOrigin: false },
      userAgent: `parallelix-operator/${version}`,
    },
    { clock },
  );
  let last: OfferedRelease | null = null;

  async function find(): Promise<OfferedRelease> {
    const wanted = {
      kind: 'app',
      format: formatOf(kind as Exclude<PackageKind, 'none'>),
      platform,
      arch,
    } as const;
    last = await findRelease(
      { releaseUrl, key, loopbackHttp, timeoutMs: requestMs, wanted },
      { http, signal: ending.signal },
    );
    const offered = last.manifest.version;
    if (compareVersions(offered, version) < 0)
      throw new NodeError('update-downgrade', { have: version, offered });
    return last;
  }

  const stop = async () => {
    ending.abort();
    await http.stop();
  };
  if (kind === 'deb' || kind === 'rpm')
    return {
      async check() {
        const found = await find();
        return compareVersions(found.manifest.version, version) > 0 ? found : null;
      },
      own: null,
      command: ({ url, file }) => otherWay(kind, { url, file }, true),
      stop,
    };

  const executor = createExecutor(
    { silentMs, tries },
    {
      ...{ http, clock, onProgress, signal: ending.signal },
      sizeOf: (url) => (last?.url === url ? last.file.size : null),
    },
  );
  const engine = await openEngine({ version, isPackaged: true, cacheDir, quit }, { find, executor, log });
  return {
    check: () => engine.check(),
    own: {
      async heldBack({ manifest, file }) {
        const held = heldBack(await readUpdateRecord(place), file.sha256);
        if (held === null) return null;
        const { reason, attempts } = held;
        return new NodeError('update-held-back', { version: manifest.version, reason, attempts });
      },
      download: () => engine.download(),
      async install({ manifest, file }, downloaded) {
        const { sha256 } = file;
        const to = manifest.version;
        const handover = {
          ...{ from: version, to, sha256, service: null, stateDir: paths.stateDir },
          ...{ startedAtMs: clock.now(), online: online(), starts: 0, watcherPid: process.pid },
        };
        // What is about to happen is on disk before it happens.
        await changeUpdateRecord(place, (record) => ({ ...record, handover }));
        try {
          await replace(downloaded, sha256);
        } catch (error) {
          // electron-updater would take a file that it brought itself for good as long as it is there.
          if (isNodeError(error, 'download-mismatch')) await rm(downloaded, { force: true });
          const reason = isNodeError(error) ? reasonOf(error) : 'unexpected error';
          await changeUpdateRecord(place, (record) =>
            withFailure(record, { version: to, sha256, final: false, reason, atMs: clock.now() }),
          );
          throw error;
        }
        await handOver();
      },
    },
    command: () => null,
    stop,
  };
}
