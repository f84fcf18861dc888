import { spawn } from 'node:child_process';
import { closeSync, openSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { NodeError } from '../../../shared/errors.ts';
import { isAlive } from '../system/process-start.ts';
import type { Exclusive } from './exclusive.ts';
import { errorCode, fileError } from './system-fault.ts';

/** Of util-linux, which every Linux has and macOS has not. */
const program = 'flock';
/** What it ends with when somebody else holds the lock. [flock(1)] */
const conflict = 1;

/**
 * Tries once to hold a folder as `flock` holds it, so that shell scripts and this program can keep each other out. Node
 * itself cannot ask for such a lock: `flock` asks for it on a descriptor of ours, with which it stays and goes.
 *
 * @param linkName where there is no `flock`: the name of a link in `folder` that names the process that holds it
 * @returns null while somebody else holds it
 * @throws NodeError `file-failed`, `state-dir-unusable`, `disk-full`
 */
export async function tryFolderLock(
  folder: string,
  options: { linkName: string; env: NodeJS.ProcessEnv },
): Promise<Exclusive | null> {
  let descriptor: number;
  try {
    descriptor = openSync(folder, 'r');
  } catch (error) {
    throw fileError(error, folder);
  }
  const close = () => closeSync(descriptor);
  try {
    const code = await askFlock(descriptor, options.env);
    if (code === 0) return { release: close };
    close();
    if (code === conflict) return null;
    if (code === 'missing') return tryLink(join(folder, options.linkName));
  } catch (error) {
    close();
    throw error;
  }
  throw new NodeError('state-dir-unusable', { path: folder, reason: 'flock-failed' });
}

function askFlock(descriptor: number, env: NodeJS.ProcessEnv): Promise<number | null | 'missing'> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ['-n', '3'], { env, stdio: ['ignore', 'ignore', 'ignore', descriptor] });
    child.on('error', (error) => {
      if (errorCode(error) === 'ENOENT') resolve('missing');
      else reject(error);
    });
    child.on('exit', resolve);
  });
}

/** A link is made or it is not, with its text in it. One of a process that is gone holds nobody up. */
function tryLink(path: string): Exclusive | null {
  const make = () => {
    try {
      symlinkSync(String(process.pid), path);
      return true;
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return false;
      throw fileError(error, path);
    }
  };
  if (!make()) {
    const holder = holderOf(path);
    if (holder !== null && isAlive(holder)) return null;
    rmSync(path, { force: true });
    if (!make()) return null;
  }
  return { release: () => rmSync(path, { force: true }) };
}

/** Null where it is no process: 0 and less would be a group. */
function holderOf(path: string): number | null {
  try {
    const pid = Number(readlinkSync(path));
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}
