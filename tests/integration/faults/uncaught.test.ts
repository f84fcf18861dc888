import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { journalRows, openFaultFixture, settled } from '../../fixtures/faults/faults.ts';
import { answersTo } from '../../fixtures/serving/serving.ts';
import { temporaryFolder } from '../../fixtures/storage/sandbox.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const cli = join(root, 'dist', 'cli.mjs');
const message = 'a fault that nobody caught';

/** What a fault in the program does, brought about from outside: by a signal whose listener fails. */
const faults = {
  exception: `process.on('SIGUSR2', () => { throw new Error(${JSON.stringify(message)}); });`,
  rejection: `process.on('SIGUSR2', () => { void Promise.reject(new Error(${JSON.stringify(message)})); });`,
};

it.each(Object.entries(faults))(
  'an uncaught %s ends the command line daemon with code 70, and the next start takes over',
  async (_kind, fault) => {
    if (!existsSync(cli)) throw new Error('dist/cli.mjs is missing: npm run build');
    const fixture = await openFaultFixture();
    const { coordinator, ollama, paths } = fixture;
    await ollama.setFaults({ hangAfterChunks: 1, times: 1 });
    const id = coordinator.submit('Question?');
    const home = await temporaryFolder();
    const place = join(home, 'fault.mjs');
    writeFileSync(place, fault);
    const child = spawn(
      process.execPath,
      [
        ...['--import', pathToFileURL(place).href, cli, 'start', '--plain'],
        ...['--state-dir', paths.stateDir, '--ollama-url', fixture.ollamaUrl],
      ],
      { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env.PATH ?? '', HOME: home } },
    );
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      errors += chunk;
    });
    child.stdout.resume();
    const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal })));
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await ended;
    });
    await ollama.seen.when('a chunk', () => ollama.seen.generations[0]?.chunksSent === 1);
    child.kill('SIGUSR2');

    expect(await ended).toEqual({ code: 70, signal: null });
    expect(errors.trim().split('\n').at(-1)).toMatch(/^parallelix-operator: /);
    expect(errors).not.toContain('    at ');
    const log = readFileSync(paths.logFile, 'utf8');
    const crash = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .find(({ event }) => event === 'crashed');
    expect(crash).toMatchObject({ level: 'error', error: `Error: ${message}` });
    expect(crash?.stack).toMatch(/^ {2}at .*~\/fault\.mjs:1:\d+/);
    expect(log).not.toContain(home);
    expect(log).not.toContain('Question?');
    expect(journalRows(paths)).toMatchObject([{ requestId: id, state: 'accepted' }]);

    const daemon = fixture.start();
    await settled(fixture, daemon);
    const record = coordinator.ledger.request(id);
    expect(record && answersTo(record)).toEqual(['result', 'node.restarted']);
    await daemon.drain();
  },
);
