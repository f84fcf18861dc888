import { existsSync, lstatSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { NodeError } from '../../../../shared/errors.ts';

/** Where the packages put the program [release.md, "Installed by install.sh"]. */
const packageFolder = '/usr/lib/parallelix-operator/';
const packageLauncher = '/usr/bin/parallelix-operator';
/** Where `install.sh --system` puts it. */
export const sharedFolder = '/opt/parallelix-operator';
/** In the app of deb and rpm, and of macOS. */
const appScript = /^(\/.+\/resources\/cli)\/lib\/cli\.mjs$/i;
const installedScript = /^(\/.+)\/versions\/\d+\.\d+\.\d+\/lib\/cli\.mjs$/;

/**
 * How a service starts this very program, by a path that an upgrade in place leaves alone.
 *
 * @param options.script what this process runs, all links followed; `nodeFlags` belong before it where it is no package
 */
export function serviceProgram(options: {
  execPath: string;
  nodeFlags: readonly string[];
  script: string;
}): readonly string[] {
  const { execPath, nodeFlags, script } = options;
  if (script.startsWith(packageFolder)) return [packageLauncher];
  // Wherever it lies: in a home that a link leads to as well, or for the whole computer.
  const root = installedScript.exec(script)?.[1];
  if (root !== undefined) return [join(root, 'current', 'bin', 'parallelix-operator')];
  // What the app itself gives its services, and what the scripts of its deb and rpm know them by.
  const inApp = appScript.exec(script)?.[1];
  if (inApp !== undefined) return [join(inApp, 'bin', 'parallelix-operator')];
  return [execPath, ...nodeFlags, script];
}

/**
 * A service of the whole computer must not run what some user can change: the program, what lies beside it in its
 * package, and every folder and link on the way to it.
 *
 * @throws NodeError `service-refused`
 */
export function requireSharedProgram(program: readonly string[]): void {
  const checked = new Set<string>();
  for (const file of program.filter((part) => part.startsWith('/'))) {
    requireRootsAlone(file, checked);
    const folder = dirname(dirname(realpathSync(file)));
    if (!existsSync(join(folder, 'lib', 'cli.mjs'))) continue;
    for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
      requireRootsAlone(join(folder, path), checked);
  }
}

function requireRootsAlone(path: string, checked: Set<string>): void {
  if (checked.has(path)) return;
  checked.add(path);
  const folder = dirname(path);
  if (path !== '/') requireRootsAlone(folder, checked);
  const found = lstatSync(path);
  const isLink = found.isSymbolicLink();
  // A folder like /tmp, where only owners may replace what is theirs, is fine.
  const open = !isLink && (found.mode & 0o022) !== 0 && (found.mode & 0o1000) === 0;
  if (found.uid !== 0 || open)
    throw new NodeError('service-refused', { reason: 'program-not-shared', detail: path });
  if (isLink) requireRootsAlone(resolve(realpathSync(folder), readlinkSync(path)), checked);
}
