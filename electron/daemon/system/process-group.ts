import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';

export interface GroupMember {
  pid: number;
  /** Its command line. */
  command: string;
}

/** The living processes of a group; none where there is no such group, or the system does not tell. */
export async function groupMembers(
  pgid: number,
  platform: NodeJS.Platform = process.platform,
): Promise<GroupMember[]> {
  return platform === 'linux' ? linuxMembers(pgid) : psMembers(pgid);
}

async function linuxMembers(pgid: number): Promise<GroupMember[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const members = await Promise.all(
    pids.map(async (pid) => {
      try {
        const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
        // proc(5): after the name in parentheses come state, parent and group.
        const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (Number(group) !== pgid || state === 'Z' || state === 'X') return null;
        const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim();
        return { pid: Number(pid), command };
      } catch {
        // It has just ended.
        return null;
      }
    }),
  );
  return members.filter((member) => member !== null);
}

function psMembers(pgid: number): Promise<GroupMember[]> {
  return new Promise((resolve) => {
    const options = { env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' }, timeout: 5_000, maxBuffer: 2 ** 24 };
    execFile('ps', ['-A', '-ww', '-o', 'pgid=,pid=,args='], options, (error, output) => {
      const lines = error === null ? output.split('\n') : [];
      resolve(
        lines.flatMap((line) => {
          const [, pid, command] = new RegExp(`^\\s*${pgid}\\s+(\\d+)\\s+(.+)$`).exec(line) ?? [];
          return pid === undefined || command === undefined ? [] : [{ pid: Number(pid), command }];
        }),
      );
    });
  });
}
