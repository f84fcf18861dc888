import { isNodeError, NodeError } from '../../../shared/errors.ts';
import { registerLink } from '../../../shared/links.ts';
import { createFileKeyStore } from '../../daemon/identity/file-store.ts';
import { type CreatedIdentity, createIdentity } from '../../daemon/identity/identity.ts';
import { keyNamedByJournals } from '../../daemon/serving/journal-key.ts';
import { readIdentityRecord } from '../../daemon/storage/identity-record.ts';
import { acquireLock, type DaemonLock } from '../../daemon/storage/lock.ts';
import { ensureStateDir, type StatePaths } from '../../daemon/storage/paths.ts';
import { walletFault } from '../../node/wallet-address.ts';
import type { CommandRun, Invocation } from '../args/invocation.ts';
import { exitCodes } from '../exit-codes.ts';
import { probeAndKeep } from '../hardware.ts';
import { keyFilePassphrase, newPassphrase } from '../passphrases.ts';
import { resolvePaths } from '../resolve.ts';
import { paragraph } from '../terminal/layout.ts';
import { holdRegistering } from '../tier-acceptance.ts';
import { modeOf, registrationFacts } from './key/facts.ts';

export const runInit: CommandRun = async (invocation) => {
  const { flags, terminal } = invocation;
  const owner = walletGiven(flags.wallet);
  const paths = await resolvePaths(invocation);
  const lockWith = flags.passphrase ? await newPassphrase(invocation, paths.keyFile) : null;
  const created = await makeKey(invocation, paths, { force: flags.force === true, owner, lockWith });
  const { hardware } = await probeAndKeep(invocation, paths);
  const { nodeKeyHash, nodeAddress } = created.record;
  const mode = (await modeOf(created.place)) ?? 'unknown';
  const hold = await holdRegistering(invocation, hardware);
  const code = hold === null ? exitCodes.done : exitCodes.notReady;
  if (flags.json) {
    const { initDocument, printDocument } = await import('../documents/documents.ts');
    printDocument(terminal, initDocument, {
      schemaVersion: 1,
      document: 'init',
      nodeKeyHash,
      nodeAddress,
      tier: hardware.tier,
      registerLink: hold === null ? registerLink(nodeKeyHash, hardware.tier) : null,
      registrationHold: hold?.code ?? null,
      keyFile: created.place,
      keyMode: mode,
      owner: created.record.owner,
      backup: created.backup,
    });
    return code;
  }
  if (created.backup !== null) terminal.out(`${backupText(created)}\n`);
  terminal.out(
    `${terminal.paint('good', '✓')} ${terminal.bold('The node key is made.')} It stays on this machine and signs only heartbeats and results.\n`,
  );
  const facts = { tier: hardware.tier, nodeKeyHash, keyFile: created.place, mode, held: hold !== null };
  terminal.out(registrationFacts(terminal, facts));
  const next =
    hold === null
      ? 'Open the link and register with your staking wallet; the form is filled in. Then run: parallelix-operator start. The registration is noticed by itself.'
      : hold.next;
  if (hold?.told === false) terminal.out(`\n${paragraph(terminal, hold.means)}`);
  terminal.out(`\n${paragraph(terminal, next)}`);
  terminal.out(
    paragraph(
      terminal,
      'Make a backup of the key, because without it this registration cannot earn: parallelix-operator key backup FILE',
    ),
  );
  return code;
};

/** @throws NodeError `usage` */
function walletGiven(text: string | undefined): string | null {
  if (text === undefined) return null;
  const fault = walletFault(text);
  if (fault === null) return text.toLowerCase();
  throw new NodeError('usage', { input: `--wallet ${text}`, remedy: fault });
}

/**
 * Makes the key while no node runs on the same directory.
 *
 * @throws NodeError `key-exists` and the other errors of the identity, `other-daemon`, `usage`
 */
export async function makeKey(
  invocation: Invocation,
  paths: StatePaths,
  options: { force: boolean; owner: string | null; lockWith?: string | null },
): Promise<CreatedIdentity> {
  const { clock, version } = invocation;
  const { force, owner, lockWith = null } = options;
  const passphrase = keyFilePassphrase(invocation);
  const fileStore = createFileKeyStore({ keyFile: paths.keyFile, passphrase, lockWith });
  await ensureStateDir(paths, { clock });
  const record = await readIdentityRecord(paths.identityFile).catch((error: unknown) => {
    if (force && isNodeError(error, 'identity-unreadable')) return null;
    throw error;
  });
  if (owner !== null && owner === record?.nodeAddress) {
    const remedy = 'is the address of the node key; give that of your staking wallet';
    throw new NodeError('usage', { input: `--wallet ${owner}`, remedy });
  }
  let lock: DaemonLock;
  try {
    lock = await acquireLock({ paths, version }, { clock });
  } catch (error) {
    // Whoever runs has that very key: that it exists is the better answer.
    if (!force && record !== null && isNodeError(error, 'other-daemon')) {
      const { nodeKeyHash } = record;
      throw new NodeError('key-exists', { nodeKeyHash, place: fileStore.place(nodeKeyHash) });
    }
    throw error;
  }
  try {
    return await createIdentity(
      { paths, force, registration: { owner } },
      { clock, fileStore, journalNamesKey: () => keyNamedByJournals(paths) },
    );
  } finally {
    await lock.release();
  }
}

function backupText({ backup }: CreatedIdentity): string {
  const parts = [];
  if (backup?.keyFile)
    parts.push(`the old key ${backup.nodeKeyHash ?? ''} lies in ${backup.keyFile}`.replace('  ', ' '));
  if (backup?.recordFile) parts.push(`its record in ${backup.recordFile}`);
  return `Moved aside first: ${parts.join(', ')}. Its registration earns nothing without that key; to use it again, put both back.`;
}
