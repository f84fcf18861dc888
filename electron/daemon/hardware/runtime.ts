import type { CommandHandlers } from '../../../shared/contract/commands.ts';
import type { hardwareCommands } from '../../../shared/contract/hardware.ts';
import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import type { Logger } from '../logging/logger.ts';
import type { Settings } from '../storage/settings.ts';
import { type Clock, sleep } from '../system/clock.ts';
import type { Part } from '../system/part.ts';
import type { TimeEvent } from '../system/time-watch.ts';
import type { HardwareProbe } from './probe.ts';
import type { ProbeKeeper } from './probe-keeper.ts';
import { hardwareReport } from './report.ts';
import { createTelemetry, freeVramBytes } from './telemetry.ts';
import { type TierStanding, tierStanding } from './tier-match.ts';

/** The hardware as the daemon uses it: the probe, the registered tier beside it, live figures, and the commands. */
export interface HardwareRuntime extends Part {
  readonly handlers: Pick<CommandHandlers, keyof typeof hardwareCommands>;
  readonly probe: HardwareProbe;
  /** What heartbeats report: as it is set, else `gpu` from tier 2. [network.md 3.1] */
  readonly mode: 'gpu' | 'cpu';
  /** How the registered tier stands to the probed one, and what follows. */
  readonly standing: TierStanding;
  /** Memory of the cards that nobody uses now, bytes; takes a moment. Null when it is not known. */
  freeVram(): Promise<number | null>;
  report(): Pick<Snapshot, 'hardware'>;
  /** The probe, or what the operator accepts. */
  onFacts(listener: () => void): void;
  /** Live figures of the cards. */
  onProgress(listener: () => void): void;
  onTime(event: TimeEvent): void;
  stop(): Promise<void>;
}

/** The first figures of a card come within a second or two. */
const vramPollMs = 5000;

export function createHardwareRuntime(
  options: { mode: Settings['mode']; acceptTierMismatch: boolean; env: NodeJS.ProcessEnv },
  modules: {
    keeper: Pick<ProbeKeeper, 'current' | 'renew' | 'onChange'>;
    declaredTier: () => number | null;
    saveSetting: (name: string, value: unknown) => Promise<void>;
    clock: Clock;
    log: Logger;
  },
): HardwareRuntime {
  const { keeper, declaredTier, saveSetting, clock, log } = modules;
  const listeners: (() => void)[] = [];
  const stopping = new AbortController();
  const telemetry = createTelemetry({ env: options.env }, { hardware: keeper.current, clock, log });
  let accepted = options.acceptTierMismatch;

  const standing = () => tierStanding({ declared: declaredTier(), probed: keeper.current().tier, accepted });
  const mode = () => (options.mode !== 'auto' ? options.mode : keeper.current().tier > 1 ? 'gpu' : 'cpu');
  const changed = () => {
    for (const listener of listeners) listener();
  };
  keeper.onChange(changed);

  return {
    name: 'hardware',
    handlers: {
      'hardware.probe': async () => {
        await keeper.renew();
        return { tier: keeper.current().tier };
      },
      'hardware.watch': async ({ forMs }) => ({ untilMs: telemetry.watch(forMs) }),
      'hardware.acceptTierMismatch': async ({ accept }) => {
        await saveSetting('hardware.acceptTierMismatch', accept);
        accepted = accept;
        log.warn('tier-mismatch', { accepted });
        changed();
        return { accepted };
      },
    },
    get probe() {
      return keeper.current();
    },
    get mode() {
      return mode();
    },
    get standing() {
      return standing();
    },
    async freeVram() {
      const read = () => freeVramBytes(telemetry.current, keeper.current());
      if (keeper.current().modelBudget.basis !== 'vram') return null;
      telemetry.watch(vramPollMs);
      for (let waitedMs = 0; waitedMs < vramPollMs && read() === null; waitedMs += 250)
        await sleep(clock, 250, stopping.signal);
      return read();
    },
    report: () => {
      const { match } = standing();
      const declared = { tier: declaredTier(), match, accepted };
      const load = telemetry.current;
      return { hardware: hardwareReport({ hardware: keeper.current(), mode: mode(), declared, load }) };
    },
    onFacts: (listener) => void listeners.push(listener),
    onProgress: (listener) => void telemetry.onChange(listener),
    onTime({ kind }) {
      if (kind === 'woke') void keeper.renew();
    },
    async stop() {
      stopping.abort();
      await telemetry.stop();
    },
  };
}
