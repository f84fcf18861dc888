import type { CheckReport } from '../../shared/check-findings.ts';
import type { HardwareProbe } from '../daemon/hardware/probe.ts';
import { probe } from '../node/hardware.ts';
import { checkUp as checkComputer } from '../node/operations/checks.ts';
import type { Invocation } from './args/invocation.ts';
import { withDaemon } from './daemon-link.ts';
import { unattendedPassphrase } from './passphrases.ts';
import type { Configuration } from './resolve.ts';

/** Every check, with what is in force for this call. */
export function checkUp(
  invocation: Invocation,
  { paths, settings, store, ollama, nodeId, owner }: Configuration,
  known: { hardware?: HardwareProbe; nodeId?: string | null } = {},
): Promise<CheckReport[]> {
  const { clock, env, platform, homeDir, version } = invocation;
  return checkComputer(
    {
      ...{ env, platform, homeDir, version, paths, settings, ollama },
      notices: store.notices,
      nodeId: known.nodeId === undefined ? nodeId.value : known.nodeId,
      owner: owner.value,
    },
    {
      clock,
      passphrase: unattendedPassphrase(invocation),
      askDaemon: () =>
        withDaemon(invocation, paths, (daemon) => daemon.ask('snapshot', {})).catch(() => null),
      probe: async () => known.hardware ?? probe(invocation, paths),
    },
  );
}
