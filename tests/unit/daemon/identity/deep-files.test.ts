import { symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createBackupWatch, readBackupIndex } from '../../../../electron/daemon/identity/backup-index.ts';
import { readKeyDocument } from '../../../../electron/daemon/identity/key-document.ts';
import { statePaths } from '../../../../electron/daemon/storage/paths.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import { isNodeError } from '../../../../shared/errors.ts';
import { temporaryFolder } from '../../../fixtures/storage/sandbox.ts';

const deep = (levels: number) => `${'{"x":'.repeat(levels)}1${'}'.repeat(levels)}`;
const hex = (digits: number) => `"${'0'.repeat(digits)}"`;
const seal = (kdfparams: string, more = '') =>
  `{${more}"kdf":"scrypt","kdfparams":${kdfparams},"cipher":"aes-128-ctr","cipherparams":{"iv":${hex(32)}},"ciphertext":${hex(64)},"mac":${hex(64)}}`;
const params = '{"n":2,"r":8,"p":1,"dklen":32,"salt":"00"}';

describe('a keystore of many levels', () => {
  it.each([
    ['as a whole', deep(100_000)],
    ['in its seal', `{"version":3,"crypto":${deep(100_000)}}`],
    ['in its parameters', `{"version":3,"crypto":${seal(deep(100_000))}}`],
    ['beside them', `{"version":3,"crypto":${seal(params, `"z":${deep(100_000)},`)}}`],
    ['beside the seal', `{"version":3,"crypto":${seal(params)},"parallelix":${deep(100_000)}}`],
  ])('%s is judged, and never ends the program', (_where, text) => {
    let fault: unknown = null;
    try {
      readKeyDocument(text, 'a file');
    } catch (error) {
      fault = error;
    }
    expect(fault === null || isNodeError(fault, 'key-malformed'), String(fault)).toBe(true);
  });
});

describe('an index of backups that is a loop of links', () => {
  it('counts as empty, and is read again without an error', async () => {
    const stateDir = await temporaryFolder();
    const paths = statePaths({ stateDir, env: {}, platform: 'linux', homeDir: '/home/someone' });
    symlinkSync('backups.json', paths.backupIndexFile);
    expect(await readBackupIndex(paths)).toEqual([]);
    const watch = createBackupWatch({ paths, nodeKeyHash: `0x${'a'.repeat(64)}` }, { clock: systemClock });
    expect(watch.hasBackup).toBe(false);
    await watch.refresh();
    expect(watch.hasBackup).toBe(false);
  });
});
