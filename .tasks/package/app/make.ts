import { mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Arch, build, type Configuration, Platform } from 'electron-builder';
import { bundleCli, dropBundle } from '../bundle.ts';
import { cacheDir, productVersion, root } from '../places.ts';
import type { Target } from '../platforms.ts';
import { onPath, runTool } from '../tools.ts';
import { layOutParts } from './parts.ts';
import { elfStandIn, layOutStandIn } from './stand-in.ts';

export type AppFormat = 'dir' | 'AppImage' | 'deb' | 'rpm' | 'zip' | 'dmg';
const appFormats: Readonly<Record<Target['system'], readonly AppFormat[]>> = {
  linux: ['dir', 'AppImage', 'deb', 'rpm'],
  darwin: ['dir', 'zip', 'dmg'],
};

export interface MadeApp {
  /** A file; the folder for `dir`. */
  path: string;
  format: AppFormat;
  target: Target;
  /** Null for a folder. */
  bytes: number | null;
}

function appFileName(target: Target, format: AppFormat): string {
  const system = target.system === 'linux' ? 'linux' : 'mac';
  const name = `parallelix-operator-${productVersion()}-${system}-${target.arch}`;
  return format === 'dir' ? name : `${name}.${format}`;
}

/**
 * Makes the app's packages in `folder`, by electron-builder.yml.
 *
 * @param standIn with a folder of Electron's shape instead of Electron: everything but what runs can be made and tested
 */
export async function makeApp(options: {
  folder: string;
  targets: readonly Target[];
  formats: readonly AppFormat[];
  standIn: boolean;
  compression: 'small' | 'quick';
  date: Date;
  say: (line: string) => void;
}): Promise<MadeApp[]> {
  const { folder, targets, formats, standIn, date, say } = options;
  if (formats.length === 0) return [];
  mkdirSync(folder, { recursive: true });
  const bundle = await bundleCli();
  const made: MadeApp[] = [];
  try {
    for (const target of targets) {
      const wanted = formats.filter((format) => appFormats[target.system].includes(format));
      if (wanted.length === 0) continue;
      // Inside the project: electron-builder judges patterns by paths relative to it.
      const work = join(cacheDir, `app-${process.pid}-${target.machine}`);
      rmSync(work, { recursive: true, force: true });
      say(`the app for ${target.machine}: ${wanted.join(', ')} …`);
      try {
        await layOutParts(join(work, 'parts'), { target, bundle, date, standIn });
        if (standIn) layOutStandIn(join(work, 'electron'), target.system, target.arch);
        await buildWith(work, { ...options, target, formats: wanted });
        for (const format of wanted) made.push(keep(work, folder, target, format));
      } finally {
        rmSync(work, { recursive: true, force: true });
      }
    }
  } finally {
    dropBundle(bundle);
  }
  return made;
}

async function buildWith(
  work: string,
  options: {
    target: Target;
    formats: readonly AppFormat[];
    standIn: boolean;
    compression: 'small' | 'quick';
    date: Date;
  },
): Promise<void> {
  const { target, formats, standIn, compression, date } = options;
  const config: Configuration = {
    extends: 'electron-builder.yml',
    directories: { output: join(work, 'out') },
    compression: compression === 'small' ? 'maximum' : 'store',
    ...(standIn && { electronDist: join(work, 'electron'), mac: { identity: null, notarize: false } }),
  };
  // electron-builder puts the folder of the project before what it reads, whatever stands there.
  process.env.PARALLELIX_PARTS = relative(root, join(work, 'parts'));
  process.env.SOURCE_DATE_EPOCH = String(Math.floor(date.getTime() / 1000));
  // The same tool everywhere, so that what is tested is what is released.
  process.env.CUSTOM_FPM_PATH = join(import.meta.dirname, 'fpm.ts');
  process.env.PARALLELIX_COMPRESSION = compression;
  if (standIn) process.env.APPIMAGE_TOOLS_PATH = standInTools(join(work, 'tools'));
  const sevenZip = onPath('7za');
  if (sevenZip && process.platform === 'linux') process.env.ELECTRON_BUILDER_7ZIP_PATH ??= sevenZip;
  const platform = target.system === 'linux' ? Platform.LINUX : Platform.MAC;
  await build({
    projectDir: root,
    config,
    publish: 'never',
    targets: platform.createTarget([...formats], Arch[target.arch]),
  });
}

/** The tools of the system, and a runtime that is none: what an AppImage holds can be read without it. */
function standInTools(folder: string): string {
  mkdirSync(join(folder, 'runtimes'), { recursive: true });
  for (const arch of ['x64', 'arm64'] as const) {
    mkdirSync(join(folder, 'lib', arch), { recursive: true });
    writeFileSync(join(folder, 'runtimes', `runtime-${arch}`), elfStandIn(arch, Buffer.alloc(4096 - 64)));
  }
  for (const name of ['mksquashfs', 'desktop-file-validate']) {
    const program = onPath(name);
    if (program) symlinkSync(program, join(folder, name));
  }
  return folder;
}

/** Under the name of a release, which is the same for every format. */
function keep(work: string, folder: string, target: Target, format: AppFormat): MadeApp {
  const out = join(work, 'out');
  const path = join(folder, appFileName(target, format));
  const found = readdirSync(out).find((name) =>
    format === 'dir'
      ? statSync(join(out, name)).isDirectory() && !name.startsWith('.')
      : name.endsWith(`.${format}`),
  );
  if (!found) throw new Error(`electron-builder has made no ${format}`);
  rmSync(path, { recursive: true, force: true });
  // Which may be on another disk.
  runTool('mv', [join(out, found), path]);
  // Put there for deb and rpm, after the folder had been held against its list.
  if (format === 'dir' && target.system === 'linux')
    rmSync(join(path, 'resources', 'apparmor-profile'), { force: true });
  return { path, format, target, bytes: format === 'dir' ? null : statSync(path).size };
}
