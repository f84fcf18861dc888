import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createFile,
  moveToFreeName,
  readSmallFile,
  readSmallFileSync,
  writeFileAtomic,
} from '../../../../electron/daemon/storage/atomic-file.ts';
import { startChild, temporaryFolder } from '../../../fixtures/storage/sandbox.ts';

describe('a file written in one step', () => {
  it('replaces the old one and leaves nothing else behind', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'a.json');
    writeFileSync(path, 'old', { mode: 0o644 });
    await writeFileAtomic(path, 'new ✓');
    expect(readFileSync(path, 'utf8')).toBe('new ✓');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await writeFileAtomic(path, 'for all', { mode: 0o644 });
    expect(statSync(path).mode & 0o777).toBe(0o644);
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  it('is whole to every reader, however many write', async () => {
    const path = join(await temporaryFolder(), 'a.json');
    const texts = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(100_000));
    await writeFileAtomic(path, texts[0] ?? '');
    let writing = true;
    const writers = Promise.all(
      texts.map(async (text) => {
        for (let round = 0; round < 10; round++) await writeFileAtomic(path, text);
      }),
    ).finally(() => {
      writing = false;
    });
    let reads = 0;
    while (writing) {
      expect(texts.includes((await readSmallFile(path, 200_000)) ?? '')).toBe(true);
      reads++;
    }
    await writers;
    expect(reads).toBeGreaterThan(5);
  });

  it('is the old one or the new one after kill -9 at any moment', async () => {
    const path = join(await temporaryFolder(), 'a.json');
    const text = (letter: string) => letter.repeat(50_000);
    writeFileSync(path, text('a'));
    for (let round = 0; round < 5; round++) {
      const child = startChild(
        `import { writeFileAtomic } from '@/storage/atomic-file.ts';
        console.log('writing');
        for (let n = 0; ; n++) await writeFileAtomic(process.argv.at(-1), (n % 2 ? 'a' : 'b').repeat(50_000));`,
        [path],
      );
      expect(await child.line()).toBe('writing');
      child.kill('SIGKILL');
      await child.ended;
      expect([text('a'), text('b')]).toContain(readFileSync(path, 'utf8'));
    }
  });

  it('leaves the old one whole when the disk is full', async (context) => {
    const folder = await tinyDisk();
    if (folder === null) return context.skip('needs root and the right to mount');
    const path = join(folder, 'a.json');
    await writeFileAtomic(path, 'old');
    await expect(writeFileAtomic(path, 'x'.repeat(2_000_000))).rejects.toMatchObject({
      code: 'disk-full',
      details: { path },
    });
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a.json']);
    await writeFileAtomic(path, 'new');
    expect(readFileSync(path, 'utf8')).toBe('new');
  });

  it('is refused where the folder is missing or a file stands in the way', async () => {
    const folder = await temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    await expect(writeFileAtomic(join(folder, 'none', 'a'), '')).rejects.toMatchObject({
      code: 'file-failed',
      details: { reason: 'ENOENT' },
    });
    await expect(writeFileAtomic(join(folder, 'file', 'a'), '')).rejects.toMatchObject({
      code: 'state-dir-unusable',
    });
    mkdirSync(join(folder, 'taken'));
    await expect(writeFileAtomic(join(folder, 'taken'), '')).rejects.toMatchObject({
      code: 'state-dir-unusable',
    });
    expect(readdirSync(folder).sort()).toEqual(['file', 'taken']);
  });
});

describe('a file created or moved', () => {
  it('never takes a name that is taken, by a dangling link either', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'a');
    expect(await createFile(path, 'first')).toBe(true);
    expect(await createFile(path, 'second')).toBe(false);
    symlinkSync(join(folder, 'nowhere'), join(folder, 'b'));
    expect(await createFile(join(folder, 'b'), 'third')).toBe(false);
    expect(readFileSync(path, 'utf8')).toBe('first');
    expect(readdirSync(folder).sort()).toEqual(['a', 'b']);
  });

  it('moves to the first free name, and stays where it is when none is free', async () => {
    const folder = await temporaryFolder();
    const [from, taken, free] = ['from', 'taken', 'free'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(from, 'mine');
    writeFileSync(taken, 'theirs');
    await expect(moveToFreeName(from, [taken])).rejects.toMatchObject({ code: 'state-dir-unusable' });
    expect(readFileSync(from, 'utf8')).toBe('mine');
    expect(await moveToFreeName(from, [taken, free])).toBe(free);
    expect(readFileSync(taken, 'utf8')).toBe('theirs');
    expect(readFileSync(free, 'utf8')).toBe('mine');
    expect(existsSync(from)).toBe(false);
  });
});

describe('a small file read', () => {
  it('may have the limit and not a byte more', async () => {
    const path = join(await temporaryFolder(), 'a');
    writeFileSync(path, '12345');
    expect(await readSmallFile(path, 5)).toBe('12345');
    await expect(readSmallFile(path, 4)).rejects.toMatchObject({
      code: 'file-too-large',
      details: { path, limitBytes: 4 },
    });
  });

  it('that is not there is null; that cannot be read is an error', async () => {
    const folder = await temporaryFolder();
    expect(await readSmallFile(join(folder, 'none'), 5)).toBeNull();
    await expect(readSmallFile(folder, 5)).rejects.toMatchObject({ code: 'EISDIR' });
    symlinkSync('/etc/hostname', join(folder, 'link'));
    await expect(readSmallFile(join(folder, 'link'), 500, true)).rejects.toMatchObject({ code: 'ELOOP' });
  });
});

/** A file system of 1 MiB; null where this user may not mount one. */
async function tinyDisk(): Promise<string | null> {
  const folder = await temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return null;
  }
  onTestFinished(() => {
    execFileSync('umount', ['-l', folder], { stdio: 'ignore' });
  });
  return folder;
}

describe('a special file in place of a small one', () => {
  const read = {
    later: (path: string) => readSmallFile(path, 5000),
    'at once': async (path: string) => readSmallFileSync(path, 5000),
  };
  it.each(Object.entries(read))('neither blocks nor fills whoever reads it %s', async (_when, reading) => {
    const place = await temporaryFolder();
    const fifo = join(place, 'fifo');
    execFileSync('mkfifo', [fifo]);
    await expect(reading(fifo)).rejects.toMatchObject({ code: 'state-dir-unusable' });
    symlinkSync('/dev/zero', join(place, 'zero'));
    await expect(reading(join(place, 'zero'))).rejects.toMatchObject({ code: 'state-dir-unusable' });
    symlinkSync('loop', join(place, 'loop'));
    await expect(reading(join(place, 'loop'))).rejects.toMatchObject({ code: 'ELOOP' });
    writeFileSync(join(place, 'plain'), 'text');
    expect(await reading(join(place, 'plain'))).toBe('text');
    expect(await reading(join(place, 'none'))).toBeNull();
    writeFileSync(join(place, 'large'), 'x'.repeat(5001));
    await expect(reading(join(place, 'large'))).rejects.toMatchObject({ code: 'file-too-large' });
  });
});
