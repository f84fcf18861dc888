import { createDecipheriv, scryptSync } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keccak256 } from 'ethers/crypto';
import { decryptKeystoreJson, encryptKeystoreJson, Wallet } from 'ethers/wallet';
import { describe, expect, it } from 'vitest';
import { createFileKeyStore } from '../../../../electron/daemon/identity/file-store.ts';
import {
  openKeyDocument,
  readKeyDocument,
  sealKey,
} from '../../../../electron/daemon/identity/key-document.ts';
import { createNodeKey, generatePrivateKey } from '../../../../electron/daemon/identity/node-key.ts';
import {
  createPassphraseSource,
  findPassphrase,
  judgeNewPassphrase,
  readPassphraseFile,
} from '../../../../electron/daemon/identity/passphrase.ts';
import { temporaryFolder } from '../../../fixtures/storage/sandbox.ts';

/** Enough to prove the format, and a hundred times faster than what is used in earnest. */
const quickCost = 2 ** 10;
const belonging = { kind: 'backup' as const, nodeId: '4217', owner: null, network: null, createdAt: null };
const passphrase = 'correct horse battery stäple';
const source = (text: string) => ({ existing: () => Promise.resolve(text) });

function freshKey() {
  const privateKey = generatePrivateKey();
  return { privateKey, ...createNodeKey(privateKey) };
}

interface Keystore {
  address: string;
  crypto: {
    cipherparams: { iv: string };
    ciphertext: string;
    mac: string;
    kdfparams: { n: number; r: number; p: number; dklen: number; salt: string };
  };
}

/** Web3 Secret Storage by hand: nothing of the product takes part. */
function decryptByHand(text: string, password: string): string {
  const { crypto } = JSON.parse(text) as Keystore;
  const { n, r, p, dklen, salt } = crypto.kdfparams;
  const limits = { N: n, r, p, maxmem: 256 * n * r };
  const derived = scryptSync(
    Buffer.from(password.normalize('NFKC')),
    Buffer.from(salt, 'hex'),
    dklen,
    limits,
  );
  const ciphertext = Buffer.from(crypto.ciphertext, 'hex');
  expect(keccak256(Buffer.concat([derived.subarray(16, 32), ciphertext])).slice(2)).toBe(crypto.mac);
  const decipher = createDecipheriv(
    'aes-128-ctr',
    derived.subarray(0, 16),
    Buffer.from(crypto.cipherparams.iv, 'hex'),
  );
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('hex');
}

describe('a key under a passphrase', () => {
  it('opens by hand, by ethers and by us, at the standard cost', async () => {
    const { privateKey, nodeAddress } = freshKey();
    const text = await sealKey(privateKey, passphrase, belonging);
    expect((JSON.parse(text) as Keystore).crypto.kdfparams).toMatchObject({
      n: 131_072,
      r: 8,
      p: 1,
      dklen: 32,
    });
    expect(decryptByHand(text, passphrase)).toBe(privateKey);
    const byEthers = await decryptKeystoreJson(text, passphrase);
    expect([byEthers.privateKey, byEthers.address.toLowerCase()]).toEqual([`0x${privateKey}`, nodeAddress]);
    const document = readKeyDocument(text, 'f');
    expect(document && (await openKeyDocument(document, passphrase, 'f'))).toBe(privateKey);
  });

  it('that ethers wrote opens too, with its capital and without what is ours', async () => {
    const wallet = new Wallet(`0x${generatePrivateKey()}`);
    const text = await encryptKeystoreJson(wallet, passphrase, { scrypt: { N: quickCost } });
    expect(text).toContain('"Crypto"');
    const document = readKeyDocument(text, 'f');
    expect(document?.belonging).toBeNull();
    expect(document && `0x${await openKeyDocument(document, passphrase, 'f')}`).toBe(wallet.privateKey);
  });

  it.each([
    ['standard', { N: 262_144, r: 8, p: 1 }],
    ['light', { N: 4096, r: 8, p: 6 }],
  ])('with the costs that geth calls %s opens', async (_what, scrypt) => {
    const wallet = new Wallet(`0x${generatePrivateKey()}`);
    const document = readKeyDocument(await encryptKeystoreJson(wallet, passphrase, { scrypt }), 'f');
    expect(document && `0x${await openKeyDocument(document, passphrase, 'f')}`).toBe(wallet.privateKey);
  });

  it('of the published definition opens with PBKDF2', async () => {
    // Web3 Secret Storage Definition, test vector.
    const crypto = {
      cipher: 'aes-128-ctr',
      cipherparams: { iv: '6087dab2f9fdbbfaddc31a909735c1e6' },
      ciphertext: '5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46',
      kdf: 'pbkdf2',
      kdfparams: {
        c: 262_144,
        dklen: 32,
        prf: 'hmac-sha256',
        salt: 'ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd',
      },
      mac: '517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2',
    };
    const document = readKeyDocument(JSON.stringify({ version: 3, crypto }), 'f');
    expect(document && (await openKeyDocument(document, 'testpassword', 'f'))).toBe(
      '7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d',
    );
  });

  it('does not open with another passphrase, and says nothing of either', async () => {
    const document = readKeyDocument(
      await sealKey(freshKey().privateKey, passphrase, belonging, quickCost),
      'f',
    );
    const failed = document && openKeyDocument(document, 'wrong passphrase', 'f');
    await expect(failed).rejects.toMatchObject({ code: 'passphrase-wrong', details: { place: 'f' } });
  });

  it('opens however its accents were typed', async () => {
    const { privateKey } = freshKey();
    const text = await sealKey(privateKey, 'stäple'.normalize('NFD'), belonging, quickCost);
    const document = readKeyDocument(text, 'f');
    expect(document && (await openKeyDocument(document, 'stäple'.normalize('NFC'), 'f'))).toBe(privateKey);
  });

  it('that names another key than it holds is refused', async () => {
    const [ours, other] = [freshKey(), freshKey()];
    const text = await sealKey(ours.privateKey, passphrase, belonging, quickCost);
    const address = text.replaceAll(ours.nodeAddress.slice(2), other.nodeAddress.slice(2));
    const hash = text.replace(ours.nodeKeyHash, other.nodeKeyHash);
    for (const lie of [address, hash]) {
      const document = readKeyDocument(lie, 'f');
      const opened = document && openKeyDocument(document, passphrase, 'f');
      await expect(opened).rejects.toMatchObject({ code: 'key-malformed' });
    }
  });

  it.each([
    ['torn', (text: string) => text.slice(0, 200)],
    ['of another version', (text: string) => text.replace('"version": 3', '"version": 4')],
    [
      'with a cost that would take all memory',
      (text: string) => text.replace('"n": 1024', '"n": 1073741824'),
    ],
    ['with a cost that is no power of two', (text: string) => text.replace('"n": 1024', '"n": 1000')],
    ['with another cipher', (text: string) => text.replaceAll('aes-128-ctr', 'aes-128-cbc')],
    [
      'with half a ciphertext',
      (text: string) => text.replace(/"ciphertext": "[0-9a-f]{32}/, '"ciphertext": "'),
    ],
    ['with a node id of words', (text: string) => text.replace('"4217"', '"four"')],
  ])('%s is malformed before anything is derived', async (_what, spoil) => {
    const text = await sealKey(freshKey().privateKey, passphrase, belonging, quickCost);
    expect(spoil(text)).not.toBe(text);
    expect(() => readKeyDocument(spoil(text), 'f')).toThrow(
      expect.objectContaining({ code: 'key-malformed' }),
    );
  });
});

describe('the key file under a passphrase', () => {
  async function lockedStore() {
    const keyFile = join(await temporaryFolder(), 'state', 'node.key');
    const key = freshKey();
    const options = { keyFile, lockWith: passphrase, passphrase: source(passphrase), cost: quickCost };
    const store = createFileKeyStore(options);
    await store.add(key.nodeKeyHash, key.privateKey);
    return { keyFile, key, store };
  }

  it('is one 0600 file without the key in it, known by its content', async () => {
    const { keyFile, key, store } = await lockedStore();
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(keyFile, '..'))).toEqual(['node.key']);
    const text = readFileSync(keyFile, 'utf8');
    expect(text).not.toContain(key.privateKey);
    expect(text).not.toContain(passphrase);
    expect(decryptByHand(text, passphrase)).toBe(key.privateKey);
    expect(await store.read(key.nodeKeyHash)).toBe(key.privateKey);
    expect(await store.readFacts()).toEqual({ nodeKeyHash: key.nodeKeyHash, protection: 'passphrase' });
  });

  it('is never taken for a missing or another key without its passphrase', async () => {
    const { keyFile, key } = await lockedStore();
    const without = createFileKeyStore({ keyFile });
    await expect(without.read(key.nodeKeyHash)).rejects.toMatchObject({ code: 'passphrase-needed' });
    await expect(without.readAny()).rejects.toMatchObject({ code: 'passphrase-needed' });
    expect(await without.occupied()).toBe(true);
    const wrong = createFileKeyStore({ keyFile, passphrase: source('something else') });
    await expect(wrong.read(key.nodeKeyHash)).rejects.toMatchObject({ code: 'passphrase-wrong' });
    const other = freshKey();
    await expect(without.add(other.nodeKeyHash, other.privateKey)).rejects.toMatchObject({
      code: 'key-exists',
      details: { nodeKeyHash: key.nodeKeyHash },
    });
  });

  it('is refused when others may read it, locked or not', async () => {
    const { keyFile, key, store } = await lockedStore();
    chmodSync(keyFile, 0o640);
    await expect(store.read(key.nodeKeyHash)).rejects.toMatchObject({ code: 'key-readable-by-others' });
  });

  it('is locked and unlocked in place, and nothing of the other form stays', async () => {
    const { keyFile, key, store } = await lockedStore();
    await store.protect(key.nodeKeyHash, null);
    expect(readFileSync(keyFile, 'utf8')).toBe(key.privateKey);
    await store.protect(key.nodeKeyHash, 'another long passphrase');
    expect(decryptByHand(readFileSync(keyFile, 'utf8'), 'another long passphrase')).toBe(key.privateKey);
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(keyFile, '..'))).toEqual(['node.key']);
  });

  it('with the words of a seed phrase in it is no key, and the words are in no error', async () => {
    const keyFile = join(await temporaryFolder(), 'node.key');
    writeFileSync(keyFile, `${'zebra '.repeat(11)}wolf\n`, { mode: 0o600 });
    const failed = await createFileKeyStore({ keyFile })
      .readAny()
      .catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'key-malformed' });
    expect(String((failed as Error).message)).not.toMatch(/zebra|wolf/);
  });
});

describe('where a passphrase comes from', () => {
  async function fileWith(text: string, mode = 0o600) {
    const path = join(await temporaryFolder(), 'passphrase');
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  }

  it('is a file that only its owner can read, without the newline at its end', async () => {
    expect(await readPassphraseFile(await fileWith(' two  words \n'))).toBe(' two  words ');
    expect(await readPassphraseFile(await fileWith('dos\r\n', 0o400))).toBe('dos');
  });

  it.each([
    ['readable by the group', 'secret passphrase', 0o640, /^open-to-others\(0640\)$/],
    ['readable by all', 'secret passphrase', 0o644, /^open-to-others\(0644\)$/],
    ['empty', '\n', 0o600, /empty/],
    ['a novel', 'x'.repeat(10_000), 0o600, /^passphrase-too-long$/],
  ])('a file that is %s is refused, without its text', async (_what, text, mode, reason) => {
    const failed = await readPassphraseFile(await fileWith(text, mode)).catch((error: unknown) => error);
    expect(failed).toMatchObject({
      code: 'passphrase-unusable',
      details: { reason: expect.stringMatching(reason) },
    });
    expect(String((failed as Error).message)).not.toContain('secret passphrase');
  });

  it('is first the file that the variable names, then systemd’s credential, never a variable’s own text', async () => {
    const folder = await temporaryFolder();
    mkdirSync(join(folder, 'creds'));
    const credential = join(folder, 'creds', 'parallelix-key-passphrase');
    // systemd shows its access list in the group bits.
    writeFileSync(credential, 'from systemd', { mode: 0o440 });
    const CREDENTIALS_DIRECTORY = join(folder, 'creds');
    const file = await fileWith('from the file');
    expect(await findPassphrase({ CREDENTIALS_DIRECTORY })).toBe('from systemd');
    expect(await findPassphrase({ CREDENTIALS_DIRECTORY, PARALLELIX_KEY_PASSPHRASE_FILE: file })).toBe(
      'from the file',
    );
    expect(await findPassphrase({ CREDENTIALS_DIRECTORY: folder })).toBeNull();
    expect(await findPassphrase({ PARALLELIX_KEY_PASSPHRASE: 'in the open' })).toBeNull();
    chmodSync(credential, 0o444);
    await expect(findPassphrase({ CREDENTIALS_DIRECTORY })).rejects.toMatchObject({
      code: 'passphrase-unusable',
    });
    const gone = { PARALLELIX_KEY_PASSPHRASE_FILE: join(folder, 'gone') };
    await expect(findPassphrase(gone)).rejects.toMatchObject({ code: 'passphrase-unusable' });
  });

  it('is asked for last, and where nobody can be asked it is missing', async () => {
    const asked: string[] = [];
    const ask = (place: string) => {
      asked.push(place);
      return Promise.resolve('typed');
    };
    expect(await createPassphraseSource({ env: {} }, { ask }).existing('/f')).toBe('typed');
    expect(asked).toEqual(['/f']);
    await expect(createPassphraseSource({ env: {} }).existing('/f')).rejects.toMatchObject({
      code: 'passphrase-needed',
      details: { place: '/f' },
    });
  });

  it.each([
    ['a seed phrase of 12 words', Array(12).fill('abandon').join(' ')],
    ['a seed phrase of 24 words, numbered', Array.from({ length: 24 }, (_, i) => `${i + 1}. zoo`).join('\n')],
    ['a private key', `0x${'ab'.repeat(32)}`],
  ])('of a new one %s is refused, for it belongs to a wallet', (_what, text) => {
    expect(() => judgeNewPassphrase(text, 'here')).toThrow(
      expect.objectContaining({ code: 'wallet-phrase' }),
    );
  });

  it('of a new one ten characters are enough, nine are not', () => {
    expect(() => judgeNewPassphrase('123456789', 'here')).toThrow(/passphrase-too-short\(10\)/);
    expect(() => judgeNewPassphrase('1234567890', 'here')).not.toThrow();
    expect(() => judgeNewPassphrase('four random words here', 'here')).not.toThrow();
  });
});
