import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { acquireLock, findDaemon } from '../../../../electron/daemon/storage/lock.ts';
import { ensureStateDir, type StatePaths } from '../../../../electron/daemon/storage/paths.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import { bundledChild, type Child, startChild, temporaryState } from '../../../fixtures/storage/sandbox.ts';

const modules = { clock: systemClock };

async function stateDirectory(): Promise<StatePaths> {
  const paths = await temporaryState();
  await ensureStateDir(paths, modules);
  return paths;
}

/** Takes the lock in another process, says so, and keeps it until killed; given `go`, once that file exists. */
async function startHolder(paths: StatePaths, go = ''): Promise<Child> {
  const program = await bundledChild(
    `import { existsSync } from 'node:fs';
    import { setTimeout } from 'node:timers/promises';
    import { systemClock } from '@/system/clock.ts';
    import { acquireLock } from '@/storage/lock.ts';
    const [text, go] = process.argv.slice(-2);
    if (go !== 'now') {
      console.log('ready');
      while (!existsSync(go + '.soon')) await setTimeout(5);
      console.log('steady');
      while (!existsSync(go));
    }
    try {
      await acquireLock({ paths: JSON.parse(text), version: '1.2.3' }, { clock: systemClock });
      console.log('held');
      setInterval(() => globalThis.gc?.(), 50);
    } catch (error) {
      console.log(error.code + ' ' + error.details?.pid);
    }`,
  );
  return startChild(program, [JSON.stringify(paths), go || 'now']);
}

describe('the lock of a state directory', () => {
  it('refuses a second daemon with the pid and uptime of the first', async () => {
    const paths = await stateDirectory();
    const beganMs = systemClock.monotonicMs();
    const holder = await startHolder(paths);
    expect(await holder.line()).toBe('held');
    const refusal = await acquireLock({ paths, version: '1.2.3' }, modules).catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      code: 'other-daemon',
      details: { pid: holder.pid, uptimeMs: expect.any(Number), stateDir: paths.stateDir },
    });
    const { uptimeMs } = (refusal as { details: { uptimeMs: number } }).details;
    expect(uptimeMs).toBeGreaterThanOrEqual(0);
    expect(uptimeMs).toBeLessThan(systemClock.monotonicMs() - beganMs + 1000);
  });

  it('is free at once after kill -9', async () => {
    const paths = await stateDirectory();
    for (let round = 0; round < 3; round++) {
      const holder = await startHolder(paths);
      expect(await holder.line()).toBe('held');
      holder.kill('SIGKILL');
      await holder.ended;
      // What the dead one left names nobody.
      expect(await findDaemon(paths, modules)).toBeNull();
      const lock = await acquireLock({ paths, version: '1' }, modules);
      await lock.release();
    }
  });

  it('is won by exactly one of 20 processes that try in the same instant', async () => {
    const paths = await stateDirectory();
    const go = join(paths.stateDir, 'go');
    const racers = await Promise.all(Array.from({ length: 20 }, () => startHolder(paths, go)));
    for (const racer of racers) expect(await racer.line()).toBe('ready');
    writeFileSync(`${go}.soon`, '');
    for (const racer of racers) expect(await racer.line()).toBe('steady');
    writeFileSync(go, '');
    const words = await Promise.all(racers.map((racer) => racer.line()));
    const winners = racers.filter((_racer, index) => words[index] === 'held');
    expect(winners).toHaveLength(1);
    expect(words.filter((word) => word.startsWith('other-daemon '))).toHaveLength(19);
    // On a crowded computer the winner may be late to introduce itself, but nobody else is named.
    const named = new Set(words.filter((word) => word !== 'held' && word !== 'other-daemon null'));
    expect([...named]).toEqual([`other-daemon ${winners[0]?.pid}`]);
  });

  it('is not lost when the same process tries again', async () => {
    const paths = await stateDirectory();
    const lock = await acquireLock({ paths, version: '1' }, modules);
    await expect(acquireLock({ paths, version: '1' }, modules)).rejects.toMatchObject({
      code: 'other-daemon',
      details: { pid: process.pid },
    });
    const second = await startHolder(paths);
    expect(await second.line()).toBe(`other-daemon ${process.pid}`);
    expect(lock.intact()).toBe(true);
    await lock.release();
    const third = await startHolder(paths);
    expect(await third.line()).toBe('held');
  });

  it('says where the control socket is, and nothing after its release', async () => {
    const paths = await stateDirectory();
    const lock = await acquireLock({ paths, version: '4.5.6' }, modules);
    expect(lock.controlFault).toBeNull();
    expect(await findDaemon(paths, modules)).toMatchObject({
      pid: process.pid,
      socketPath: null,
      version: '4.5.6',
    });
    await lock.publish('/tmp/some.sock');
    expect(await findDaemon(paths, modules)).toMatchObject({ socketPath: '/tmp/some.sock' });
    for (const file of [paths.controlFile, paths.lockFile]) expect(statSync(file).mode & 0o777).toBe(0o600);
    await lock.release();
    await lock.release();
    expect(await findDaemon(paths, modules)).toBeNull();
    expect(lock.intact()).toBe(false);
  });

  it('does not take a process with a reused pid for the daemon', async () => {
    const paths = await stateDirectory();
    const lock = await acquireLock({ paths, version: '1' }, modules);
    const control = JSON.parse(readFileSync(paths.controlFile, 'utf8')) as { processStart: string };
    const other = { ...control, processStart: `${control.processStart}1` };
    writeFileSync(paths.controlFile, JSON.stringify(other));
    expect(await findDaemon(paths, modules)).toBeNull();
    const loser = await startHolder(paths);
    expect(await loser.line()).toBe('other-daemon null');
    await lock.release();
  });

  it.skipIf(process.platform !== 'linux')(
    'finds a daemon to which the same boot goes by another name, and none of an earlier boot',
    async () => {
      const paths = await stateDirectory();
      const lock = await acquireLock({ paths, version: '1' }, modules);
      const control = JSON.parse(readFileSync(paths.controlFile, 'utf8')) as {
        processStart: string;
        startedAtMs: number;
      };
      const renamed = {
        ...control,
        processStart: control.processStart.replace(/^[^/]+/, 'a-name-in-a-container'),
      };
      writeFileSync(paths.controlFile, JSON.stringify(renamed));
      expect(await findDaemon(paths, modules)).toMatchObject({ pid: process.pid });
      const earlier = { ...renamed, startedAtMs: control.startedAtMs - 60_000 };
      writeFileSync(paths.controlFile, JSON.stringify(earlier));
      expect(await findDaemon(paths, modules)).toBeNull();
      await lock.release();
    },
  );

  it.each([
    ['empty', ''],
    ['torn', '{"pid": 1'],
    ['a list', '[]'],
    ['about an impossible process', '{"schemaVersion":1,"pid":-1}'],
    ['huge', 'x'.repeat(100_000)],
  ])('stands when control.json is %s', async (_what, text) => {
    const paths = await stateDirectory();
    const lock = await acquireLock({ paths, version: '1' }, modules);
    writeFileSync(paths.controlFile, text);
    await expect(acquireLock({ paths, version: '1' }, modules)).rejects.toMatchObject({
      code: 'other-daemon',
      details: { pid: null, uptimeMs: null },
    });
    await lock.release();
  });

  it('notices that its file was taken away', async () => {
    const paths = await stateDirectory();
    const lock = await acquireLock({ paths, version: '1' }, modules);
    renameSync(paths.lockFile, `${paths.lockFile}.moved`);
    expect(lock.intact()).toBe(false);
    writeFileSync(paths.lockFile, '');
    expect(lock.intact()).toBe(false);
    await lock.release();
  });

  it('counts the uptime since boot, so that setting the clock does not change it', async () => {
    const paths = await stateDirectory();
    const lock = await acquireLock({ paths, version: '1' }, modules);
    const sinceBootMs = systemClock.sinceBootMs();
    const clock = { ...systemClock, now: () => 0, sinceBootMs: () => sinceBootMs + 90_000 };
    const found = await findDaemon(paths, { clock });
    expect(found?.uptimeMs).toBeGreaterThanOrEqual(90_000);
    expect(found?.uptimeMs).toBeLessThan(150_000);
    await lock.release();
  });

  it.each([
    ['no database', Buffer.from('this was a lock file once, and is not a database any more'.repeat(20))],
    ['a torn one', Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(4096, 0xff)])],
  ])('that is %s is emptied and taken: nothing in it is ever read', async (_, bytes) => {
    const paths = await stateDirectory();
    writeFileSync(paths.lockFile, bytes);
    const lock = await acquireLock({ paths, version: '1' }, modules);
    expect(statSync(paths.lockFile).size).toBe(0);
    expect(lock.intact()).toBe(true);
    await lock.release();
  });

  it('that is spoilt while another process has it stays that process’s', async () => {
    const paths = await stateDirectory();
    const holder = await startHolder(paths);
    expect(await holder.line()).toBe('held');
    await startChild(
      `import { writeFileSync } from 'node:fs';
      writeFileSync(process.argv.at(-1), 'no database');
      console.log('spoilt');`,
      [paths.lockFile],
    ).line();
    await expect(acquireLock({ paths, version: '1' }, modules)).rejects.toMatchObject({
      code: 'other-daemon',
      details: { pid: holder.pid },
    });
    expect(readFileSync(paths.lockFile, 'utf8')).toBe('no database');
  });
});
