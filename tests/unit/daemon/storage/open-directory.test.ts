import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { ensureStateDir, type StatePaths } from '../../../../electron/daemon/storage/paths.ts';
import { systemClock as clock } from '../../../../electron/daemon/system/clock.ts';
import { resolvePaths } from '../../../../electron/node/state-directory.ts';
import { temporaryFolder } from '../../../fixtures/faults/faults.ts';

/** An account that is not the one that runs the tests. */
const somebody = 65_534;
const asRoot = process.geteuid?.() === 0;

let folder = '';
let stateDir = '';
const resolve = (): Promise<StatePaths> =>
  resolvePaths({ stateDir, env: {}, platform: 'linux', homeDir: folder });
const modeOf = (path: string) => statSync(path).mode & 0o7777;
const open = () => chmodSync(stateDir, 0o777);

beforeEach(async () => {
  folder = await temporaryFolder();
  stateDir = join(folder, 's');
  await ensureStateDir(await resolve(), { clock });
  writeFileSync(join(stateDir, 'settings.json'), '{"schemaVersion":1}', { mode: 0o600 });
});

describe('a state directory that stood open to others', () => {
  it('is not used where somebody else put settings in it, and says what to do', async (context) => {
    if (!asRoot) return context.skip('only root can make files of somebody else');
    open();
    writeFileSync(
      join(stateDir, 'settings.json'),
      '{"schemaVersion":1,"coordinatorUrl":"https://elsewhere.example"}',
    );
    chownSync(join(stateDir, 'settings.json'), somebody, somebody);
    await expect(resolve()).rejects.toMatchObject({
      code: 'state-dir-open',
      details: { path: stateDir, mode: '0777', names: 'settings.json' },
    });
    expect(modeOf(stateDir)).toBe(0o777);
  });

  it('is not used where a link in it leads to files of the operator, which stay as they are', async () => {
    const documents = join(folder, 'documents');
    mkdirSync(documents, { mode: 0o755 });
    open();
    const paths = await resolve();
    // As it is planted while nobody looks: in the place of a folder of ours.
    const logs = join(folder, 'away');
    renameSync(paths.logDir, logs);
    symlinkSync(documents, paths.logDir);
    await expect(ensureStateDir(paths, { clock })).rejects.toMatchObject({
      code: 'state-dir-open',
      details: { names: 'logs' },
    });
    await expect(resolve()).rejects.toMatchObject({ code: 'state-dir-open' });
    expect(modeOf(documents)).toBe(0o755);
  });

  it('is not used where a file in it has a second name elsewhere, and neither is what is in its folders', async () => {
    const letter = join(folder, 'letter.txt');
    writeFileSync(letter, 'Dear Sir');
    open();
    linkSync(letter, join(stateDir, 'logs', 'node.log'));
    await expect(resolve()).rejects.toMatchObject({ details: { names: join('logs', 'node.log') } });
    expect(readFileSync(letter, 'utf8')).toBe('Dear Sir');
  });

  it('is closed, and that is told, where all in it is ours', async () => {
    open();
    expect(await ensureStateDir(await resolve(), { clock })).toEqual({ narrowedFrom: '777' });
    expect(modeOf(stateDir)).toBe(0o700);
    expect(await ensureStateDir(await resolve(), { clock })).toEqual({ narrowedFrom: null });
  });
});
