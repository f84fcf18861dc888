import { stat, statfs } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { errorCode } from '../../storage/atomic-file.ts';
import type { ManifestLayer } from './registry-manifest.ts';

export interface VolumeSpace {
  /** What this user may still write. */
  freeBytes: number;
  totalBytes: number;
}

/** The folder of a local Ollama's models, and the volume it is on. */
export interface ModelsVolume {
  readonly path: string;
  /** The path is known, from the server or because the server was given it; else it is where Ollama usually has them. */
  readonly certain: boolean;
  /** The server says that it has its models there, by its own view: in a container that is no folder of this system. */
  learn(path: string): void;
  /** Null when it is not known. */
  space(): Promise<VolumeSpace | null>;
  /** Of these layers, the bytes that still have to be written here. */
  missingBytes(layers: readonly ManifestLayer[]): Promise<number>;
}

export type StatFs = (path: string) => Promise<{ bavail: number; blocks: number; bsize: number }>;

export function createModelsVolume(
  options: { path: string; certain?: boolean },
  modules: { statFs?: StatFs } = {},
): ModelsVolume {
  const { statFs = statfs } = modules;
  let { path, certain = false } = options;
  let learnt = false;

  return {
    get path() {
      return path;
    },
    get certain() {
      return certain;
    },
    learn(from) {
      path = from;
      certain = true;
      learnt = true;
    },
    async space() {
      // The server has it and this system does not: it is a folder of a container.
      if (learnt && (await isAbsent(path))) return null;
      // The folder is made by the first pull; until then what holds it counts.
      for (let at = path; ; at = dirname(at)) {
        try {
          const { bavail, blocks, bsize } = await statFs(at);
          return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
        } catch {
          if (at === dirname(at)) return null;
        }
      }
    },
    async missingBytes(layers) {
      const missing = await Promise.all(
        layers.map(async ({ digest, sizeBytes }) => {
          const blob = blobPath(path, digest);
          const [whole, partial] = await Promise.all([diskBytes(blob), diskBytes(`${blob}-partial`)]);
          // A partial file has its full length from the start and is filled piece by piece: blocks count.
          return whole !== null ? 0 : Math.max(0, sizeBytes - (partial ?? 0));
        }),
      );
      return missing.reduce((sum, bytes) => sum + bytes, 0);
    },
  };
}

/** Where Ollama keeps a layer. */
export const blobPath = (modelsDir: string, digest: string) =>
  join(modelsDir, 'blobs', digest.replace(':', '-'));

async function isAbsent(path: string): Promise<boolean> {
  return stat(path).then(
    () => false,
    (error: unknown) => errorCode(error) === 'ENOENT',
  );
}

/** What a file takes on the disk; null when it is not there, or not for us to see. */
async function diskBytes(path: string): Promise<number | null> {
  return stat(path).then(
    ({ blocks }) => blocks * 512,
    () => null,
  );
}

/** Home of the system user that Ollama's Linux installer makes for its service. [ollama docs/faq] */
const serviceHome = '/usr/share/ollama';

/**
 * Where a local server keeps its models: our own server's setting, else `OLLAMA_MODELS`, else where Ollama puts them:
 * in the home of the system service where there is one, unless this user's own folder was used last, else in this
 * user's home. Of a server that somebody else started it is a guess, as good as these signs.
 */
export async function findModelsDir(options: {
  /** What our own server is given; null: it is not ours, or nothing was set. */
  setting: string | null;
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  homeDir: string;
  /** Replaces the home of the system service. */
  serviceHome?: string;
}): Promise<string> {
  const { setting, env, platform, homeDir } = options;
  if (setting !== null) return setting;
  const named = env.OLLAMA_MODELS?.trim();
  if (named && isAbsolute(named)) return named;
  const own = join(homeDir, '.ollama', 'models');
  if (platform !== 'linux') return own;
  const home = options.serviceHome ?? serviceHome;
  const service = join(home, '.ollama', 'models');
  const [ownUsedMs, serviceUsedMs, homeThereMs] = await Promise.all([
    lastChangeMs(join(own, 'blobs')),
    lastChangeMs(join(service, 'blobs')),
    lastChangeMs(home),
  ]);
  if (ownUsedMs === null) return homeThereMs === null ? own : service;
  // A service home that lets nobody in says nothing of its age.
  return serviceUsedMs !== null && serviceUsedMs > ownUsedMs ? service : own;
}

async function lastChangeMs(path: string): Promise<number | null> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => null,
  );
}
