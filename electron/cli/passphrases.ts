import { NodeError } from '../../shared/errors.ts';
import {
  createPassphraseSource,
  findPassphrase,
  judgeNewPassphrase,
  type PassphraseSource,
  readPassphraseFile,
} from '../daemon/identity/passphrase.ts';
import type { Invocation } from './args/invocation.ts';
import { askHidden, canAsk } from './terminal/prompt.ts';

/** Asks a person for the passphrase of something; undefined where nobody can be asked. */
export const passphraseAsker = (): ((place: string) => Promise<string>) | undefined =>
  canAsk() ? (place) => askHidden(`Passphrase of ${place}: `) : undefined;

/** Opens the key file of this node, if it is locked. */
function keyFilePassphrase({ env }: Invocation): PassphraseSource {
  return createPassphraseSource({ env }, { ask: passphraseAsker() });
}

/**
 * The passphrase of a backup.
 *
 * @throws NodeError `passphrase-needed`, `passphrase-unusable`, `cancelled`
 */
export async function backupPassphrase(invocation: Invocation, path: string): Promise<string> {
  const given = await givenPassphrase(invocation);
  return given === null ? keyFilePassphrase(invocation).existing(path) : given.passphrase;
}

/**
 * A passphrase to lock something with: given as a file, or typed twice.
 *
 * @param what for the question: `the backup`
 * @throws NodeError `passphrase-needed`, `passphrase-unusable`, `wallet-phrase`, `cancelled`
 */
export async function newPassphrase(invocation: Invocation, what: string): Promise<string> {
  const given = await givenPassphrase(invocation);
  if (given !== null) {
    judgeNewPassphrase(given.passphrase, given.source);
    return given.passphrase;
  }
  if (!canAsk()) throw new NodeError('passphrase-needed', { place: what });
  const passphrase = await askHidden(`New passphrase for ${what}: `);
  judgeNewPassphrase(passphrase, 'this terminal');
  if ((await askHidden('The same again: ')) !== passphrase) {
    const reason = 'passphrases-differ';
    throw new NodeError('passphrase-unusable', { source: 'this terminal', reason });
  }
  return passphrase;
}

async function givenPassphrase({
  flags,
  env,
}: Invocation): Promise<{ passphrase: string; source: string } | null> {
  const file = flags['passphrase-file'];
  if (file !== undefined) return { passphrase: await readPassphraseFile(file), source: file };
  const found = await findPassphrase(env);
  return found === null ? null : { passphrase: found, source: 'the environment' };
}
