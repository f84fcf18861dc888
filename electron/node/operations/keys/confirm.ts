import { endQuarantine, readQuarantine } from '../../../daemon/identity/quarantine.ts';
import type { NodeContext } from '../../context.ts';

/**
 * Releases a key that came from another computer, once a person says that the node there is off.
 *
 * @param oldMachineIsOff asked only where a key waits for it; throws to cancel
 * @returns whether one was waiting
 * @throws NodeError `disk-full`, `state-dir-unusable`, and what `oldMachineIsOff` throws
 */
export async function confirmOldMachineOff(
  { paths }: NodeContext,
  oldMachineIsOff: () => Promise<void>,
): Promise<boolean> {
  if ((await readQuarantine(paths)) === null) return false;
  await oldMachineIsOff();
  await endQuarantine(paths);
  return true;
}
