import type { CommandHandlers } from '../../../shared/contract/commands.ts';
import type { hardwareCommands } from '../../../shared/contract/hardware.ts';
import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import { NodeError } from '../../../shared/errors.ts';
import type { HardwareProbe } from './probe.ts';
import { hardwareReport } from './report.ts';
import { type TierStanding, tierStanding } from './tier-match.ts';

/** The hardware as the daemon uses it: the probe, the registered tier beside it, live figures, and the commands. */
export interface HardwareRuntime {
  readonly handlers: Pick<CommandHandlers, keyof typeof hardwareCommands>;
  /** How the registered tier stands to the probed one, and what follows. */
  readonly standing: TierStanding;
  report(): Snapshot['hardware'];
}

export function createHardwareRuntime(
  options: { mode: 'gpu' | 'cpu'; acceptTierMismatch: boolean },
  modules: {
    probe: () => HardwareProbe;
    renew: () => Promise<void>;
    declaredTier: () => number | null;
    saveSetting: (name: string, value: unknown) => Promise<void>;
    onChange: () => void;
  },
): HardwareRuntime {
  const { probe, renew, declaredTier, saveSetting, onChange } = modules;
  let accepted = options.acceptTierMismatch;
  const standing = () => tierStanding({ declared: declaredTier(), probed: probe().tier, accepted });
  return {
    handlers: {
      'hardware.probe': async () => {
        await renew();
        return { tier: probe().tier };
      },
      'hardware.watch': async () => {
        throw new NodeError('command-unknown', { command: 'hardware.watch' });
      },
      'hardware.acceptTierMismatch': async ({ accept }) => {
        await saveSetting('hardware.acceptTierMismatch', accept);
        accepted = accept;
        onChange();
        return { accepted };
      },
    },
    get standing() {
      return standing();
    },
    report: () => {
      const { match } = standing();
      const declared = { tier: declaredTier(), match, accepted };
      return hardwareReport({ hardware: probe(), mode: options.mode, declared, load: null });
    },
  };
}
