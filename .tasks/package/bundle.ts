import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Rolldown } from 'vite';
import cli from '../../vite.config.ts';
import { cacheDir, root } from './places.ts';

export interface Bundle {
  file: string;
  /** Folders of the npm packages of which something is in it. */
  packages: string[];
}

/**
 * The command line as one file, as every other build makes it. Not made smaller: that saved 0.1 MB of a package and
 * no memory that could be measured, and stack traces would name one line for everything.
 */
export async function bundleCli(): Promise<Bundle> {
  const outDir = join(cacheDir, `bundle-${process.pid}`);
  mkdirSync(cacheDir, { recursive: true });
  const result = await build({
    ...cli,
    root,
    configFile: false,
    logLevel: 'warn',
    build: { ...cli.build, outDir, emptyOutDir: true },
  });
  const outputs = (Array.isArray(result) ? result : [result]) as Rolldown.RolldownOutput[];
  const chunks = outputs.flatMap(({ output }) => output).filter((file) => file.type === 'chunk');
  const [chunk] = chunks;
  if (chunks.length !== 1 || !chunk) throw new Error(`the command line is one file, not ${chunks.length}`);
  return { file: join(outDir, chunk.fileName), packages: packagesOf(chunk.moduleIds) };
}

/** The bundle is copied by whoever asked for it. */
export function dropBundle({ file }: Bundle): void {
  rmSync(join(file, '..'), { recursive: true, force: true });
}

/** `…/node_modules/@scope/name/…` → `…/node_modules/@scope/name`, each once. */
export function packagesOf(moduleIds: readonly string[]): string[] {
  const folders = moduleIds.flatMap((id) => {
    const found = /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id);
    return found?.[1] ? [found[1]] : [];
  });
  return [...new Set(folders)].sort();
}
