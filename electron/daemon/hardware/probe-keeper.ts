import type { Clock } from '../clock.ts';
import type { Logger } from '../diagnostics/logger.ts';
import { type HardwareProbe, probeHardware, systemFacts } from './probe.ts';
import { readCachedProbe, writeCachedProbe } from './probe-cache.ts';
import { createToolRunner } from './tool.ts';

/** Keeps the last probe at hand and makes a new one when asked. */
export interface ProbeKeeper {
  /** The probe in use was made in an earlier run. */
  readonly fromCache: boolean;
  current(): HardwareProbe;
  /** Looks again; joins a look that is under way. Never rejects. */
  renew(): Promise<void>;
  stop(): Promise<void>;
}

/** The last probe if there is one, so that the first heartbeat need not wait for vendor tools. */
export async function createProbeKeeper(
  options: { cacheFile: string; env: NodeJS.ProcessEnv },
  { clock, log }: { clock: Clock; log: Logger },
): Promise<ProbeKeeper> {
  const { cacheFile, env } = options;
  const modules = { runTool: createToolRunner({ env }, { clock }), system: systemFacts(), clock };
  const stopping = new AbortController();
  const look = async (): Promise<HardwareProbe | null> => {
    const probe = await probeHardware({ signal: stopping.signal }, modules);
    if (stopping.signal.aborted) return null;
    await writeCachedProbe(cacheFile, probe).catch(() => log.warn('probe-not-cached'));
    return probe;
  };
  const cached = await readCachedProbe(cacheFile);
  const first = cached ?? (await look());
  if (first === null) throw new TypeError('the first probe cannot have been stopped');
  let current = first;
  let looking: Promise<void> | null = null;
  return {
    fromCache: cached !== null,
    current: () => current,
    renew() {
      looking ??= look().then((probe) => {
        looking = null;
        if (probe === null) return;
        if (probe.tier !== current.tier) log.warn('tier-changed', { from: current.tier, to: probe.tier });
        current = probe;
      });
      return looking;
    },
    async stop() {
      stopping.abort();
      await looking;
    },
  };
}
