import type { FileTree } from './file-tree.ts';

/** What a container, or a limit of the service manager, leaves of the machine; null where it leaves all. */
export interface ContainerLimits {
  ramLimitBytes: number | null;
  /** Processors, with fractions. */
  cpuLimit: number | null;
}

const root = 'sys/fs/cgroup';

/** Reads the limits of control groups, version 2 and 1, of this process and all groups around it. Linux only. */
export async function readContainerLimits(
  tree: FileTree,
  installed: { ramBytes: number; cores: number },
): Promise<ContainerLimits> {
  const memberships = ((await tree.read('proc/self/cgroup', 64 * 1024)) ?? '').split('\n');
  const ram: number[] = [];
  const cpu: number[] = [];
  for (const membership of memberships) {
    const match = /^\d+:([^:]*):(\/.*)$/.exec(membership);
    if (!match) continue;
    const [, controllers = '', path = '/'] = match;
    const names = controllers.split(',');
    for (const group of groupsAround(path)) {
      if (controllers === '') {
        ram.push(bytesOf(await tree.read(`${root}${group}/memory.max`)));
        cpu.push(shareOf(await tree.read(`${root}${group}/cpu.max`)));
      }
      if (names.includes('memory'))
        ram.push(bytesOf(await tree.read(`${root}/memory${group}/memory.limit_in_bytes`)));
      if (names.includes('cpu')) {
        const quota = await tree.read(`${root}/cpu${group}/cpu.cfs_quota_us`);
        cpu.push(shareOf(`${quota} ${await tree.read(`${root}/cpu${group}/cpu.cfs_period_us`)}`));
      }
    }
  }
  const ramLimit = Math.min(...ram);
  const cpuLimit = Math.min(...cpu);
  return {
    ramLimitBytes: ramLimit < installed.ramBytes ? ramLimit : null,
    cpuLimit: cpuLimit < installed.cores ? cpuLimit : null,
  };
}

/** A group and all groups around it, the outermost with no name. */
function groupsAround(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '' && part !== '..');
  return Array.from({ length: parts.length + 1 }, (_, depth) =>
    parts
      .slice(0, depth)
      .map((part) => `/${part}`)
      .join(''),
  );
}

const bytesOf = (text: string | null) =>
  /^\d{1,20}$/.test(text ?? '') ? Number(text) : Number.POSITIVE_INFINITY;

/** `200000 100000`: the time in a period. No limit is `max` or -1. */
function shareOf(text: string | null): number {
  const [, quota = '', period = ''] = /^(\d{1,12}) (\d{1,12})$/.exec(text ?? '') ?? [];
  const share = Number(quota) / Number(period);
  return quota !== '' && share > 0 ? share : Number.POSITIVE_INFINITY;
}
