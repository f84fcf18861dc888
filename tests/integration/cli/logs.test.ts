import { appendFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CliWorld, createCliWorld } from '../../fixtures/cli/process.ts';

describe('logs', () => {
  let world: CliWorld;
  let logFile: string;

  const entry = (number: number, event = 'delivered') =>
    `${JSON.stringify({ t: new Date(1_760_000_000_000 + number * 1000).toISOString(), level: 'info', event, requestId: `req_${number}` })}\n`;
  const entries = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => entry(from + index)).join('');

  beforeEach(async () => {
    world = await createCliWorld();
    logFile = join(world.stateDir, 'logs', 'node.log');
    await mkdir(join(world.stateDir, 'logs'), { recursive: true, mode: 0o700 });
  });
  afterEach(() => world.clean());

  it('prints the last 50 lines over the rotated files, as text', async () => {
    await writeFile(`${logFile}.1`, entries(1, 100));
    await writeFile(logFile, entries(101, 120));
    const lines = (await world.run(['logs'])).stdout.trim().split('\n');
    expect(lines).toHaveLength(50);
    expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}Delivered req_71/);
    expect(lines.at(-1)).toMatch(/Delivered req_120/);
  });

  it('prints as many as asked, and the lines themselves with --json', async () => {
    await writeFile(logFile, entries(1, 30));
    expect((await world.run(['logs', '-n', '2', '--json'])).stdout).toBe(entries(29, 30));
    expect((await world.run(['logs', '-n', '0'])).stdout).toBe('');
  });

  it('knows the figures of an answer whose end lies before the lines that are printed', async () => {
    const finished = {
      t: new Date().toISOString(),
      level: 'info',
      event: 'request-finished',
      requestId: 'req_9',
      model: 'phi4',
      ms: 1234,
      inputTokens: 5,
      outputTokens: 6,
    };
    await writeFile(logFile, `${JSON.stringify(finished)}\n${entry(9)}`);
    expect((await world.run(['logs', '-n', '1'])).stdout).toContain(
      'Delivered req_9 · phi4 · 1,234 ms · 5 → 6 tokens',
    );
  });

  it('follows what comes, across a rotation', async () => {
    await writeFile(logFile, entries(1, 3));
    const follower = world.start(['logs', '-f', '-n', '1']);
    await follower.printed(/req_3/);
    await appendFile(logFile, entry(4));
    await follower.printed(/req_4/);
    await appendFile(logFile, entry(5));
    await rename(logFile, `${logFile}.1`);
    await writeFile(logFile, entry(6));
    await follower.printed(/req_6/);
    follower.signal('SIGINT');
    const { code, stdout } = await follower.ended;
    expect(code).toBe(0);
    expect([...stdout.matchAll(/req_(\d)/g)].map(([, number]) => number)).toEqual(['3', '4', '5', '6']);
  });

  it('shows lines that are no entries as text that cannot harm a terminal', async () => {
    await writeFile(logFile, 'torn \u001b[31m{\n');
    expect((await world.run(['logs'])).stdout).toBe('torn \\u{1b}[31m{\n');
  });

  it('says so when there is no log yet', async () => {
    const { code, stdout, stderr } = await world.run(['logs']);
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(/No log yet/);
  });
});
