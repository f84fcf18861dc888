import type { Logger } from '../logging/logger.ts';
import type { Clock, Timer } from '../system/clock.ts';
import { createToolRunner } from '../system/run-tool.ts';
import { readDriverStamp } from './driver-stamp.ts';
import { type HardwareProbe, probeHardware } from './probe.ts';
import { readCachedProbe, writeCachedProbe } from './probe-cache.ts';
import { mayHideGpu } from './registration-block.ts';
import { systemFacts } from './system-facts.ts';

/** Keeps the last probe at hand, makes a new one when asked, and by itself when a driver changed. */
export interface ProbeKeeper {
  /** The probe in use at the start was made in an earlier run. */
  readonly fromCache: boolean;
  current(): HardwareProbe;
  /** Probes again now; joins a probe that is under way. Never rejects. */
  renew(): Promise<void>;
  /** Called after every new probe, whoever asked for it. */
  onChange(listener: () => void): void;
  stop(): Promise<void>;
}

/** Between two checks of the drivers. They start no program, but read a few hundred small files on a large machine. */
const driverIntervalMs = 5 * 60_000;
/** The same while they differ from what they were when the probe was made. */
const changedIntervalMs = 60_000;
/** Without anybody asking, vendors' tools are started no more often than this. */
const idleIntervalMs = 10 * 60_000;
/** A card that is missing after waking or starting may only be slow to come up. */
const secondProbeMs = 30_000;

/** The last probe if there is one, so that the first heartbeat need not wait for vendor tools. */
export async function createProbeKeeper(
  options: {
    cacheFile: string;
    env: NodeJS.ProcessEnv;
    /** UUIDs of the cards that may decide the tier; null: all. */
    chosenCards?: readonly string[] | null;
    /** The folder that stands for `/`. */
    root?: string;
  },
  modules: {
    clock: Clock;
    log: Logger;
    /** Replaces probing this machine. */
    probe?: (signal: AbortSignal) => Promise<HardwareProbe>;
  },
): Promise<ProbeKeeper> {
  const { cacheFile, env, chosenCards = null, root = '/' } = options;
  const { clock, log } = modules;
  const stopping = new AbortController();
  const listeners: (() => void)[] = [];
  const probeThis = modules.probe ?? probeThisMachine;
  const runTool = createToolRunner({ env }, { clock });
  let probedAtMs: number | null = null;

  function probeThisMachine(signal: AbortSignal): Promise<HardwareProbe> {
    return probeHardware({ signal, chosenCards, root }, { runTool, system: systemFacts(), clock });
  }

  async function probeNow(): Promise<HardwareProbe | null> {
    probedAtMs = clock.monotonicMs();
    const probe = await probeThis(stopping.signal);
    if (stopping.signal.aborted) return null;
    await writeCachedProbe(cacheFile, probe).catch(() => log.warn('probe-not-cached'));
    return probe;
  }

  const read = await readCachedProbe(cacheFile);
  // With other cards chosen it would report hardware to the network that is not used.
  const cached = read && sameCards(read.chosenCards, chosenCards) ? read : null;
  const first = cached ?? (await probeNow());
  if (first === null) throw new TypeError('the first probe cannot have been stopped');
  let current = first;
  let probing: Promise<void> | null = null;
  let watchTimer: Timer | null = null;
  let secondProbe: Timer | null = null;
  let lastStamp: string | null | undefined;

  async function renewNow(): Promise<void> {
    try {
      const probe = await probeNow();
      if (probe === null) return;
      if (probe.tier !== current.tier) log.warn('tier-changed', { from: current.tier, to: probe.tier });
      current = probe;
      for (const listener of listeners) listener();
    } catch (error) {
      log.error('probe-failed', { error: String(error) });
    } finally {
      probing = null;
    }
  }

  function renewOnce(): Promise<void> {
    probing ??= renewNow();
    return probing;
  }

  /** What somebody asked for, or waking: then a card that has gone missing is searched for once more, soon. */
  async function renew(): Promise<void> {
    const before = current.tier;
    await renewOnce();
    secondProbe?.cancel();
    if (stopping.signal.aborted || current.tier >= before || !isDoubtful(current)) return;
    secondProbe = clock.after(secondProbeMs, () => void renewOnce());
  }

  /**
   * A stamp counts once two checks agree on it: in the middle of a driver's update there is nothing to see. A card
   * that may only be out of order is searched for again and again, because nothing may tell of its return.
   */
  async function watchDriver(): Promise<void> {
    const stamp = await readDriverStamp(root).catch(() => current.driverStamp);
    if (stopping.signal.aborted) return;
    const changed = stamp !== current.driverStamp && stamp === lastStamp;
    lastStamp = stamp;
    const rested = probedAtMs === null || clock.monotonicMs() - probedAtMs >= idleIntervalMs;
    if (rested && (changed || isDoubtful(current))) {
      if (changed) log.info('driver-changed');
      await renewOnce();
    }
    watchLater(stamp === current.driverStamp ? driverIntervalMs : changedIntervalMs);
  }

  function watchLater(delayMs: number): void {
    if (stopping.signal.aborted) return;
    watchTimer = clock.after(delayMs, () => void watchDriver());
  }

  watchLater(changedIntervalMs);
  return {
    fromCache: cached !== null,
    current: () => current,
    renew,
    onChange: (listener) => void listeners.push(listener),
    async stop() {
      stopping.abort();
      watchTimer?.cancel();
      secondProbe?.cancel();
      await probing;
    },
  };
}

/** A card may be missing that is only out of order. */
function isDoubtful({ findings }: HardwareProbe): boolean {
  return findings.some(({ code }) => mayHideGpu(code));
}

function sameCards(one: readonly string[] | null, other: readonly string[] | null): boolean {
  return (one ?? []).toSorted().join() === (other ?? []).toSorted().join();
}
