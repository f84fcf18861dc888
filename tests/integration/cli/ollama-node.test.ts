import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processStart } from '../../../electron/daemon/system/process-start.ts';
import { type ConnectedCli, createConnectedCli } from '../../fixtures/cli/network.ts';
import { freePort } from '../../fixtures/free-port.ts';
import {
  type InstalledProgram,
  installOllamaProgram,
} from '../../practice-network/ollama/installed-program.ts';
import { startReleaseServer } from '../../practice-network/ollama/release-server.ts';

/** A node with an Ollama of its own: the whole way from an installed program to a served request. */
let cli: ConnectedCli;
let program: InstalledProgram;
let env: NodeJS.ProcessEnv;

beforeEach(async () => {
  cli = await createConnectedCli();
  program = await installOllamaProgram(join(cli.world.homeDir, 'bin'));
  const port = await freePort();
  env = { OLLAMA_HOST: `127.0.0.1:${port}`, PATH: `${join(cli.world.homeDir, 'bin')}:/usr/bin:/bin` };
  await cli.makeNode();
});
afterEach(async () => {
  await cli.world.run(['drain'], env);
  await cli.world.run(['ollama', 'stop'], env);
  await cli.stop();
});

const ask = async (...args: string[]) => (await cli.world.run(['ollama', ...args, '--json'], env)).json();

describe('a node that runs its own Ollama', () => {
  it('starts it, serves with it, and ends it with itself', async () => {
    await cli.startNode(['--wait'], env);
    const found = await ask('status');
    expect(found).toMatchObject({ by: 'node', condition: 'running', server: 'ours', binary: program.binary });
    const requestId = cli.network.coordinator.submit('Hello');
    await expect.poll(() => cli.network.coordinator.ledger.request(requestId)?.results.length).toBe(1);
    expect((await cli.world.run(['drain'], env)).code).toBe(0);
    await expect.poll(() => processStart(found.pid as number)).toBeNull();
  });

  it('starts it before it starts itself, without being asked to wait', async () => {
    const node = await cli.startNode([], env);
    expect(node.stderr).toContain('Note: Ollama is installed and does not run; it is being started.');
    expect(await ask('status')).toMatchObject({ by: 'node', condition: 'running', server: 'ours' });
  });

  it('starts it anew when it is killed, and says so meanwhile', async () => {
    await cli.startNode(['--wait'], env);
    const before = await ask('status');
    process.kill(before.pid as number, 'SIGKILL');
    await expect.poll(async () => (await ask('status')).pid).not.toBe(before.pid);
    await expect.poll(async () => (await ask('status')).condition).toBe('running');
  });

  it('stops it when a person says so, starts it again, and takes over what the command line started', async () => {
    const early = await ask('start');
    expect(early).toMatchObject({ by: 'command', condition: 'running', server: 'ours' });
    await cli.startNode(['--wait'], env);
    expect(await ask('status')).toMatchObject({ by: 'node', server: 'ours', pid: early.pid });
    const stopped = await ask('stop');
    expect(stopped).toMatchObject({
      by: 'node',
      condition: 'stopped',
      reason: 'stopped-on-request',
      server: null,
    });
    await expect.poll(() => processStart(early.pid as number)).toBeNull();
    expect(await ask('start')).toMatchObject({ by: 'node', condition: 'running', server: 'ours' });
  });

  it('installs nothing that is not the published file', async () => {
    await cli.startNode(['--wait'], env);
    const names = ['ollama-linux-amd64.tar.zst', 'ollama-linux-arm64.tar.zst', 'ollama-darwin.tgz'];
    const server = await startReleaseServer(
      Object.fromEntries(names.map((name) => [name, Buffer.alloc(10)])),
    );
    try {
      await cli.world.run(['drain'], env);
      await cli.world.run(['config', 'set', 'ollama.releaseUrl', server.url], env);
      await cli.startNode(['--wait'], env);
      const { code, stderr } = await cli.world.run(['ollama', 'install', '--yes'], env);
      expect([code, stderr]).toEqual([1, expect.stringContaining('isn’t the published file')]);
      expect(existsSync(join(cli.world.homeDir, '.local/share/parallelix-operator/ollama'))).toBe(false);
      expect((await cli.world.run(['status', '--json'], env)).json()).toMatchObject({
        install: { state: 'failed', error: { code: 'download-mismatch' } },
      });
    } finally {
      await server.stop();
    }
  });
});
