import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNodeKey, generatePrivateKey } from '../../../electron/daemon/identity/node-key.ts';
import { type ConnectedCli, createConnectedCli } from '../../fixtures/cli/network.ts';
import { officialConfig, writeOfficialNode } from '../../fixtures/incumbent/official-node.ts';
import { filesUnder } from '../../fixtures/storage/sandbox.ts';

describe('key import', () => {
  let cli: ConnectedCli;
  const home = (...names: string[]) => join(cli.world.homeDir, ...names);
  const run = (...args: string[]) => cli.world.run(args);
  const keyFile = () => join(cli.world.stateDir, 'node.key');

  beforeEach(async () => {
    cli = await createConnectedCli();
  });
  afterEach(() => cli.stop());

  const official = (changes: Record<string, unknown> = {}) => {
    const privateKey = generatePrivateKey();
    writeOfficialNode(home('.parallelix'), privateKey, changes);
    return { privateKey, ...createNodeKey(privateKey) };
  };

  it('takes over key, node id, owner and addresses, leaves every byte, and the node starts', async () => {
    const { coordinatorUrl, ollamaUrl } = cli.network.urls;
    const { privateKey, nodeKeyHash } = official({ coordinator: coordinatorUrl, ollama: ollamaUrl });
    const { nodeId, owner } = await cli.network.registerNode({ nodeKeyHash, tier: 1 });
    const config = JSON.parse(readFileSync(home('.parallelix', 'config.json'), 'utf8')) as object;
    writeFileSync(home('.parallelix', 'config.json'), JSON.stringify({ ...config, nodeId, owner }));
    const before = [...filesUnder(home('.parallelix'))].map(([path, text]) => [
      path,
      text,
      statSync(path).mtimeMs,
    ]);
    const imported = await run('key', 'import', '--json');
    expect(imported.json()).toMatchObject({
      ...{ source: home('.parallelix'), nodeKeyHash, nodeId, owner, held: false, alreadyHere: false },
      settings: [
        { name: 'coordinatorUrl', value: coordinatorUrl },
        { name: 'ollamaUrl', value: ollamaUrl },
      ],
      notes: [],
    });
    expect(readFileSync(keyFile(), 'utf8')).toBe(privateKey);
    expect(
      [...filesUnder(home('.parallelix'))].map(([path, text]) => [path, text, statSync(path).mtimeMs]),
    ).toEqual(before);
    const again = await run('key', 'import', '--json');
    expect(again.json()).toMatchObject({ alreadyHere: true, settings: [] });
    await cli.startNode([], { PARALLELIX_API_URL: undefined, OLLAMA_HOST: undefined });
  });

  it('of a torn configuration goes on with what the key says', async () => {
    const { nodeKeyHash } = official();
    writeFileSync(home('.parallelix', 'config.json'), '{"version": "2.0.0", "nodeAddr');
    const { code, stdout } = await run('key', 'import');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/damaged\. Node id and owner are looked up/)]);
    expect(stdout).toContain(nodeKeyHash);
  });

  it('of a key and a configuration that contradict each other is refused, unless confirmed', async () => {
    const other = createNodeKey(generatePrivateKey());
    const { nodeKeyHash } = official({ ...officialConfig(other), nodeId: '7', owner: other.nodeAddress });
    const { code, stderr } = await run('key', 'import');
    expect([code, stderr]).toEqual([6, expect.stringMatching(/belongs to another key/)]);
    expect(existsSync(keyFile())).toBe(false);
    const told = await run('key', 'import', '--different-key', '--yes-really', '--json');
    expect(told.json()).toMatchObject({
      nodeKeyHash,
      nodeId: null,
      owner: null,
      notes: [{ kind: 'config-of-another-key', fact: 'nodeKeyHash' }],
    });
  });

  it('keeps addresses that were chosen here, and takes none that cannot be used', async () => {
    official({ coordinator: 'http://example.org/api', ollama: 'http://127.0.0.1:11999' });
    await run('config', 'set', 'ollamaUrl', 'http://127.0.0.1:11888');
    const imported = await run('key', 'import', '--json');
    expect(imported.json()).toMatchObject({
      settings: [],
      notes: [
        { kind: 'field-unusable', fact: 'coordinatorUrl' },
        { kind: 'setting-kept', fact: 'ollamaUrl' },
      ],
    });
  });

  it('from another folder is quarantined like a restored key, for its machine may be running', async () => {
    official();
    const { code, stdout } = await run('key', 'import', home('.parallelix', '..', '.parallelix'));
    expect([code, stdout]).toEqual([0, expect.not.stringContaining('key confirm')]);
    rmSync(cli.world.stateDir, { recursive: true });
    mkdirSync(home('copy'));
    for (const name of ['node.key', 'config.json'])
      writeFileSync(home('copy', name), readFileSync(home('.parallelix', name)));
    expect((await run('key', 'import', home('copy'))).stdout).toMatch(/key confirm --old-machine-is-off/);
    expect((await run('start')).code).toBe(5);
  });

  it('of the wallet’s key, or of a seed phrase, is refused', async () => {
    const { nodeAddress } = official();
    const config = {
      ...JSON.parse(readFileSync(home('.parallelix', 'config.json'), 'utf8')),
      stakingWallet: nodeAddress,
    };
    writeFileSync(home('.parallelix', 'config.json'), JSON.stringify(config));
    const wallet = await run('key', 'import');
    expect([wallet.code, wallet.stderr]).toEqual([6, expect.stringMatching(/holds the stake/)]);
    writeFileSync(home('.parallelix', 'node.key'), Array(12).fill('zebra').join(' '));
    const phrase = await run('key', 'import');
    expect([phrase.code, phrase.stderr]).toEqual([2, expect.stringMatching(/seed phrase/)]);
    expect(phrase.stderr).not.toContain('zebra');
    expect(existsSync(keyFile())).toBe(false);
  });
});
