import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isNodeError, NodeError } from '../../../shared/errors.ts';
import { shortestPassphrase } from '../../../shared/passphrase.ts';
import type { Reason } from '../../../shared/reasons/reason-text.ts';
import { errorCode, readSmallFile } from '../storage/atomic-file.ts';
import { looksLikePrivateKey, looksLikeSeedPhrase } from './wallet-secret.ts';

/** Where the passphrase of a locked key comes from. It is never a value of an argument or a variable. */
export interface PassphraseSource {
  /**
   * @param place what it is to open, for a person who is asked
   * @throws NodeError `passphrase-needed`, `passphrase-unusable`
   */
  existing(place: string): Promise<string>;
}

/** The variable that names a file, not a passphrase. */
const passphraseFileVariable = 'PARALLELIX_KEY_PASSPHRASE_FILE';
/** systemd: `LoadCredential=parallelix-key-passphrase:/path` or its encrypted form. */
const credentialName = 'parallelix-key-passphrase';

const longestBytes = 4096;

/**
 * The passphrase of the key: from the file that the variable names, else from systemd's credential,
 * else from whoever can be asked.
 */
export function createPassphraseSource(
  options: { env: NodeJS.ProcessEnv },
  modules: { ask?: ((place: string) => Promise<string>) | undefined } = {},
): PassphraseSource {
  return {
    async existing(place) {
      const found = await findPassphrase(options.env);
      if (found !== null) return found;
      if (modules.ask === undefined) throw new NodeError('passphrase-needed', { place });
      return modules.ask(place);
    },
  };
}

/**
 * The passphrase as a service is given it.
 *
 * @returns null when neither a file nor a credential is named
 * @throws NodeError `passphrase-unusable`
 */
export async function findPassphrase(env: NodeJS.ProcessEnv): Promise<string | null> {
  const named = env[passphraseFileVariable];
  if (named) return readPassphraseFile(named);
  const folder = env.CREDENTIALS_DIRECTORY;
  if (!folder) return null;
  const credential = join(folder, credentialName);
  const present = await stat(credential).catch(() => null);
  // systemd guards the folder; the group bits of the file show its access list, not its openness.
  return present === null ? null : readPassphraseFile(credential, 0o007);
}

/**
 * Reads a passphrase from a file: its text without the newline at its end.
 *
 * @param openBits permission bits that the file must not have
 * @throws NodeError `passphrase-unusable`
 */
export async function readPassphraseFile(path: string, openBits = 0o077): Promise<string> {
  const refuse = (reason: Reason) => new NodeError('passphrase-unusable', { source: path, reason });
  try {
    const facts = await stat(path);
    if (!facts.isFile()) throw refuse('not-a-file');
    if ((facts.mode & openBits) !== 0) {
      const mode = (facts.mode & 0o777).toString(8).padStart(4, '0');
      throw refuse(`open-to-others(${mode})`);
    }
    const text = await readSmallFile(path, longestBytes);
    const passphrase = (text ?? '').replace(/\r?\n$/, '');
    if (passphrase === '') throw refuse('is-empty');
    return passphrase;
  } catch (error) {
    if (isNodeError(error, 'passphrase-unusable')) throw error;
    if (isNodeError(error, 'file-too-large')) throw refuse('passphrase-too-long');
    const code = errorCode(error);
    throw refuse(code === 'ENOENT' ? 'no-such-file' : (code ?? 'unexpected error'));
  }
}

/**
 * Judges a passphrase that something is to be locked with.
 *
 * @throws NodeError `passphrase-unusable`, and `wallet-phrase` for what belongs in no program
 */
export function judgeNewPassphrase(passphrase: string, source: string): void {
  if (looksLikeSeedPhrase(passphrase) || looksLikePrivateKey(passphrase)) {
    throw new NodeError('wallet-phrase', { place: source });
  }
  if ([...passphrase].length < shortestPassphrase) {
    throw new NodeError('passphrase-unusable', {
      source,
      reason: `passphrase-too-short(${shortestPassphrase})`,
    });
  }
}
