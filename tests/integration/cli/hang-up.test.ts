import { appendFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ConnectedCli, createConnectedCli } from '../../fixtures/cli/network.ts';

let cli: ConnectedCli;
let env: NodeJS.ProcessEnv;
const model = 'nomic-embed-text';

beforeEach(async () => {
  cli = await createConnectedCli();
  env = { HTTPS_PROXY: 'http://127.0.0.1:9', OLLAMA_MODELS: cli.network.ollama.modelsDir };
});
afterEach(() => cli.stop());

describe('a hang-up where there is no terminal to lose, as under nohup', () => {
  it('does not cancel models pull', async () => {
    const { ollama } = cli.network;
    ollama.models.remove(model);
    await ollama.setFaults({ pullBytesPerSecond: 2_000_000 });
    const pull = cli.world.start(['models', 'pull', model], env);
    await pull.printed(/layer 1/);
    pull.signal('SIGHUP');
    pull.signal('SIGHUP');
    const { code, stdout } = await pull.ended;
    expect([code, stdout]).toEqual([0, expect.stringMatching(/is here/)]);
    expect(ollama.models.find(model)).not.toBeNull();
  });

  it('does not cancel models test', async () => {
    await cli.network.ollama.setFaults({ tokenDelayMs: 5 });
    const test = cli.world.start(['models', 'test'], env);
    await cli.network.ollama.seen.when('a generation', () => cli.network.ollama.seen.generations.length > 0);
    test.signal('SIGHUP');
    test.signal('SIGHUP');
    expect((await test.ended).code).toBe(0);
  });

  it('does not end logs -f, which ends when nobody reads it any more', async () => {
    const folder = join(cli.world.stateDir, 'logs');
    mkdirSync(folder, { recursive: true });
    const line = (event: string) =>
      appendFileSync(
        join(folder, 'node.log'),
        `${JSON.stringify({ t: new Date(0).toISOString(), level: 'warn', event })}\n`,
      );
    line('first');
    const logs = cli.world.start(['logs', '-f']);
    await logs.printed(/first/);
    logs.signal('SIGHUP');
    logs.signal('SIGHUP');
    line('second');
    await logs.printed(/second/);
    logs.child.stdout?.destroy();
    line('third');
    expect((await logs.ended).code).toBe(0);
  });
});

it('the rule stands in one place: no command listens for signals by itself', () => {
  const folder = 'electron/cli';
  const listening = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && name !== join('terminal', 'signals.ts'))
    .filter((name) =>
      /process\.(?:on|once)\(\s*'SIG|for \(const signal of \[/.test(readFileSync(join(folder, name), 'utf8')),
    );
  expect(listening).toEqual([]);
});
