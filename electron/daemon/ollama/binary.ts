import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/** Where Ollama's installers and the usual package managers put the program. */
const usualPlaces: Partial<Record<NodeJS.Platform, readonly string[]>> = {
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
 * The Ollama program on this machine, from PATH or the usual places; null when it is not installed here (a remote
 * Ollama, or one in a container, is no program here). Tells "missing" from "stopped". `places` replaces the usual
 * ones.
 */
export async function ollamaInstalled(options: {
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  places?: readonly string[];
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
  const places = options.places ?? [...own, ...(usualPlaces[platform] ?? [])];
  // A relative entry in PATH means another folder for every program that reads it.
  for (const folder of [...path, ...places].filter((entry) => isAbsolute(entry))) {
    const file = join(folder, 'ollama');
    if (await isExecutableFile(file)) return file;
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
