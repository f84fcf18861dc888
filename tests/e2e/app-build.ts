import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';
import { appMain, appPreload } from '../../vite.config.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cache = join(root, 'node_modules', '.cache', 'parallelix-app');

/** A protection taken out of the sources, to show that the test of it fails then. */
export interface Removal {
  /** From the root of the repository. */
  file: string;
  from: string;
  to: string;
}

export interface BuildOptions {
  /** The interface of these tests, or the product's own. */
  interface?: 'tests' | 'product';
  without?: readonly Removal[];
}

/** The app, built from the present sources; each kind of build once. Returns its main file. */
export async function builtApp({
  interface: face = 'tests',
  without = [],
}: BuildOptions = {}): Promise<string> {
  const folder = join(cache, digest(face, without));
  const main = join(folder, 'dist', 'app', 'main.mjs');
  if (existsSync(main)) {
    const now = new Date();
    utimesSync(folder, now, now);
    return main;
  }
  mkdirSync(cache, { recursive: true });
  const temporary = join(cache, `building-${process.pid}-${Math.random().toString(36).slice(2)}`);
  const outDir = join(temporary, 'dist', 'app');
  mkdirSync(outDir, { recursive: true });
  for (const config of [appPreload(outDir), appMain(outDir)])
    await build({ ...config, logLevel: 'error', plugins: [removing(without)] });
  await buildInterface(face, join(outDir, 'renderer'));
  symlinkSync(join(root, 'resources'), join(temporary, 'resources'));
  try {
    renameSync(temporary, folder);
  } catch {
    // Another test file was faster.
    rmSync(temporary, { recursive: true, force: true });
  }
  forgetOldBuilds();
  return main;
}

const buildsKept = 24;
const surelyUnusedMs = 60 * 60_000;

/** Those used last stay, and any that a running test may still read its pages from. */
function forgetOldBuilds(): void {
  const builds = readdirSync(cache).map((name) => {
    const path = join(cache, name);
    return { path, usedAtMs: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 };
  });
  const oldest = builds.sort((a, b) => b.usedAtMs - a.usedAtMs).slice(buildsKept);
  for (const { path, usedAtMs } of oldest)
    if (Date.now() - usedAtMs > surelyUnusedMs) rmSync(path, { recursive: true, force: true });
}

async function buildInterface(face: 'tests' | 'product', outDir: string): Promise<void> {
  if (face === 'tests') return cpSync(join(root, 'tests', 'e2e', 'page'), outDir, { recursive: true });
  // A test runner says `test` here, which would build the interface for development.
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = 'production';
  await build({
    configFile: join(root, 'renderer', 'vite.config.ts'),
    logLevel: 'error',
    build: { outDir, emptyOutDir: true },
  });
  process.env.NODE_ENV = NODE_ENV;
}

/** Every removal must have found its text: a protection that moved must not make its twin pass. */
function removing(removals: readonly Removal[]): Plugin {
  return {
    name: 'remove-protection',
    enforce: 'pre',
    transform(code, id) {
      let changed = code;
      for (const { file, from, to } of removals) {
        if (id !== join(root, file)) continue;
        if (!changed.includes(from)) throw new Error(`${file} has no "${from}" to remove`);
        changed = changed.replace(from, to);
      }
      return changed;
    },
  };
}

function digest(face: string, removals: readonly Removal[]): string {
  const files = ['package.json', 'vite.config.ts'];
  const folders = ['electron', 'shared', 'resources', face === 'tests' ? 'tests/e2e/page' : 'renderer'];
  for (const folder of folders) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
      if (entry.isFile()) files.push(join(entry.parentPath, entry.name).slice(root.length));
  }
  const hash = createHash('sha256').update(JSON.stringify([face, removals]));
  for (const file of files.sort()) hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest('hex').slice(0, 16);
}
