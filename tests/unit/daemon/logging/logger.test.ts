import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createLogger,
  type LogEntry,
  type LoggerOptions,
} from '../../../../electron/daemon/logging/logger.ts';
import { createRedactor, type LogFacts } from '../../../../electron/daemon/logging/redaction.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import { filesUnder, temporaryFolder } from '../../../fixtures/storage/sandbox.ts';

const clock = { ...systemClock, now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6) };
const redactor = createRedactor({ homeDir: '/home/ann', userName: 'ann', hostName: 'annsbox' });

function loggerTo(
  file: string | null,
  options: Partial<LoggerOptions> = {},
  sink?: (entry: LogEntry) => void,
) {
  return createLogger({ file, ...options }, { clock, redactor, ...(sink ? { sink } : {}) });
}

const linesOf = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('the log', () => {
  it('is JSON lines with time, level, event and facts, for this user alone', async () => {
    const file = join(await temporaryFolder(), 'logs', 'node.log');
    const log = loggerTo(file);
    log.info('heartbeat-accepted', { nodeId: '4217', ms: 12, skewMs: null });
    log.debug('unseen');
    log.error('disk-full');
    await log.close();
    expect(linesOf(file)).toEqual([
      {
        t: '2026-01-02T03:04:05.006Z',
        level: 'info',
        event: 'heartbeat-accepted',
        nodeId: '4217',
        ms: 12,
        skewMs: null,
      },
      { t: '2026-01-02T03:04:05.006Z', level: 'error', event: 'disk-full' },
    ]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
  });

  it('cannot be given another time, level or event by a fact', async () => {
    const file = join(await temporaryFolder(), 'node.log');
    loggerTo(file).warn('real', { t: 'x', level: 'info', event: 'forged', more: 1 });
    expect(linesOf(file)).toEqual([{ t: '2026-01-02T03:04:05.006Z', level: 'warn', event: 'real', more: 1 }]);
  });

  it('shows the same entries to a sink, which may fail', async () => {
    const file = join(await temporaryFolder(), 'node.log');
    const seen: LogEntry[] = [];
    const log = loggerTo(file, { level: 'debug' }, (entry) => {
      seen.push(entry);
      throw new Error('EPIPE');
    });
    log.debug('polled', { url: 'https://user:pw@x.example/?k=v' });
    log.info('again');
    expect(seen.map(({ event }) => event)).toEqual(['polled', 'again']);
    expect(seen[0]?.facts).toEqual({ url: 'https://[redacted]@x.example/?[redacted]' });
    expect(linesOf(file)).toHaveLength(2);
    const alone: LogEntry[] = [];
    loggerTo(null, {}, (entry) => alone.push(entry)).info('no file');
    expect(alone).toHaveLength(1);
  });

  it('keeps five files of the given size and no line twice or torn', async () => {
    const folder = await temporaryFolder();
    const log = loggerTo(join(folder, 'node.log'), { maxBytes: 1_000 });
    for (let n = 0; n < 200; n++) log.info('tick', { n });
    await log.close();
    const names = readdirSync(folder).sort();
    expect(names).toEqual(['node.log', 'node.log.1', 'node.log.2', 'node.log.3', 'node.log.4']);
    for (const name of names) {
      expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(1_000);
      expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    }
    const numbers = names.reverse().flatMap((name) => linesOf(join(folder, name)).map(({ n }) => n));
    expect(numbers).toEqual(
      Array.from({ length: numbers.length }, (_, index) => 200 - numbers.length + index),
    );
  });

  it('goes on in the file of the last run, after a line that a crash left torn', async () => {
    const file = join(await temporaryFolder(), 'node.log');
    writeFileSync(file, '{"event":"whole"}\n{"event":"tor', { mode: 0o644 });
    chmodSync(file, 0o644);
    loggerTo(file).info('next');
    expect(readFileSync(file, 'utf8').split('\n').slice(0, 2)).toEqual([
      '{"event":"whole"}',
      '{"event":"tor',
    ]);
    expect(JSON.parse(readFileSync(file, 'utf8').split('\n')[2] ?? '')).toMatchObject({ event: 'next' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('never throws, counts what it could not write, and says so when it can again', async () => {
    const folder = await temporaryFolder();
    writeFileSync(join(folder, 'logs'), 'a file where the folder should be');
    const file = join(folder, 'logs', 'node.log');
    const log = loggerTo(file);
    for (let n = 0; n < 7; n++) log.info('lost', { n });
    rmSync(join(folder, 'logs'));
    log.info('kept');
    log.info('kept too');
    expect(linesOf(file).map(({ event, count }) => [event, count])).toEqual([
      ['log-lines-dropped', 7],
      ['kept', undefined],
      ['kept too', undefined],
    ]);
  });

  it('survives a device that is full', () => {
    if (!existsSync('/dev/full')) return;
    const log = loggerTo('/dev/full');
    for (let n = 0; n < 100; n++) log.info('tick');
    expect(statSync('/dev/full').isCharacterDevice()).toBe(true);
  });

  it('on a disk that fills and empties again has whole lines and the number of the missing ones', async (context) => {
    const folder = await temporaryFolder();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', folder], { stdio: 'ignore' });
    } catch {
      return context.skip('needs root and the right to mount');
    }
    onTestFinished(() => {
      execFileSync('umount', ['-l', folder], { stdio: 'ignore' });
    });
    const ballast = join(folder, 'ballast');
    writeFileSync(ballast, 'x'.repeat(90_000));
    const file = join(folder, 'node.log');
    const log = loggerTo(file);
    for (let n = 0; n < 1_000; n++) log.info('tick', { n });
    rmSync(ballast);
    log.info('after');
    await log.close();
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    const whole = lines.flatMap((line) => {
      try {
        return [JSON.parse(line) as { event: string; count?: number }];
      } catch {
        return [];
      }
    });
    // At most the one line that the disk cut short.
    expect(lines.length - whole.length).toBeLessThanOrEqual(1);
    const ticks = whole.filter(({ event }) => event === 'tick').length;
    expect(ticks).toBeGreaterThan(10);
    const dropped = whole.find(({ event }) => event === 'log-lines-dropped')?.count;
    expect(dropped).toBe(1_000 - ticks);
    expect(whole.at(-1)?.event).toBe('after');
  });

  it('does not follow a link put in its place', async () => {
    const folder = await temporaryFolder();
    writeFileSync(join(folder, 'victim'), 'untouched');
    symlinkSync(join(folder, 'victim'), join(folder, 'node.log'));
    loggerTo(join(folder, 'node.log')).info('x');
    expect(readFileSync(join(folder, 'victim'), 'utf8')).toBe('untouched');
  });

  it('is appended to at once, so that a crash takes no line', async () => {
    const file = join(await temporaryFolder(), 'node.log');
    const log = loggerTo(file);
    log.info('before the crash');
    expect(linesOf(file)).toHaveLength(1);
    await log.close();
    log.info('after the end');
    expect(linesOf(file)).toHaveLength(1);
  });
});

describe('secrets planted at random', () => {
  it('never reach any file of the log', async () => {
    const folder = await temporaryFolder();
    const log = loggerTo(join(folder, 'node.log'), { maxBytes: 200_000, maxFiles: 40, level: 'debug' });
    const random = seeded(20_260_102);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    const hex = (digits: number) =>
      Array.from({ length: digits }, () => pick([...'0123456789abcdef'])).join('');
    const word = () => Array.from({ length: 9 }, () => pick([...'bcdfghjklmnpqrstvwxz'])).join('');
    /** By entry, because looking for all of them in all of the log would take minutes. */
    const planted: string[][] = [];
    const plant = (secret: string) => {
      planted.at(-1)?.push(secret.toLowerCase());
      return secret;
    };
    const phrase = `${word()} ${word()}`;
    redactor.protect(phrase);
    const secrets: (() => string)[] = [
      () => plant(hex(64)),
      () => `0x${plant(hex(64))}`,
      () => plant(hex(64).toUpperCase()),
      () => `/home/${plant(word())}/.local/state`,
      () => `/Users/${plant(word())}/Library`,
      () => `https://${plant(word())}:${plant(word())}@rpc.example/v3`,
      () => `https://rpc.example/?key=${plant(word())}&${plant(word())}`,
      () => `https://rpc.example:8545/x?key=${plant(word())}@${plant(word())}`,
      () => `passphrase: ${plant(word())} ${plant(word())}`,
      () => `"secret":"${plant(word())}"`,
      () => `Bearer ${plant(word())}`,
      () => phrase,
    ];
    const around = [
      '',
      ' ',
      'x',
      '"',
      "'",
      '\n',
      '\t',
      '\u001b[1m',
      '(',
      ')',
      ',',
      ';',
      '=',
      ': ',
      '\\',
      '/',
      '€',
      '\ud800',
    ];
    const names = [
      'reason',
      'error',
      'url',
      'path',
      'model',
      'nodeKeyHash',
      'owner',
      'poe',
      'state',
      'digest',
      'code',
      'detail',
    ];
    for (let n = 0; n < 5_000; n++) {
      planted.push([phrase]);
      const facts: Record<string, LogFacts[string]> = {};
      for (let count = Math.ceil(random() * 3); count > 0; count--) {
        const filler = () => 'word '.repeat(Math.floor(random() * random() * 150));
        const secret = pick(secrets)();
        // White space before some, because a scheme or a label glued to a word is another word.
        facts[pick(names)] = `${filler()}${pick(around)} ${secret}${pick(around)}${filler()}`;
      }
      facts[pick(['prompt', 'result', 'system', 'response'])] = plant(word());
      facts[pick(['passphrase', 'privateKey', 'token'])] = plant(word());
      log[pick(['debug', 'info', 'warn', 'error'] as const)](
        pick(['event-a', 'event-b', `event ${pick(secrets)()}`]),
        facts,
      );
    }
    await log.close();
    const order = (path: string) => -Number(/\d+$/.exec(path)?.[0] ?? 0);
    const files = [...filesUnder(folder)].sort(([one], [other]) => order(one) - order(other));
    const written = files.map(([, text]) => text.toLowerCase()).join('');
    const lines = written.split('\n').slice(0, -1);
    expect(lines).toHaveLength(5_000);
    expect(planted.flat().length).toBeGreaterThan(20_000);
    const leaks = lines.filter((line, index) => planted[index]?.some((secret) => line.includes(secret)));
    expect(leaks).toEqual([]);
    expect(written).not.toMatch(/[0-9a-f]{32}/);
    expect(written).not.toContain(phrase);
    // And the rest was not simply thrown away.
    expect(written).toContain('word word');
    expect(written).toContain('rpc.example');
  });
});

/** The same sequence of numbers in [0, 1) for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
