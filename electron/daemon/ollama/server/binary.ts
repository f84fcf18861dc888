import { constants } from 'node:fs';
import { access, readdir, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { newestFirst } from '../api/version.ts';

/** Where Ollama's installers and the usual package managers put the program. */
const usualPaths: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: [
    '/Applications/Ollama.app/Contents/Resources',
    '/usr/local/bin',
    '/opt/homebrew/bin',
    '/opt/local/bin',
  ],
  linux: [
    '/usr/local/bin',
    '/usr/bin',
    '/bin',
    '/opt/ollama/bin',
    '/snap/bin',
    '/home/linuxbrew/.linuxbrew/bin',
  ],
};

/**
 * Where this program installs Ollama: a folder of the user's own, one folder a version in it, the same for every node
 * of that user. Null where nobody says whose home it is.
 */
export function ownOllamaFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string | null {
  const home = env.HOME;
  // A relative XDG path is to be ignored, says the XDG base directory specification.
  const data = env.XDG_DATA_HOME && isAbsolute(env.XDG_DATA_HOME) ? env.XDG_DATA_HOME : null;
  if (platform !== 'darwin' && data) return join(data, 'parallelix-operator', 'ollama');
  if (!home || !isAbsolute(home)) return null;
  return platform === 'darwin'
    ? join(home, 'Library', 'Application Support', 'ParalleliX Operator Ollama')
    : join(home, '.local', 'share', 'parallelix-operator', 'ollama');
}

/** The program in an unpacked release: in `bin` for Linux, at the top for macOS; null when there is none. */
export async function programIn(folder: string): Promise<string | null> {
  for (const file of [join(folder, 'bin', 'ollama'), join(folder, 'ollama')]) {
    if (await isExecutableFile(file)) return file;
  }
  return null;
}

/**
 * The Ollama program on this machine: what this program installed (the newest of it), for a person asked for exactly
 * that, else from PATH or the usual places; null when it is not installed here (a remote Ollama, or one in a container,
 * is no program here). Tells "missing" from "stopped". `places` replaces the usual ones.
 */
export async function ollamaInstalled(options: {
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  paths?: readonly string[];
}): Promise<string | null> {
  const { env, platform } = options;
  const path = (env.PATH ?? '').split(delimiter);
  const home = env.HOME;
  const own = home
    ? [
        join(home, '.local', 'bin'),
        ...(platform === 'darwin' ? [join(home, 'Applications/Ollama.app/Contents/Resources')] : []),
      ]
    : [];
  const paths = options.paths ?? [...own, ...(usualPaths[platform] ?? [])];
  const ours = await installedByUs(ownOllamaFolder(env, platform));
  if (ours !== null) return ours;
  // A relative entry in PATH means another folder for every program that reads it.
  for (const folder of [...path, ...paths].filter((entry) => isAbsolute(entry))) {
    const file = join(folder, 'ollama');
    if (await isExecutableFile(file)) return file;
  }
  return null;
}

async function installedByUs(folder: string | null): Promise<string | null> {
  if (folder === null) return null;
  const names = await readdir(folder).catch(() => []);
  // What begins with a dot is on its way here.
  for (const version of names.filter((name) => !name.startsWith('.')).sort(newestFirst)) {
    const file = await programIn(join(folder, version));
    if (file !== null) return file;
  }
  return null;
}

async function isExecutableFile(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
