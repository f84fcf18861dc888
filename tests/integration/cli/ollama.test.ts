import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { processStart } from '../../../electron/daemon/system/process-start.ts';
import { converse, hasScript } from '../../fixtures/cli/conversation.ts';
import { type CliWorld, createCliWorld } from '../../fixtures/cli/process.ts';
import { freePort } from '../../fixtures/free-port.ts';
import { installOllamaProgram } from '../../practice-network/ollama/installed-program.ts';
import { startReleaseServer } from '../../practice-network/ollama/release-server.ts';
import { startOllamaStandIn } from '../../practice-network/ollama/stand-in.ts';

/** The command line without a node; what it starts goes on after it. */
let world: CliWorld;
let port: number;

beforeEach(async () => {
  port = await freePort();
  world = await createCliWorld({ OLLAMA_HOST: `127.0.0.1:${port}` });
});
afterEach(async () => {
  await world.run(['ollama', 'stop']);
  await world.clean();
});

const withProgram = async (faults = {}) => {
  const { binary } = await installOllamaProgram(join(world.homeDir, 'bin'), faults);
  return { binary, env: { PATH: `${join(world.homeDir, 'bin')}:/usr/bin:/bin` } };
};

describe('ollama without a node', { timeout: 240_000 }, () => {
  it('is not installed, and says both ways to change that', async () => {
    const { code, stdout } = await world.run(['ollama']);
    expect(code).toBe(5);
    expect(stdout).toContain('Ollama isn’t installed');
    expect(stdout).toContain('you’re not earning');
    expect(stdout).toContain('parallelix-operator ollama install');
    expect(stdout).toContain('curl -fsSL https://ollama.com/install.sh | sh');
    expect(existsSync(world.stateDir)).toBe(false);
  });

  it('is not promised to be started again where none is installed', async () => {
    const { stdout } = await world.run(['ollama', 'stop']);
    expect(stdout).toContain('no Ollama is installed here');
    expect(stdout).not.toContain('will start it again');
  });

  it('is started, goes on after the command, is reported as ours, and is stopped', async () => {
    const { env, binary } = await withProgram();
    const stopped = (await world.run(['ollama', 'status', '--json'], env)).json();
    expect(stopped).toMatchObject({
      document: 'ollama',
      by: 'command',
      condition: 'stopped',
      server: null,
      binary,
      remote: false,
    });

    const started = await world.run(['ollama', 'start'], env);
    expect([started.code, started.stderr]).toEqual([0, '']);
    expect(started.stdout).toContain('This program started it');

    const status = await world.run(['ollama', 'status', '--json'], env);
    expect(status.code).toBe(0);
    const found = status.json();
    expect(found).toMatchObject({
      condition: 'running',
      server: 'ours',
      url: `http://127.0.0.1:${port}`,
      versionMeans: 'unknown',
    });
    expect(await processStart(found.pid as number)).not.toBeNull();
    expect(readFileSync(found.logFile as string, 'utf8')).toContain('Listening on');

    const again = await world.run(['ollama', 'start', '--json'], env);
    expect(again.json()).toMatchObject({ pid: found.pid });

    const ended = await world.run(['ollama', 'stop'], env);
    expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining('Ollama is stopped')]);
    await expect.poll(() => processStart(found.pid as number)).toBeNull();
    expect((await world.run(['ollama', 'stop'], env)).code).toBe(0);
  });

  it('of the user is never stopped', async () => {
    const users = await startOllamaStandIn({ port });
    onTestFinished(() => users.stop());
    const { code, stderr } = await world.run(['ollama', 'stop']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/wasn’t started by this program.*isn’t stopped or changed/);
    const { stdout } = await world.run(['ollama', 'start']);
    expect(stdout).toContain('It wasn’t started by this program');
  });

  it('that is old serves all the same, and is reported', async () => {
    const users = await startOllamaStandIn({ port, version: '0.5.13' });
    onTestFinished(() => users.stop());
    const { code, stdout } = await world.run(['ollama', 'status']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /Ollama needs an update[\s\S]*0\.5\.13 is older than 0\.6\.4[\s\S]*still serves\s+with it/,
    );
    expect((await world.run(['ollama', 'status', '--json'])).json()).toMatchObject({
      condition: 'too-old',
      versionMeans: 'too-old',
    });
  });

  it('that ends at once is reported with its own error and its log', async () => {
    const { env } = await withProgram({ crashAtStart: 1 });
    const { code, stderr } = await world.run(['ollama', 'start'], env);
    expect(code).toBe(5);
    expect(stderr).toMatch(/Ollama didn’t start \("Error: stand-in: crash at start"\).*logs\/ollama\.log/);
  });

  it.each([
    ['start', ['ollama', 'start'], 5, /Ollama isn’t installed on this computer/],
    [
      'start elsewhere',
      ['ollama', 'start', '--ollama-url', 'http://192.0.2.1:11434'],
      1,
      /isn’t on this computer/,
    ],
  ])('cannot %s', async (_, args, code, words) => {
    const result = await world.run(args);
    expect(result.code).toBe(code);
    expect(result.stderr).toMatch(words);
  });
});

describe('ollama install', { timeout: 240_000 }, () => {
  it('asks for a consent, and without one does nothing', async () => {
    const { code, stderr } = await world.run(['ollama', 'install']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/ollama install: needs --yes/);
    expect(existsSync(join(world.homeDir, '.local'))).toBe(false);
  });

  it('of a file that is not the published one installs nothing and leaves nothing', async () => {
    const names = ['ollama-linux-amd64.tar.zst', 'ollama-linux-arm64.tar.zst', 'ollama-darwin.tgz'];
    const server = await startReleaseServer(
      Object.fromEntries(names.map((name) => [name, Buffer.alloc(5000)])),
    );
    onTestFinished(() => server.stop());
    await world.run(['config', 'set', 'ollama.releaseUrl', server.url]);
    const { code, stdout, stderr } = await world.run(['ollama', 'install', '--yes']);
    expect(stdout).toMatch(
      /Downloads Ollama 0\.32\.9 from 127\.0\.0\.1:\d+ \(.*checks it against its published checksum/,
    );
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/isn’t the published file.*nothing was installed/),
    ]);
    expect(server.seen.length).toBeGreaterThan(0);
    expect(existsSync(join(world.homeDir, '.local/share/parallelix-operator/ollama'))).toBe(false);
    const { json } = await world.run(['ollama', 'install', '--yes', '--json']);
    expect(json()).toMatchObject({ document: 'error', error: { code: 'download-mismatch' }, exitCode: 1 });
  });

  it.skipIf(!hasScript)(
    'is a question on a terminal (skipped where util-linux’ script is missing)',
    async () => {
      const question = /Type yes to install it: $/;
      const declined = await converse(world, ['ollama', 'install'], [[question, 'no\r']]);
      expect(declined.code).toBe(1);
      expect(declined.text).toMatch(/published checksum[\s\S]*no administrator is needed/);
      expect(existsSync(join(world.homeDir, '.local'))).toBe(false);
      const server = await startReleaseServer({});
      onTestFinished(() => server.stop());
      await world.run(['config', 'set', 'ollama.releaseUrl', server.url]);
      const agreed = await converse(world, ['ollama', 'install'], [[question, 'yes\r']]);
      expect([agreed.code, agreed.text]).toEqual([1, expect.stringMatching(/The download from .* failed/)]);
      expect(server.seen).toHaveLength(1);
    },
  );

  it('of what is there already says so', async () => {
    await installOllamaProgram(join(world.homeDir, '.local/share/parallelix-operator/ollama/0.32.9/bin'));
    const { code, stdout } = await world.run(['ollama', 'install']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('Ollama 0.32.9 is installed already')]);
    const { json } = await world.run(['ollama', 'install', '--json']);
    expect(json()).toMatchObject({ document: 'ollama-install', alreadyInstalled: true, version: '0.32.9' });
    // And it is found, without standing in PATH.
    const status = (await world.run(['ollama', 'status', '--json'])).json();
    expect(status).toMatchObject({
      condition: 'stopped',
      binary: expect.stringContaining('0.32.9/bin/ollama') as string,
    });
  });
});

describe('the documents of ollama', () => {
  it('keep their fields', async () => {
    const { json } = await world.run(['ollama', '--json']);
    const fields =
      'schemaVersion document by url remote condition reason sinceMs version versionMeans server binary pid restart logFile';
    expect(Object.keys(json()).toSorted()).toEqual(fields.split(' ').toSorted());
    await installOllamaProgram(join(world.homeDir, '.local/share/parallelix-operator/ollama/0.32.9/bin'));
    const installed = (await world.run(['ollama', 'install', '--json'])).json();
    const installFields = 'schemaVersion document by version folder program alreadyInstalled totalBytes';
    expect(Object.keys(installed).toSorted()).toEqual(installFields.split(' ').toSorted());
  });
});
