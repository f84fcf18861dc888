import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createNodeKey, generatePrivateKey } from '../../../../electron/daemon/identity/node-key.ts';
import { officialKeyHash, readOfficialNode } from '../../../../electron/daemon/incumbent/files.ts';
import { findOfficialRun, isOfficialDaemon } from '../../../../electron/daemon/incumbent/run.ts';
import { officialService } from '../../../../electron/daemon/incumbent/service.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import { createToolRunner } from '../../../../electron/daemon/system/run-tool.ts';
import { officialConfig, writeOfficialNode } from '../../../fixtures/incumbent/official-node.ts';
import { filesUnder, startChild, temporaryFolder } from '../../../fixtures/storage/sandbox.ts';

const owner = `0x${'Ab'.repeat(20)}`;

async function officialNode(changes: Record<string, unknown> = {}) {
  const dir = join(await temporaryFolder(), '.parallelix');
  const privateKey = generatePrivateKey();
  const registration = { nodeId: '4217', owner };
  writeOfficialNode(dir, privateKey, { ...registration, ...changes });
  return { dir, privateKey, ...createNodeKey(privateKey), configFile: join(dir, 'config.json') };
}

describe('the node of the official client', () => {
  it('is read with key, node id, owner and addresses, and stays byte for byte as it is', async () => {
    const { dir, privateKey, nodeKeyHash, nodeAddress } = await officialNode({
      coordinator: 'https://example.org/api/',
      ollama: '127.0.0.1:11500',
      stakingWallet: owner,
    });
    const before = [...filesUnder(dir)].map(([path, text]) => [
      path,
      text,
      statSync(path).mtimeMs,
      statSync(path).mode,
    ]);
    expect(await readOfficialNode({ dir })).toEqual({
      dir,
      privateKey,
      nodeKeyHash,
      nodeAddress,
      nodeId: '4217',
      owner: owner.toLowerCase(),
      stakingWallet: owner.toLowerCase(),
      coordinatorUrl: 'https://example.org/api',
      ollamaUrl: '127.0.0.1:11500',
      notes: [],
    });
    const after = [...filesUnder(dir)].map(([path, text]) => [
      path,
      text,
      statSync(path).mtimeMs,
      statSync(path).mode,
    ]);
    expect(after).toEqual(before);
  });

  it('with a configuration torn at any byte still gives its key, and all else or a note', async () => {
    const { dir, nodeKeyHash, configFile } = await officialNode();
    const text = readFileSync(configFile, 'utf8');
    for (let length = 0; length < text.length; length += 7) {
      writeFileSync(configFile, text.slice(0, length));
      expect(await readOfficialNode({ dir }), `${length} bytes`).toMatchObject({
        nodeKeyHash,
        nodeId: null,
        owner: null,
        notes: [{ kind: 'config-torn' }],
      });
    }
    rmSync(configFile);
    expect(await readOfficialNode({ dir })).toMatchObject({
      nodeKeyHash,
      notes: [{ kind: 'config-missing' }],
    });
  });

  it('without a registration yet has neither node id nor owner', async () => {
    const { dir } = await officialNode({ nodeId: undefined, owner: undefined });
    expect(await readOfficialNode({ dir })).toMatchObject({ nodeId: null, owner: null, notes: [] });
  });

  it.each(['nodeKeyHash', 'nodeAddress', 'pubKey'] as const)(
    'is refused when the %s of its configuration is another key’s, unless the key alone is wanted',
    async (field) => {
      const other = createNodeKey(generatePrivateKey());
      const wrong = {
        nodeKeyHash: other.nodeKeyHash,
        nodeAddress: other.nodeAddress,
        pubKey: other.publicKey,
      }[field];
      const { dir, nodeKeyHash } = await officialNode({ [field]: wrong });
      await expect(readOfficialNode({ dir })).rejects.toMatchObject({
        code: 'official-unusable',
        details: { reason: expect.stringContaining(field) },
      });
      expect(await readOfficialNode({ dir, keyOnly: true })).toMatchObject({
        nodeKeyHash,
        nodeId: null,
        owner: null,
        coordinatorUrl: null,
        notes: [{ kind: 'config-of-another-key', field }],
      });
    },
  );

  it.each([
    ['nodeId', 'four'],
    ['nodeId', 4217],
    ['owner', '0x12'],
    ['coordinator', 'not an address'],
    ['ollama', 'a b'],
  ])('gives no %s where it is %j, and notes it', async (field, value) => {
    const { dir } = await officialNode({ [field]: value });
    expect((await readOfficialNode({ dir })).notes).toEqual([{ kind: 'field-unusable', field }]);
  });

  it.each([
    ['no directory', null, 'official-missing'],
    ['an empty directory', '', 'official-missing'],
    ['an empty key', ' ', 'official-unusable'],
    ['half a key', 'abcdef', 'official-unusable'],
    ['zero', '0'.repeat(64), 'official-unusable'],
    ['a huge file', 'a'.repeat(5000), 'official-unusable'],
    ['a seed phrase', Array(12).fill('zebra').join(' '), 'wallet-phrase'],
  ])('that is %s is refused, and nothing of it is in the error', async (_what, text, code) => {
    const dir = join(await temporaryFolder(), '.parallelix');
    if (text !== null) mkdirSync(dir);
    if (text) writeFileSync(join(dir, 'node.key'), text);
    const failed = await readOfficialNode({ dir }).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code });
    expect(String((failed as Error).message)).not.toMatch(/zebra|abcdef|aaaa/);
    expect(await officialKeyHash(dir)).toBeNull();
  });

  it('whose key others can read is taken, and they are warned', async () => {
    const { dir } = await officialNode();
    chmodSync(join(dir, 'node.key'), 0o644);
    expect((await readOfficialNode({ dir })).notes).toEqual([{ kind: 'key-open-to-others', mode: '0644' }]);
  });

  it('is written here as the real client writes it', () => {
    const key = createNodeKey(generatePrivateKey());
    expect(Object.keys(officialConfig(key))).toEqual(
      'version nodeAddress nodeKeyHash pubKey stakingWallet tier createdAt coordinator ollama contracts'.split(
        ' ',
      ),
    );
  });
});

/** A folder of stand-ins for the tools of an operating system, first on PATH. */
async function tools(scripts: Readonly<Record<string, string>>) {
  const folder = await temporaryFolder();
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} $*" >> '${folder}/calls'\n${script}\n`, {
      mode: 0o755,
    });
  }
  const env = { PATH: `${folder}:/usr/bin:/bin` };
  const runTool = createToolRunner({ env, places: [] }, { clock: systemClock });
  const calls = () => readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
  return { folder, runTool, calls };
}

describe('the official client at work', () => {
  const quiet = { systemctl: 'echo inactive; exit 3', launchctl: 'exit 113', ps: 'exit 0' };
  const noProcesses = '/nonexistent';
  const homeDir = '/home/someone';

  it.each(['active', 'activating', 'reloading', 'deactivating'])(
    'is seen by its systemd unit: %s',
    async (state) => {
      const script = `case "$1" in is-active) echo ${state}; [ ${state} = active ] || exit 3;; show) echo 4242;; esac`;
      const { runTool, calls } = await tools({ ...quiet, systemctl: script });
      expect(
        await findOfficialRun({ platform: 'linux', homeDir, procDir: noProcesses }, { runTool }),
      ).toEqual({
        kind: 'systemd-unit',
        name: 'systemd unit parallelix-node',
        pid: 4242,
      });
      expect(calls()[0]).toBe('systemctl is-active parallelix-node');
    },
  );

  it.each(['inactive', 'failed', 'unknown', 'offline'])(
    'is not taken for running by a unit that is %s',
    async (state) => {
      const { runTool } = await tools({ ...quiet, systemctl: `echo ${state}; exit 3` });
      expect(
        await findOfficialRun({ platform: 'linux', homeDir, procDir: noProcesses }, { runTool }),
      ).toBeNull();
    },
  );

  it('is seen by its launchd agent, loaded or with a process', async () => {
    const listing = (pid: string) =>
      `[ "$*" = "list io.parallelix.node" ] || exit 9; printf '{\\n\\t"Label" = "io.parallelix.node";\\n${pid}};\\n'`;
    const running = await tools({ ...quiet, launchctl: listing('\\t"PID" = 977;\\n') });
    expect(await findOfficialRun({ platform: 'darwin', homeDir }, running)).toEqual({
      kind: 'launchd-agent',
      name: 'launchd agent io.parallelix.node',
      pid: 977,
    });
    const loaded = await tools({ ...quiet, launchctl: listing('') });
    expect(await findOfficialRun({ platform: 'darwin', homeDir }, loaded)).toMatchObject({
      kind: 'launchd-agent',
      pid: null,
    });
  });

  it('is seen on macOS as a process that ps lists', async () => {
    const list = (line: string) => `printf '  1 /sbin/launchd\\n  815 ${line}\\n'`;
    const found = await tools({
      ...quiet,
      ps: list('/usr/local/bin/node /usr/local/bin/parallelix-node start --node-id 7'),
    });
    expect(await findOfficialRun({ platform: 'darwin', homeDir }, found)).toEqual({
      kind: 'process',
      name: 'its own process',
      pid: 815,
    });
    const other = await tools({
      ...quiet,
      ps: list('/usr/local/bin/node /usr/local/bin/parallelix-node status'),
    });
    expect(await findOfficialRun({ platform: 'darwin', homeDir }, other)).toBeNull();
  });

  it('is seen on Linux as a process of its name with start, and gone when that has ended', async () => {
    if (process.platform !== 'linux') return;
    const { folder, runTool } = await tools(quiet);
    writeFileSync(join(folder, 'parallelix-node.mjs'), 'console.log("up"); setTimeout(() => {}, 20_000);');
    const look = () => findOfficialRun({ platform: 'linux', homeDir: folder }, { runTool });
    const launcher = `
      const { spawn } = await import('node:child_process');
      const env = { HOME: process.argv[3] };
      const child = spawn(process.execPath, [process.argv[1], process.argv[2]], { stdio: 'inherit', env });
      console.log(child.pid);
      child.on('close', () => { console.log('down'); process.exit(); });
    `;
    const status = startChild(launcher, [join(folder, 'parallelix-node.mjs'), 'status', folder]);
    const statusPid = Number(await status.line());
    await status.line();
    expect(await look()).toBeNull();
    process.kill(statusPid);
    await status.ended;
    const running = startChild(launcher, [join(folder, 'parallelix-node.mjs'), 'start', folder]);
    const pid = Number(await running.line());
    await running.line();
    expect(await look()).toEqual({ kind: 'process', name: 'its own process', pid });
    // Somebody with another home has another node.
    expect(await findOfficialRun({ platform: 'linux', homeDir }, { runTool })).toBeNull();
    process.kill(pid);
    expect(await running.line()).toBe('down');
    expect(await look()).toBeNull();
  });

  it('is not seen, and nothing fails, where the tools are missing or say nonsense', async () => {
    const nothing = await tools({});
    const env = { PATH: nothing.folder };
    const runTool = createToolRunner({ env, places: [] }, { clock: systemClock });
    expect(
      await findOfficialRun({ platform: 'linux', homeDir, procDir: noProcesses }, { runTool }),
    ).toBeNull();
    expect(await findOfficialRun({ platform: 'darwin', homeDir }, { runTool })).toBeNull();
    const mad = await tools({
      systemctl: 'head -c 4000 /dev/urandom',
      launchctl: 'kill -9 $$',
      ps: 'kill -9 $$',
    });
    expect(await findOfficialRun({ platform: 'linux', homeDir, procDir: noProcesses }, mad)).toBeNull();
    expect(await findOfficialRun({ platform: 'darwin', homeDir }, mad)).toBeNull();
  });

  it.each([
    [['parallelix-node', 'start'], true],
    [['/usr/local/bin/parallelix-node', 'start', '--node-id', '7'], true],
    [['node', '/usr/local/bin/parallelix-node', 'start'], true],
    [
      ['/usr/bin/node', '--enable-source-maps', '-r', 'x', '/opt/parallelix-node.mjs', 'start', '--gpu'],
      true,
    ],
    [['nodejs', '/opt/parallelix-node.js', '--plain', 'start'], true],
    [['parallelix-node', 'status'], false],
    [['parallelix-node'], false],
    [['parallelix-operator', 'start'], false],
    [['/usr/bin/node', '/opt/parallelix-operator/cli.mjs', 'start', '--wait'], false],
    [['node', '-e', 'wait()', '--', '/opt/parallelix-node', 'start'], false],
    [['node', 'supervisor.js', 'parallelix-node', 'start'], false],
    [['vim', 'parallelix-node', 'start'], false],
    [['grep', 'parallelix-node', 'start'], false],
    [['node', '/opt/start', 'parallelix-node'], false],
    [[], false],
    [[''], false],
  ])('is told by %j: %s', (args, expected) => {
    expect(isOfficialDaemon(args)).toBe(expected);
  });
});

describe('the service of the official client', () => {
  it('is stopped, disabled, enabled and started by systemctl, by its name', async () => {
    const { runTool, calls } = await tools({ systemctl: 'exit 0' });
    const service = officialService('systemd-unit', { homeDir: '/home/x' }, { runTool });
    expect(await service.isEnabled()).toBe(true);
    for (const act of ['stop', 'disable', 'enable', 'start'] as const) await service[act]();
    expect(calls()).toEqual(
      ['is-enabled', 'stop', 'disable', 'enable', 'start'].map(
        (one) => `systemctl ${one} parallelix-node.service`,
      ),
    );
  });

  it('is unloaded and loaded by launchctl, by its file', async () => {
    const { runTool, calls } = await tools({ launchctl: 'exit 0' });
    const service = officialService('launchd-agent', { homeDir: '/Users/x' }, { runTool });
    for (const act of ['stop', 'disable', 'enable', 'start'] as const) await service[act]();
    const plist = '/Users/x/Library/LaunchAgents/io.parallelix.node.plist';
    expect(calls()).toEqual([`launchctl unload -w ${plist}`, `launchctl load -w ${plist}`]);
  });

  it('that does not obey says why, with the message of the service manager', async () => {
    const { runTool } = await tools({ systemctl: 'echo "Access denied" >&2; exit 4' });
    const service = officialService('systemd-unit', { homeDir: '/home/x' }, { runTool });
    await expect(service.stop()).rejects.toMatchObject({
      code: 'official-service-failed',
      details: { action: 'stop', name: 'parallelix-node.service', reason: 'Access denied' },
    });
    expect(await service.isEnabled()).toBe(false);
  });
});
