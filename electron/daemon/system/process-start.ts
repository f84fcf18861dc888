import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/**
 * When a process began, as an opaque text that no other process shares: a pid is given again, a
 * pid with its start is not.
 *
 * @returns null when there is no such process (a zombie counts as none) or the system does not tell
 */
export async function processStart(
  pid: number,
  platform: NodeJS.Platform = process.platform,
): Promise<string | null> {
  return platform === 'linux' ? linuxStart(pid) : psStart(pid);
}

/** False for a start before the last boot; true where the system does not tell. */
export async function isOfThisBoot(
  start: string,
  platform: NodeJS.Platform = process.platform,
): Promise<boolean> {
  if (platform !== 'linux') return true;
  return start.startsWith(`${await linuxBoot().catch(() => '')}/`);
}

/** True unless the system says that there is no such process. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM';
  }
}

async function linuxBoot(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
}

async function linuxStart(pid: number): Promise<string | null> {
  try {
    const [boot, stat] = await Promise.all([linuxBoot(), readFile(`/proc/${pid}/stat`, 'utf8')]);
    // proc(5): the name may hold anything, so count from its closing parenthesis: state is field 3, start is 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, ticks] = [fields[0], fields[19]];
    return ticks === undefined || state === 'Z' || state === 'X' ? null : `${boot}/${ticks}`;
  } catch {
    return null;
  }
}

function psStart(pid: number): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' }, timeout: 5_000 };
    execFile('ps', ['-o', 'lstart=', '-p', String(pid)], options, (error, output) => {
      resolve(error === null && output.trim() !== '' ? output.trim() : null);
    });
  });
}
