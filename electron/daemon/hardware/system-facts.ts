import { availableParallelism, cpus, totalmem } from 'node:os';

/** What the operating system says of the machine. */
export interface SystemFacts {
  platform: NodeJS.Platform;
  arch: NodeJS.Architecture;
  cores: number;
  ramBytes: number;
}

export function systemFacts(): SystemFacts {
  // Where /proc is hidden the list is empty; the scheduler still says how many there are.
  const cores = cpus().length || availableParallelism();
  return { platform: process.platform, arch: process.arch, cores, ramBytes: totalmem() };
}
