import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';

/** The command lines of the processes of a group; none where there is no such group, or the system does not tell. */
export async function groupCommands(
  pgid: number,
  platform: NodeJS.Platform = process.platform,
): Promise<string[]> {
  return platform === 'linux' ? linuxCommands(pgid) : psCommands(pgid);
}

async function linuxCommands(pgid: number): Promise<string[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(
    pids.map(async (pid) => {
      try {
        const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
        // proc(5): after the name in parentheses come state, parent and group.
        const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (Number(group) !== pgid || state === 'Z' || state === 'X') return null;
        return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim();
      } catch {
        // It has just ended.
        return null;
      }
    }),
  );
  return commands.filter((command) => command !== null);
}

function psCommands(pgid: number): Promise<string[]> {
  return new Promise((resolve) => {
    const options = { env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' }, timeout: 5_000, maxBuffer: 2 ** 24 };
    execFile('ps', ['-A', '-ww', '-o', 'pgid=,args='], options, (error, output) => {
      const lines = error === null ? output.split('\n') : [];
      resolve(lines.flatMap((line) => new RegExp(`^\\s*${pgid}\\s+(.+)$`).exec(line)?.[1] ?? []));
    });
  });
}
