import { realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { NodeError } from '../../../../shared/errors.ts';

/** Where the packages put the program [release.md, "Installed by install.sh"]. */
const packageFolder = '/usr/lib/parallelix-operator/';
const packageLauncher = '/usr/bin/parallelix-operator';

/**
 * How a service starts this very program, by a path that an upgrade in place leaves alone.
 *
 * @param options.script what this process runs, all links followed; `nodeFlags` belong before it where it is no package
 */
export function serviceProgram(options: {
  execPath: string;
  nodeFlags: readonly string[];
  script: string;
  homeDir: string;
}): readonly string[] {
  const { execPath, nodeFlags, script, homeDir } = options;
  if (script.startsWith(packageFolder)) return [packageLauncher];
  const own = join(homeDir, '.local', 'share', 'parallelix-operator');
  if (script.startsWith(`${own}/versions/`)) return [join(own, 'current', 'bin', 'parallelix-operator')];
  return [execPath, ...nodeFlags, script];
}

/**
 * A service of the whole computer must not run what some user can change.
 *
 * @throws NodeError `service-refused`
 */
export function requireSharedProgram(program: readonly string[]): void {
  for (const file of program.filter((part) => part.startsWith('/'))) {
    for (let path = realpathSync(file); ; path = dirname(path)) {
      const { uid, mode } = statSync(path);
      // A folder like /tmp, where only owners may replace what is theirs, is fine.
      const open = (mode & 0o022) !== 0 && (mode & 0o1000) === 0;
      if (uid !== 0 || open)
        throw new NodeError('service-refused', { reason: 'program-not-shared', detail: path });
      if (path === '/') break;
    }
  }
}
