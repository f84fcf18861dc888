import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type InlineConfig, type Rolldown } from 'vite';
import { appMain, appPreload } from '../../../vite.config.ts';
import { type Bundle, packagesOf } from '../bundle.ts';
import { thirdPartyNotices } from '../notices.ts';
import { partsFor } from '../parts.ts';
import { root } from '../places.ts';
import type { Target } from '../platforms.ts';
import { layOut } from '../tree.ts';
import { macNode, standInMacNode } from './node-for-macos.ts';

/** As electron-builder names systems in its patterns. */
const systemNames = { linux: 'linux', darwin: 'mac' } as const;

/**
 * Lays out what electron-builder.yml packs from `$PARALLELIX_PARTS`: the built app, the keyring, the command line and
 * the licences of others.
 */
export async function layOutParts(
  folder: string,
  options: { target: Target; bundle: Bundle; date: Date; standIn: boolean },
): Promise<void> {
  const { target, bundle, date, standIn } = options;
  const node =
    target.system === 'linux'
      ? undefined
      : standIn
        ? standInMacNode(join(folder, 'node'), target.arch)
        : await macNode(target.arch);
  const parts = partsFor(target, node);
  const name = `${systemNames[target.system]}-${target.arch}`;
  layOut(join(folder, `cli-${name}`), { target, bundle, date, ...(node && { macNode: node }) });
  const keyring = join(folder, `keytar-${name}`);
  mkdirSync(keyring, { recursive: true });
  for (const file of ['index.js', 'package.json'])
    copyFileSync(join(parts.keyringLoader, file), join(keyring, file));
  copyFileSync(parts.keyringBinary, join(keyring, target.keyringFile));
  const packages = await buildApp(join(folder, 'app'));
  writeFileSync(join(folder, 'NOTICES.txt'), thirdPartyNotices([...packages, ...bundle.packages], parts));
}

/** Main process, preload and windows; returns the folders of the packages of which something is in them. */
async function buildApp(outDir: string): Promise<string[]> {
  // Otherwise the interface would be one for development, where this is run by a test.
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = 'production';
  const renderer: InlineConfig = {
    configFile: join(root, 'renderer', 'vite.config.ts'),
    build: { outDir: join(outDir, 'renderer'), emptyOutDir: true },
  };
  const packages: string[] = [];
  for (const config of [appMain(outDir), appPreload(outDir), renderer]) {
    const result = (await build({ ...config, logLevel: 'warn' })) as
      | Rolldown.RolldownOutput
      | Rolldown.RolldownOutput[];
    for (const { output } of Array.isArray(result) ? result : [result])
      for (const file of output) if (file.type === 'chunk') packages.push(...packagesOf(file.moduleIds));
  }
  if (NODE_ENV === undefined) delete process.env.NODE_ENV;
  else process.env.NODE_ENV = NODE_ENV;
  // Its files are in the stylesheet, which names no modules.
  packages.push(join(root, 'node_modules', '@fontsource-variable', 'inter'));
  return [...new Set(packages)];
}
