import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decryptKeystoreJson } from 'ethers/wallet';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { converse, hasScript } from '../../fixtures/cli/conversation.ts';
import { type CliWorld, createCliWorld } from '../../fixtures/cli/process.ts';

describe.skipIf(!hasScript)('questions in a terminal (skipped where util-linux’ script is missing)', () => {
  let world: CliWorld;
  const passphrase = 'vier zufällige Wörter hier';
  const keyFile = () => join(world.stateDir, 'node.key');
  const backup = () => join(world.homeDir, 'b.json');
  const makeBackup = () =>
    converse(
      world,
      ['key', 'backup', backup()],
      [
        [/New passphrase for the backup: $/, `${passphrase}\r`],
        [/The same again: $/, `${passphrase}\r`],
      ],
    );

  beforeEach(async () => {
    world = await createCliWorld();
    await world.run(['init']);
  });
  afterEach(() => world.clean());

  it('take a passphrase twice without showing it', async () => {
    const { code, text } = await makeBackup();
    expect([code, text]).toEqual([0, expect.stringMatching(/The backup is made/)]);
    expect(text).not.toMatch(/zuf|Wörter|\*/);
    const { privateKey } = await decryptKeystoreJson(readFileSync(backup(), 'utf8'), passphrase);
    expect(privateKey).toBe(`0x${readFileSync(keyFile(), 'utf8')}`);
  });

  it('refuse one that is typed differently the second time, and take corrections', async () => {
    const first = await converse(
      world,
      ['key', 'backup', backup()],
      [
        [/New passphrase/, `${passphrase}\r`],
        [/The same again: $/, 'another passphrase\r'],
      ],
    );
    expect([first.code, first.text]).toEqual([6, expect.stringMatching(/another one; nothing was changed/)]);
    expect(existsSync(backup())).toBe(false);
    const repaired = await converse(
      world,
      ['key', 'backup', backup()],
      [
        [/New passphrase/, `${passphrase}xä\u007f\u007f\r`],
        [/The same again: $/, `${passphrase}\r`],
      ],
    );
    expect(repaired.code).toBe(0);
  });

  it('are cancelled with Ctrl-C, and the terminal shows again what is typed', async () => {
    const { code, text } = await converse(world, ['key', 'backup', backup()], [[/New passphrase/, '\u0003']]);
    expect([code, text]).toEqual([1, expect.stringMatching(/Cancelled/)]);
    expect(existsSync(backup())).toBe(false);
  });

  it('refuse a seed phrase and do not show it', async () => {
    const phrase = Array(12).fill('zebra').join(' ');
    const { code, text } = await converse(
      world,
      ['key', 'backup', backup()],
      [[/New passphrase/, `${phrase}\r`]],
    );
    expect([code, text]).toEqual([2, expect.stringMatching(/looks like the seed phrase/)]);
    expect(text).not.toContain('zebra');
  });

  it('ask at a restore for the passphrase, and whether the old machine is off', async () => {
    await makeBackup();
    await world.run(['init', '--force']);
    const before = readFileSync(keyFile(), 'utf8');
    const declined = await converse(
      world,
      ['key', 'restore', backup(), '--different-key'],
      [[/Type REPLACE to continue: $/, 'yes\r']],
    );
    expect([declined.code, readFileSync(keyFile(), 'utf8')]).toEqual([1, before]);
    const held = await converse(
      world,
      ['key', 'restore', backup(), '--different-key'],
      [
        [/Type REPLACE to continue: $/, 'REPLACE\r'],
        [/Passphrase of .*b\.json: $/, `${passphrase}\r`],
        [/type OFF .*: $/, '\r'],
      ],
    );
    expect([held.code, held.text]).toEqual([
      0,
      expect.stringMatching(/key\s+confirm\s+--old-machine-is-off/),
    ]);
    expect(readFileSync(keyFile(), 'utf8')).not.toBe(before);
    const confirmed = await converse(world, ['key', 'confirm'], [[/type OFF .*: $/, 'OFF\r']]);
    expect([confirmed.code, confirmed.text]).toEqual([0, expect.stringMatching(/may be used here now/)]);
  });
});
