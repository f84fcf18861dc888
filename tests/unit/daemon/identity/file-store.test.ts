import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFileKeyStore } from '../../../../electron/daemon/identity/file-store.ts';
import { createNodeKey, generatePrivateKey } from '../../../../electron/daemon/identity/node-key.ts';
import { startChild, temporaryFolder } from '../../../fixtures/storage/sandbox.ts';

function freshKey() {
  const privateKey = generatePrivateKey();
  return { privateKey, hash: createNodeKey(privateKey).nodeKeyHash };
}

async function emptyStore() {
  const keyFile = join(await temporaryFolder(), 'state', 'node.key');
  return { keyFile, store: createFileKeyStore({ keyFile }) };
}

async function storeWith(content: string, mode = 0o600) {
  const made = await emptyStore();
  mkdirSync(join(made.keyFile, '..'), { mode: 0o700 });
  writeFileSync(made.keyFile, content, { mode });
  chmodSync(made.keyFile, mode);
  return made;
}

describe('the key file', () => {
  it('holds 64 hex digits and nothing else, mode 0600 in a 0700 directory, and reads back', async () => {
    const { keyFile, store } = await emptyStore();
    const { privateKey, hash } = freshKey();
    await store.add(hash, `0x${privateKey.toUpperCase()}`);
    expect(readFileSync(keyFile, 'utf8')).toBe(privateKey);
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
    expect(statSync(join(keyFile, '..')).mode & 0o777).toBe(0o700);
    expect(await store.read(hash)).toBe(privateKey);
    expect(readdirSync(join(keyFile, '..'))).toEqual(['node.key']);
    expect(store.location(hash)).toBe(keyFile);
  });

  it('is never overwritten, not even by the same key', async () => {
    const { keyFile, store } = await emptyStore();
    const first = freshKey();
    const second = freshKey();
    await store.add(first.hash, first.privateKey);
    for (const { hash, privateKey } of [second, first]) {
      await expect(store.add(hash, privateKey)).rejects.toMatchObject({
        code: 'key-exists',
        details: { nodeKeyHash: first.hash, place: keyFile },
      });
    }
    expect(readFileSync(keyFile, 'utf8')).toBe(first.privateKey);
    expect(readdirSync(join(keyFile, '..'))).toEqual(['node.key']);
  });

  it('of twelve keys added at once exactly one is kept, whole', async () => {
    const { keyFile, store } = await emptyStore();
    const keys = Array.from({ length: 12 }, freshKey);
    const outcomes = await Promise.allSettled(
      keys.map(({ hash, privateKey }) => store.add(hash, privateKey)),
    );
    const kept = keys.filter((_key, index) => outcomes[index]?.status === 'fulfilled');
    expect(kept).toHaveLength(1);
    expect(readFileSync(keyFile, 'utf8')).toBe(kept[0]?.privateKey);
  });

  it('is not written under a hash that is not its own', async () => {
    const { keyFile, store } = await emptyStore();
    const { hash } = freshKey();
    await expect(store.add(hash, freshKey().privateKey)).rejects.toMatchObject({ code: 'key-differs' });
    await expect(store.read(hash)).rejects.toMatchObject({
      code: 'key-missing',
      details: { nodeKeyHash: hash, place: keyFile },
    });
    expect(await store.occupied()).toBe(false);
    expect(await store.readAny()).toBeNull();
  });

  it.each(['640', '604', '644', '660', '610', '666'])(
    'is refused when others may touch it: mode %s',
    async (mode) => {
      const { privateKey, hash } = freshKey();
      const { store, keyFile } = await storeWith(privateKey, Number.parseInt(mode, 8));
      await expect(store.read(hash)).rejects.toMatchObject({
        code: 'key-readable-by-others',
        details: { place: keyFile, mode: `0${mode}` },
      });
    },
  );

  it.each(['600', '400'])('is read with mode %s and with white space at its end', async (mode) => {
    const { privateKey, hash } = freshKey();
    const { store } = await storeWith(`${privateKey}\n`, Number.parseInt(mode, 8));
    expect(await store.read(hash)).toBe(privateKey);
  });

  it.each([
    ['empty', ''],
    ['torn', 'abcdef0123'],
    ['a megabyte', 'a'.repeat(1_048_576)],
    ['binary', '\u0000\u0001'],
  ])('that is %s is malformed, not missing', async (_what, content) => {
    const { store } = await storeWith(content);
    await expect(store.read(freshKey().hash)).rejects.toMatchObject({ code: 'key-malformed' });
    expect(await store.occupied()).toBe(true);
  });

  it('of another registration is said to differ, by hash', async () => {
    const other = freshKey();
    const { hash } = freshKey();
    const { store } = await storeWith(other.privateKey);
    await expect(store.read(hash)).rejects.toMatchObject({
      code: 'key-differs',
      details: { expected: hash, found: other.hash },
    });
  });

  it('that is a symbolic link is refused, and what it points to is left alone', async () => {
    const { privateKey, hash } = freshKey();
    const folder = await temporaryFolder();
    const elsewhere = join(folder, 'elsewhere');
    writeFileSync(elsewhere, privateKey, { mode: 0o600 });
    const keyFile = join(folder, 'node.key');
    symlinkSync(elsewhere, keyFile);
    const store = createFileKeyStore({ keyFile });
    await expect(store.read(hash)).rejects.toMatchObject({
      code: 'key-malformed',
      details: { reason: 'symbolic-link' },
    });
    const other = freshKey();
    await expect(store.add(other.hash, other.privateKey)).rejects.toMatchObject({ code: 'key-exists' });
    expect(readFileSync(elsewhere, 'utf8')).toBe(privateKey);
  });

  it('that is a dangling link, a folder or a FIFO counts as taken and hangs nobody', async () => {
    const folder = await temporaryFolder();
    const made = { link: join(folder, 'a.key'), folder: join(folder, 'b.key'), fifo: join(folder, 'c.key') };
    execFileSync('mkfifo', ['-m', '600', made.fifo]);
    symlinkSync(join(folder, 'nowhere'), made.link);
    mkdirSync(made.folder);
    for (const keyFile of Object.values(made)) {
      const store = createFileKeyStore({ keyFile });
      const { hash, privateKey } = freshKey();
      expect(await store.occupied()).toBe(true);
      await expect(store.read(hash)).rejects.toMatchObject({ code: 'key-malformed' });
      await expect(store.add(hash, privateKey)).rejects.toMatchObject({ code: 'key-exists' });
    }
    expect(readdirSync(folder).sort()).toEqual(['a.key', 'b.key', 'c.key']);
  });

  it('that cannot be reached is unreadable, not missing', async () => {
    const folder = await temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    const store = createFileKeyStore({ keyFile: join(folder, 'file', 'node.key') });
    await expect(store.read(freshKey().hash)).rejects.toMatchObject({
      code: 'key-unreadable',
      details: { reason: 'ENOTDIR' },
    });
    await expect(store.occupied()).rejects.toMatchObject({ code: 'key-unreadable' });
  });

  it.each(['000', '022', '077', '277'])(
    'has the same modes under umask %s, at every moment',
    async (umask) => {
      // The watcher stats in a thread of its own, as fast as it can, while keys are added.
      const child = startChild(
        `import { Worker } from 'node:worker_threads';
      import { statSync } from 'node:fs';
      import { join } from 'node:path';
      import { createFileKeyStore } from '@/identity/file-store.ts';
      import { createNodeKey, generatePrivateKey } from '@/identity/node-key.ts';
      const [folder, umask] = process.argv.slice(-2);
      process.umask(Number.parseInt(umask, 8));
      const stop = new SharedArrayBuffer(4);
      const watcher = new Worker(\`
        import { readdirSync, statSync } from 'node:fs';
        import { parentPort, workerData } from 'node:worker_threads';
        const seen = new Set(); let looks = 0;
        parentPort.postMessage('watching');
        while (Atomics.load(new Int32Array(workerData.stop), 0) === 0) {
          try { for (const name of readdirSync(workerData.folder, { recursive: true })) {
            try { const mode = statSync(workerData.folder + '/' + name).mode; if (mode & 0o077) seen.add(name + ' ' + (mode & 0o777).toString(8)); } catch {}
          } } catch {}
          looks++;
        }
        parentPort.postMessage({ seen: [...seen], looks });\`, { eval: true, workerData: { folder, stop } });
      await new Promise((resolve) => watcher.once('message', resolve));
      let modes = '';
      for (let round = 0; round < 40; round++) {
        const privateKey = generatePrivateKey();
        const keyFile = join(folder, String(round), 'node.key');
        await createFileKeyStore({ keyFile }).add(createNodeKey(privateKey).nodeKeyHash, privateKey);
        modes = [keyFile, join(folder, String(round))].map((path) => (statSync(path).mode & 0o777).toString(8)).join();
      }
      const report = new Promise((resolve) => watcher.once('message', resolve));
      Atomics.store(new Int32Array(stop), 0, 1);
      console.log(JSON.stringify({ ...(await report), modes }));`,
        [await temporaryFolder(), umask],
      );
      const { output, errors } = await child.ended;
      expect(errors).toBe('');
      const report = JSON.parse(output) as { seen: string[]; looks: number; modes: string };
      expect(report).toMatchObject({ seen: [], modes: '600,700' });
      expect(report.looks).toBeGreaterThan(10);
    },
  );
});
