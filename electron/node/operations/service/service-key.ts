import { stat } from 'node:fs/promises';
import { NodeError } from '../../../../shared/errors.ts';
import { createFileKeyStore } from '../../../daemon/identity/file-store.ts';
import { readPassphraseFile } from '../../../daemon/identity/passphrase.ts';
import { readIdentityRecord } from '../../../daemon/storage/identity-record.ts';
import type { StatePaths } from '../../../daemon/storage/paths.ts';

/** `file`: a service can read it. `keychain`: it has to be moved first. `missing`: there is none. */
export type ServiceKey =
  | { place: 'file'; nodeKeyHash: string | null; locked: boolean }
  | { place: 'keychain'; nodeKeyHash: string }
  | { place: 'missing' };

/**
 * Checks whether a service can read the node key at any time, without a login. A locked key is opened with the
 * passphrase that the service will be given.
 *
 * @param options.uid who the service runs as
 * @throws NodeError `service-refused` for another user's key, `identity-unreadable`,
 *   `passphrase-needed`, `passphrase-unusable`, `passphrase-wrong` and the other errors of a key file
 */
export async function keyForService(options: {
  paths: StatePaths;
  uid: number;
  passphraseFile: string | null;
}): Promise<ServiceKey> {
  const { paths, uid, passphraseFile } = options;
  const record = await readIdentityRecord(paths.identityFile);
  if (record?.keyStore === 'keychain') return { place: 'keychain', nodeKeyHash: record.nodeKeyHash };
  const passphrase = {
    existing: async (place: string) => {
      if (passphraseFile === null) throw new NodeError('passphrase-needed', { place });
      return readPassphraseFile(passphraseFile);
    },
  };
  const store = createFileKeyStore({ keyFile: paths.keyFile, passphrase });
  if (!(await store.occupied())) {
    if (record === null) return { place: 'missing' };
    throw new NodeError('key-missing', { nodeKeyHash: record.nodeKeyHash, place: paths.keyFile });
  }
  for (const path of [paths.stateDir, paths.keyFile]) {
    if ((await stat(path)).uid !== uid)
      throw new NodeError('service-refused', { reason: 'key-of-another-user', detail: path });
  }
  const locked = (await store.readFacts())?.protection === 'passphrase';
  if (record === null) await store.readAny();
  else await store.read(record.nodeKeyHash);
  return { place: 'file', nodeKeyHash: record?.nodeKeyHash ?? null, locked };
}
