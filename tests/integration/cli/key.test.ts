import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decryptKeystoreJson } from 'ethers/wallet';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNodeKey, generatePrivateKey } from '../../../electron/daemon/identity/node-key.ts';
import { type ConnectedCli, createConnectedCli } from '../../fixtures/cli/network.ts';
import { writeOfficialNode } from '../../fixtures/incumbent/official-node.ts';
import { filesUnder } from '../../fixtures/storage/sandbox.ts';

const passphrase = 'a passphrase of some length';

describe('the key commands', () => {
  let cli: ConnectedCli;
  let passphraseFile: string;
  const home = (...names: string[]) => join(cli.world.homeDir, ...names);
  const run = (...args: string[]) => cli.world.run(args);
  const keyFile = () => join(cli.world.stateDir, 'node.key');
  const withPassphrase = () => ['--passphrase-file', passphraseFile];
  const backUp = (file = home('backup.json')) => run('key', 'backup', file, ...withPassphrase());

  let kept: { folder: string; nodeKeyHash: string; tier: number } | null = null;
  /** A node with a backup, as the first test that asked left it: making one is scrypt twice. */
  const makeNodeWithBackup = async () => {
    const state = cli.world.stateDir;
    if (kept === null) {
      const { nodeKeyHash, tier } = await cli.makeNode({ register: false });
      expect((await backUp()).code).toBe(0);
      const folder = mkdtempSync(join(tmpdir(), 'plx-kept-'));
      cpSync(state, join(folder, 's'), { recursive: true });
      cpSync(home('backup.json'), join(folder, 'backup.json'));
      kept = { folder, nodeKeyHash, tier };
    } else {
      cpSync(join(kept.folder, 's'), state, { recursive: true });
      cpSync(join(kept.folder, 'backup.json'), home('backup.json'));
    }
    const { nodeKeyHash, tier } = kept;
    const { nodeId } = await cli.network.registerNode({ nodeKeyHash, tier });
    return { nodeKeyHash, nodeId };
  };
  afterAll(() => kept && rmSync(kept.folder, { recursive: true }));

  beforeEach(async () => {
    cli = await createConnectedCli();
    passphraseFile = home('passphrase');
    writeFileSync(passphraseFile, `${passphrase}\n`, { mode: 0o600 });
  });
  afterEach(() => cli.stop());

  describe('backup', () => {
    it('is known to show, verify and status, which warned before', async () => {
      const { nodeKeyHash, nodeId } = await cli.makeNode();
      await cli.startNode();
      const badges = async () =>
        ((await run('status', '--json')).json() as { badges: { code: string }[] }).badges.map(
          ({ code }) => code,
        );
      const check = async () =>
        ((await run('verify', '--json')).json() as { checks: { id: string; finding: string }[] }).checks.find(
          ({ id }) => id === 'backup',
        );
      expect(await badges()).toEqual(['no-backup']);
      expect(await check()).toMatchObject({ finding: 'backup-none', result: 'warning' });
      expect((await run('key')).stdout).toMatch(/backup +none was ever made[\s\S]*key backup FILE/);

      const made = await backUp();
      expect([made.code, made.stderr]).toEqual([0, '']);
      expect(made.stdout).toMatch(/The backup is made, read back and compared with the key/);
      const text = readFileSync(home('backup.json'), 'utf8');
      expect(JSON.parse(text)).toMatchObject({
        version: 3,
        parallelix: {
          nodeKeyHash,
          nodeId,
          network: { coordinatorUrl: cli.network.urls.coordinatorUrl, chainId: null },
        },
      });
      const opened = await decryptKeystoreJson(text, passphrase);
      expect(opened.privateKey).toBe(`0x${readFileSync(keyFile(), 'utf8')}`);

      await expect.poll(badges).toEqual([]);
      expect(await check()).toMatchObject({ finding: 'backup-made' });
      expect((await run('key', 'show')).stdout).toMatch(/backup +\d{4}-\d\d-\d\d .*backup\.json/);
    });

    it('is never written over anything, and needs a passphrase from somewhere', async () => {
      await cli.makeNode({ register: false });
      writeFileSync(home('backup.json'), 'mine');
      const again = await backUp();
      expect([again.code, again.stderr]).toEqual([6, expect.stringMatching(/never overwritten/)]);
      expect(readFileSync(home('backup.json'), 'utf8')).toBe('mine');
      const without = await run('key', 'backup', home('b.json'));
      expect([without.code, without.stderr]).toEqual([
        6,
        expect.stringMatching(/PARALLELIX_KEY_PASSPHRASE_FILE/),
      ]);
      writeFileSync(passphraseFile, 'short', { mode: 0o600 });
      const short = await backUp(home('b.json'));
      expect([short.code, short.stderr]).toEqual([6, expect.stringMatching(/too short/)]);
      chmodSync(passphraseFile, 0o644);
      const open = await backUp(home('b.json'));
      expect([open.code, open.stderr]).toEqual([
        6,
        expect.stringMatching(/others on this computer can read it.*chmod 600/),
      ]);
      expect(existsSync(home('b.json'))).toBe(false);
    });

    it('without a key there is nothing to back up', async () => {
      const { code, stderr } = await backUp();
      expect([code, stderr]).toEqual([6, expect.stringContaining('There is no node key')]);
    });
  });

  describe('restore', () => {
    it('on an empty machine sends nothing before the old machine is confirmed to be off', async () => {
      const { nodeKeyHash, nodeId } = await makeNodeWithBackup();
      rmSync(cli.world.stateDir, { recursive: true });
      const seen = cli.network.coordinator.ledger.heartbeats.length;
      const restored = await run('key', 'restore', home('backup.json'), ...withPassphrase(), '--json');
      expect(restored.json()).toMatchObject({
        nodeKeyHash,
        nodeId: null,
        alreadyHere: false,
        held: true,
        setAside: null,
      });
      for (const command of [['start'], ['start', '--wait']]) {
        const { code, stderr } = await run(...command);
        expect([code, stderr]).toEqual([
          5,
          expect.stringMatching(/old computer isn’t confirmed to be off.*key confirm/),
        ]);
      }
      const { checks } = (await run('verify', '--json')).json() as { checks: { finding: string }[] };
      expect(checks.map(({ finding }) => finding)).toContain('key-held');
      expect((await run('key', 'confirm')).code).toBe(2);
      expect((await run('key', 'show', '--json')).json()).toMatchObject({ held: true });
      expect(cli.network.coordinator.ledger.heartbeats).toHaveLength(seen);

      expect((await run('key', 'confirm', '--old-machine-is-off', '--json')).json()).toMatchObject({
        wasHeld: true,
      });
      await cli.startNode();
      expect((await run('status', '--json')).json()).toMatchObject({ identity: { nodeId, nodeKeyHash } });
    });

    it('with the confirmation given at once may start at once; it ends a quarantine too', async () => {
      const { nodeKeyHash } = await makeNodeWithBackup();
      rmSync(keyFile());
      expect((await run('start')).stderr).toMatch(/is missing from/);
      await run('key', 'restore', home('backup.json'), ...withPassphrase());
      expect((await run('key', 'show', '--json')).json()).toMatchObject({ held: true, problem: null });
      const { code } = await run(
        'key',
        'restore',
        home('backup.json'),
        ...withPassphrase(),
        '--old-machine-is-off',
      );
      expect(code).toBe(0);
      await cli.startNode();
      expect((await run('key', 'show', '--json')).json()).toMatchObject({ nodeKeyHash, held: false });
    });

    it('of another key is refused unless confirmed, and then nothing is lost', async () => {
      await makeNodeWithBackup();
      const first = readFileSync(keyFile(), 'utf8');
      await run('init', '--force');
      const second = readFileSync(keyFile(), 'utf8');
      const restore = ['key', 'restore', home('backup.json'), ...withPassphrase()];
      const refused = await run(...restore);
      expect([refused.code, refused.stderr]).toEqual([
        6,
        expect.stringMatching(/--different-key --yes-really/),
      ]);
      const once = await run(...restore, '--different-key');
      expect([once.code, once.stderr]).toEqual([2, expect.stringMatching(/needs --yes-really too/)]);
      const half = await run(...restore, '--yes-really');
      expect([half.code, half.stderr]).toEqual([2, expect.stringMatching(/nothing without --different-key/)]);
      expect(readFileSync(keyFile(), 'utf8')).toBe(second);
      const twice = await run(...restore, '--different-key', '--yes-really', '--json');
      const { setAside } = twice.json() as { setAside: { keyFile: string } };
      expect(readFileSync(setAside.keyFile, 'utf8')).toBe(second);
      expect(readFileSync(keyFile(), 'utf8')).toBe(first);
    });

    it('with a wrong passphrase, or of the wallet’s own key, changes nothing', async () => {
      await makeNodeWithBackup();
      const key = readFileSync(keyFile(), 'utf8');
      rmSync(cli.world.stateDir, { recursive: true });
      writeFileSync(home('wrong'), 'not that passphrase', { mode: 0o600 });
      const wrong = await run('key', 'restore', home('backup.json'), '--passphrase-file', home('wrong'));
      expect([wrong.code, wrong.stderr]).toEqual([6, expect.stringMatching(/doesn’t open/)]);
      const { nodeAddress } = createNodeKey(key);
      const wallet = await run(
        'key',
        'restore',
        home('backup.json'),
        ...withPassphrase(),
        '--wallet',
        nodeAddress,
      );
      expect([wallet.code, wallet.stderr]).toEqual([
        6,
        expect.stringMatching(/holds the stake\. It wasn’t used/),
      ]);
      writeOfficialNode(home('.parallelix'), generatePrivateKey(), { stakingWallet: nodeAddress });
      const recorded = await run('key', 'restore', home('backup.json'), ...withPassphrase());
      expect([recorded.code, recorded.stderr]).toEqual([6, expect.stringMatching(/holds the stake/)]);
      expect(existsSync(keyFile())).toBe(false);
    });

    it('while the node runs is refused with its pid', async () => {
      await makeNodeWithBackup();
      const node = await cli.startNode();
      const { code, stderr } = await run('key', 'restore', home('backup.json'), ...withPassphrase());
      expect([code, stderr]).toEqual([4, expect.stringContaining(String(node.pid))]);
    });

    it('can put the key under a passphrase at once', async () => {
      await makeNodeWithBackup();
      const key = readFileSync(keyFile(), 'utf8');
      rmSync(cli.world.stateDir, { recursive: true });
      const restored = await run(
        'key',
        'restore',
        home('backup.json'),
        ...withPassphrase(),
        '--passphrase',
        '--json',
      );
      expect(restored.json()).toMatchObject({ protection: 'passphrase' });
      expect([...filesUnder(cli.world.homeDir)].filter(([, text]) => text.includes(key))).toEqual([]);
    });
  });

  describe('a key file under a passphrase', () => {
    it('is made so by init, and start reads the passphrase from a file or systemd’s credential', async () => {
      const made = await cli.world.run(['init', '--passphrase', '--json', ...withPassphrase()]);
      const { nodeKeyHash } = made.json() as { nodeKeyHash: string };
      await cli.network.registerNode({ nodeKeyHash, tier: 1 });
      expect(JSON.parse(readFileSync(keyFile(), 'utf8'))).toMatchObject({
        version: 3,
        parallelix: { kind: 'key-file' },
      });

      const before = [...filesUnder(cli.world.stateDir).keys()];
      const without = await run('start', '--wait');
      expect([without.code, without.stderr]).toEqual([
        6,
        expect.stringMatching(/nobody is here to type it.*systemd credential parallelix-key-passphrase/),
      ]);
      expect([...filesUnder(cli.world.stateDir).keys()]).toEqual(before);
      const value = await cli.world.run(['start', '--wait'], { PARALLELIX_KEY_PASSPHRASE: passphrase });
      expect(value.code).toBe(6);
      const wrong = home('wrong');
      writeFileSync(wrong, 'something else entirely', { mode: 0o600 });
      expect((await cli.world.run(['start'], { PARALLELIX_KEY_PASSPHRASE_FILE: wrong })).stderr).toMatch(
        /doesn’t open/,
      );

      const byFile = await cli.startNode([], { PARALLELIX_KEY_PASSPHRASE_FILE: passphraseFile });
      byFile.signal('SIGTERM');
      await byFile.ended;
      mkdirSync(home('credentials'));
      writeFileSync(home('credentials', 'parallelix-key-passphrase'), passphrase, { mode: 0o400 });
      await cli.startNode([], { CREDENTIALS_DIRECTORY: home('credentials') });
      expect((await run('verify', '--json')).stdout).toContain('"key-locked-away"');
    });

    it('is locked and unlocked by move, and shown without its passphrase', async () => {
      await cli.makeNode({ register: false });
      const key = readFileSync(keyFile(), 'utf8');
      const locked = await run('key', 'move', '--to', 'file', '--passphrase', ...withPassphrase(), '--json');
      expect(locked.json()).toMatchObject({ protection: 'passphrase', alreadyThere: true, from: null });
      expect(readFileSync(keyFile(), 'utf8')).not.toContain(key);
      expect((await run('key', 'show', '--json')).json()).toMatchObject({
        protection: 'passphrase',
        problem: null,
        mode: '0600',
      });
      const stuck = await run('key', 'move', '--to', 'file', '--no-passphrase');
      expect([stuck.code, stuck.stderr]).toEqual([6, expect.stringMatching(/locked with a passphrase/)]);
      const env = { PARALLELIX_KEY_PASSPHRASE_FILE: passphraseFile };
      expect((await cli.world.run(['key', 'move', '--to', 'file', '--no-passphrase'], env)).code).toBe(0);
      expect(readFileSync(keyFile(), 'utf8')).toBe(key);
    });

    it('does not stand in the way of init --force, which archives it unopened', async () => {
      await cli.world.run(['init', '--passphrase', ...withPassphrase()]);
      const before = readFileSync(keyFile(), 'utf8');
      const refused = await run('init');
      expect([refused.code, existsSync(keyFile())]).toEqual([6, true]);
      const forced = (await run('init', '--force', '--json')).json() as { backup: { keyFile: string } };
      expect(readFileSync(forced.backup.keyFile, 'utf8')).toBe(before);
    });
  });

  it('move to the keychain of a machine that has none is refused, and the key stays', async () => {
    await cli.makeNode({ register: false });
    const key = readFileSync(keyFile(), 'utf8');
    const { code, stderr } = await cli.world.run(['key', 'move', '--to', 'keychain'], {
      DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent',
    });
    expect([code, stderr.split('\n')]).toEqual([6, [expect.stringMatching(/keychain/i), '']]);
    expect(readFileSync(keyFile(), 'utf8')).toBe(key);
    expect((await run('key', 'show', '--json')).json()).toMatchObject({ keyStore: 'file', problem: null });
  });

  describe('documents', () => {
    const head = ['schemaVersion', 'document'];
    const adopted =
      'source nodeKeyHash nodeAddress nodeId owner keyFile protection alreadyHere held setAside'.split(' ');

    it('keep their fields', async () => {
      await cli.makeNode();
      writeOfficialNode(home('.parallelix'), readFileSync(keyFile(), 'utf8'));
      const fields: [string[], string, string[]][] = [
        [
          ['show'],
          'key-show',
          'nodeKeyHash nodeAddress nodeId owner keyStore place mode protection backup held problem'.split(
            ' ',
          ),
        ],
        [
          ['backup', home('b.json'), ...withPassphrase()],
          'key-backup',
          'nodeKeyHash nodeId owner path atMs sameDisk'.split(' '),
        ],
        [['restore', home('b.json'), ...withPassphrase()], 'key-restore', adopted],
        [['import'], 'key-import', [...adopted, 'settings', 'notes']],
        [
          ['move', '--to', 'file'],
          'key-move',
          'nodeKeyHash keyStore from place protection alreadyThere'.split(' '),
        ],
        [['confirm'], 'key-confirm', ['wasHeld']],
      ];
      for (const [args, document, expected] of fields) {
        const { stdout, stderr } = await run('key', ...args, '--json');
        expect([stdout.split('\n').length, stderr]).toEqual([2, '']);
        const printed = JSON.parse(stdout) as Record<string, unknown>;
        expect(printed).toMatchObject({ schemaVersion: 1, document });
        expect(new Set(Object.keys(printed))).toEqual(new Set([...head, ...expected]));
      }
    });
  });
});
