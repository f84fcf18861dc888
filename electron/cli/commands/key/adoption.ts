import { NodeError } from '../../../../shared/errors.ts';
import { describeReason } from '../../../../shared/reasons/reason-text.ts';
import type { StatePaths } from '../../../daemon/storage/paths.ts';
import type { Adoption } from '../../../node/operations/keys/adopt.ts';
import { walletFault } from '../../../node/wallet-address.ts';
import type { Invocation } from '../../args/invocation.ts';
import { newPassphrase } from '../../passphrases.ts';
import { askLine, canAsk } from '../../terminal/prompt.ts';

/**
 * Whether a person insists on a key that is not the expected one; said twice, or said once and typed.
 *
 * @throws NodeError `usage` when it is said half, `cancelled`
 */
export async function insists({ flags }: Invocation): Promise<boolean> {
  const [once, twice] = [flags['different-key'] === true, flags['yes-really'] === true];
  if (twice && !once) {
    throw new NodeError('usage', { input: '--yes-really', remedy: 'says nothing without --different-key' });
  }
  if (!once || twice) return once;
  if (!canAsk()) {
    throw new NodeError('usage', { input: '--different-key', remedy: 'needs --yes-really too, to be sure' });
  }
  const question =
    'The present key is moved to the backup folder. Its registration earns nothing without it. Type REPLACE to continue: ';
  if ((await askLine(question)) === 'REPLACE') return true;
  throw new NodeError('cancelled', { reason: 'aborted' });
}

/** Whether the old machine is off: said by flag, or typed by a person who is there. */
export async function oldMachineIsOff({ flags }: Invocation): Promise<boolean> {
  if (flags['old-machine-is-off']) return true;
  if (!canAsk()) return false;
  const question =
    'Two machines with one key lose each other’s work. If the old one is off, or its node is, type OFF (else just Enter): ';
  return (await askLine(question)) === 'OFF';
}

/**
 * How a key from elsewhere is to be taken in, as the flags say.
 *
 * @throws NodeError `usage`
 */
export function adoptionOf(invocation: Invocation, paths: StatePaths, differentKey: boolean): Adoption {
  const { flags } = invocation;
  const lockWith = flags.passphrase ? () => newPassphrase(invocation, paths.keyFile) : undefined;
  return { differentKey, wallet: walletGiven(flags.wallet), lockWith };
}

/** @throws NodeError `usage` */
export function walletGiven(text: string | undefined): string | null {
  if (text === undefined) return null;
  const fault = walletFault(text);
  if (fault === null) return text.toLowerCase();
  throw new NodeError('usage', { input: `--wallet ${text}`, remedy: describeReason(fault) });
}
