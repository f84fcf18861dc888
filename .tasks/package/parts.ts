import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machineOf } from './machine-code.ts';
import { cacheDir, root } from './places.ts';
import type { Target } from './platforms.ts';
import { onPath, runTool } from './tools.ts';

/** Folders of npm packages that come from the lockfile and nowhere else. */
export interface Parts {
  /** Node, stripped. */
  nodeBinary: string;
  nodeLicence: string;
  nodeVersion: string;
  /** The loader that the command line imports as `keytar`. */
  keyringLoader: string;
  keyringBinary: string;
  /** Folder of the package that holds it, with the licences of what it was built from. */
  keyringPackage: string;
}

/**
 * Node and the keyring for `target`: what this checkout has for its own machine, npm brings for another.
 *
 * @param macNode for macOS: the folder of Node, as its makers publish it
 */
export function partsFor(target: Target, macNode?: { folder: string; version: string }): Parts {
  const modules = modulesFor(target);
  const nodeFolder = target.nodePackage === null ? macNode?.folder : join(modules, target.nodePackage);
  if (nodeFolder === undefined) throw new Error('the command line for macOS needs the folder of its Node');
  const keyringPackage = join(modules, target.keyringPackage);
  const parts = {
    // Stripping would break the signature of a program for macOS.
    nodeBinary:
      target.system === 'darwin'
        ? join(nodeFolder, 'bin', 'node')
        : stripped(join(nodeFolder, 'bin', 'node'), target),
    nodeLicence: join(nodeFolder, 'LICENSE'),
    nodeVersion: macNode?.version ?? versionIn(nodeFolder),
    keyringLoader: join(modules, 'keytar'),
    keyringBinary: join(keyringPackage, target.keyringFile),
    keyringPackage,
  };
  for (const file of [parts.nodeBinary, parts.keyringBinary]) {
    const machine = machineOf(file);
    if (machine !== target.machine)
      throw new Error(`${file} is made for ${machine} instead of ${target.machine}`);
  }
  return parts;
}

function modulesFor(target: Target): string {
  const own = join(root, 'node_modules');
  if ([target.nodePackage ?? 'keytar', target.keyringPackage].every((name) => existsSync(join(own, name))))
    return own;
  const folder = join(cacheDir, `npm-${target.machine}`);
  const stamp = join(folder, '.installed');
  const lockfile = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const installed = join(folder, 'node_modules');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lockfile) return installed;
  mkdirSync(folder, { recursive: true });
  for (const name of ['package.json', 'package-lock.json', '.npmrc'])
    copyFileSync(join(root, name), join(folder, name));
  const npm = spawnSync(
    'npm',
    ['ci', '--omit=dev', `--os=${target.system}`, `--cpu=${target.arch}`, '--libc=glibc', '--loglevel=error'],
    { cwd: folder, stdio: ['ignore', 2, 2] },
  );
  if (npm.status !== 0) throw new Error(`npm could not bring the parts for ${target.arch}; see above`);
  writeFileSync(stamp, lockfile);
  return installed;
}

/** Without its symbols Node is 18 MB smaller; the tables that stack traces of JavaScript need are not among them. */
function stripped(binary: string, target: Target): string {
  const file = join(cacheDir, `node-${versionIn(join(binary, '..', '..'))}-linux-${target.arch}`);
  if (existsSync(file)) return file;
  const own = process.platform === 'linux' && process.arch === target.arch ? onPath('strip') : null;
  const strip = own ?? onPath('llvm-strip');
  if (strip === null)
    throw new Error(
      `no strip for ${target.arch} here; install it with: apt-get install ${process.arch === target.arch ? 'binutils' : 'llvm'}`,
    );
  mkdirSync(cacheDir, { recursive: true });
  const temporary = `${file}.${process.pid}`;
  runTool(strip, ['-o', temporary, binary]);
  runTool('mv', [temporary, file]);
  return file;
}

function versionIn(folder: string): string {
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
}
