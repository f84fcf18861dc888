import { lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectToDaemon } from '../../../electron/daemon/control/client.ts';
import { createNodeKey, generatePrivateKey } from '../../../electron/daemon/identity/node-key.ts';
import { systemClock } from '../../../electron/daemon/system/clock.ts';
import { type ConnectedCli, createConnectedCli } from '../../fixtures/cli/network.ts';
import { installOfficial, type OfficialStandIn } from '../../fixtures/incumbent/official-stand-in.ts';
import { patienceMs } from '../../fixtures/patience.ts';

const passphrase = 'Wellenreiter auf dem Dachboden';

/** Every form in which 32 bytes or a text may have been written down. */
function formsOf(privateKey: string): Buffer[] {
  const bytes = Buffer.from(privateKey, 'hex');
  const texts = [
    privateKey,
    privateKey.toUpperCase(),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    [...bytes].join(','),
    [...bytes].join(', '),
    BigInt(`0x${privateKey}`).toString(10),
    // Text that was encoded once more.
    Buffer.from(privateKey).toString('base64').replace(/=+$/, ''),
    Buffer.from(privateKey).toString('hex'),
  ];
  return [bytes, Buffer.from(bytes).reverse(), ...texts.map((text) => Buffer.from(text, 'latin1'))];
}

const secretForms = [Buffer.from(passphrase), Buffer.from(Buffer.from(passphrase).toString('base64'))];

/** Searches what a run left behind and printed. */
function createSearch() {
  const seen = new Map<string, Buffer>();
  return {
    add(name: string, content: string | Buffer) {
      seen.set(name, typeof content === 'string' ? Buffer.from(content) : content);
    },
    /** Names of everything that holds one of the forms. */
    holding: (forms: readonly Buffer[]) =>
      [...seen].filter(([, content]) => forms.some((form) => content.includes(form))).map(([name]) => name),
    bytes: () => [...seen.values()].reduce((sum, content) => sum + content.length, 0),
  };
}

describe.skipIf(process.platform !== 'linux')('the private key in the open', () => {
  let cli: ConnectedCli;
  let official: OfficialStandIn;
  const privateKey = generatePrivateKey();
  const { nodeKeyHash } = createNodeKey(privateKey);

  beforeEach(async () => {
    cli = await createConnectedCli();
    const { coordinatorUrl, ollamaUrl } = cli.network.urls;
    const { nodeId, owner } = await cli.network.registerNode({ nodeKeyHash, tier: 1 });
    const node = { privateKey, nodeId, owner, coordinator: coordinatorUrl, ollama: ollamaUrl };
    official = installOfficial(cli.world.homeDir, node);
  });
  afterEach(async () => {
    await cli.world.run(['drain']);
    official.end();
    await cli.stop();
  });

  it('is in the key file and nowhere else, after backup, restore, import, move and switch with all that can be said', async () => {
    const search = createSearch();
    const { world } = cli;
    const home = (...names: string[]) => join(world.homeDir, ...names);
    writeFileSync(home('pass'), passphrase, { mode: 0o600 });
    writeFileSync(home('wrong'), 'another passphrase', { mode: 0o600 });
    const env = { PATH: `${official.bin}:/usr/bin:/bin` };
    const lists = /node\.key$|\.parallelix\/|\/pass$|\.key$/;
    const lookAtFiles = (when: string) => {
      for (const entry of readdirSync(world.homeDir, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name);
        if (lstatSync(path).isFile()) search.add(`${when}: ${path}`, readFileSync(path));
      }
    };
    let count = 0;
    const run = async (expected: number, ...args: string[]) => {
      const codes: (number | null)[] = [];
      for (const more of [['--json'], ['--debug']]) {
        const { code, stdout, stderr } = await world.run([...args, ...more], env);
        search.add(`output ${count} of ${args.join(' ')} ${more.join()}`, stdout + stderr);
        codes.push(code);
        count += 1;
      }
      expect([args.join(' '), codes[0]]).toEqual([args.join(' '), expected]);
      lookAtFiles(`after ${args.slice(0, 3).join(' ')}`);
    };
    const watchProcess = async (pid: number) => {
      search.add('cmdline', readFileSync(`/proc/${pid}/cmdline`));
      search.add('environ', readFileSync(`/proc/${pid}/environ`));
      const socketPath = join(world.stateDir, 'control.sock');
      const client = await connectToDaemon(
        { socketPath, stateDir: world.stateDir, timeoutMs: patienceMs },
        { clock: systemClock },
      );
      search.add('greeting', JSON.stringify(client.greeting));
      search.add('snapshot', JSON.stringify(await client.ask('snapshot', {})));
      await client.subscribe((event) => search.add(`event ${Math.random()}`, JSON.stringify(event)));
      client.close();
    };

    await run(0, 'key', 'import');
    await run(0, 'key', 'show');
    const backup = home('backup.json');
    await run(0, 'key', 'backup', backup, '--passphrase-file', home('pass'));
    rmSync(join(world.stateDir, 'node.key'));
    await run(6, 'start');
    await run(6, 'key', 'restore', backup, '--passphrase-file', home('wrong'));
    await run(0, 'key', 'restore', backup, '--passphrase-file', home('pass'));
    await run(5, 'start');
    await run(0, 'key', 'confirm', '--old-machine-is-off');
    await run(6, 'init');
    await run(6, 'key', 'move', '--to', 'keychain');
    await run(0, 'key', 'move', '--to', 'file', '--passphrase', '--passphrase-file', home('pass'));
    // From here on it is not even in the key file.
    expect(readFileSync(join(world.stateDir, 'node.key')).includes(Buffer.from(privateKey))).toBe(false);
    await run(6, 'start');
    const locked = world.start(['start', '--debug'], {
      ...env,
      PARALLELIX_KEY_PASSPHRASE_FILE: home('pass'),
    });
    await locked.printed(/First heartbeat accepted/);
    await watchProcess(locked.pid);
    const requestId = cli.network.coordinator.submit('Say something');
    await cli.network.coordinator.answered(requestId);
    await run(0, 'verify');
    await run(0, 'status');
    locked.signal('SIGTERM');
    const ended = await locked.ended;
    search.add('output of the node under a passphrase', ended.stdout + ended.stderr);
    lookAtFiles('after serving under a passphrase');
    const byFile = { ...env, PARALLELIX_KEY_PASSPHRASE_FILE: home('pass') };
    await world.run(['key', 'move', '--to', 'file', '--no-passphrase'], byFile);

    await run(0, 'switch');
    const { process: ours } = (await world.run(['status', '--json'], env)).json() as {
      process: { pid: number };
    };
    await watchProcess(ours.pid);
    await run(0, 'switch', '--back');
    await run(1, 'verify');
    search.add('what the coordinator was sent', JSON.stringify(cli.network.coordinator.ledger));
    await cli.network.coordinator.settled();

    const allowed = (name: string) => lists.test(name);
    expect(search.bytes()).toBeGreaterThan(100_000);
    expect(search.holding(formsOf(privateKey)).filter((name) => !allowed(name))).toEqual([]);
    expect(search.holding(secretForms).filter((name) => !allowed(name))).toEqual([]);
    // The search finds what is there.
    expect(search.holding(formsOf(privateKey)).some((name) => name.endsWith('s/node.key'))).toBe(true);
    expect(search.holding(secretForms).some((name) => name.endsWith('/pass'))).toBe(true);
  });
});
