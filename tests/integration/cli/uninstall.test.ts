import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { converse, hasScript } from '../../fixtures/cli/conversation.ts';
import { type ConnectedCli, createConnectedCli } from '../../fixtures/cli/network.ts';
import { writeJournal } from '../../fixtures/serving/journal.ts';
import { filesUnder } from '../../fixtures/storage/sandbox.ts';

describe('uninstall', () => {
  let cli: ConnectedCli;
  const run = (...args: string[]) => cli.world.run(args);
  const state = (...names: string[]) => join(cli.world.stateDir, ...names);
  const backup = () => join(cli.world.homeDir, 'backup.json');
  const twice = ['--lose-key', '--yes-really'];
  async function backUp(): Promise<void> {
    const passphraseFile = join(cli.world.homeDir, 'passphrase');
    writeFileSync(passphraseFile, 'a passphrase of some length', { mode: 0o600 });
    expect((await run('key', 'backup', backup(), '--passphrase-file', passphraseFile)).code).toBe(0);
  }
  /** What a refusal must not have touched. */
  const files = () => new Map([...filesUnder(state())].filter(([path]) => /(key|json)$/.test(path)));

  beforeEach(async () => {
    cli = await createConnectedCli();
  });
  afterEach(() => cli.stop());

  it('without --data removes nothing, and says what stays and how the program itself goes', async () => {
    const none = await run('uninstall');
    expect([none.code, none.stderr]).toEqual([0, '']);
    expect(none.stdout).toMatch(
      /Nothing was removed[\s\S]*delete its\s+folder[\s\S]*service\s+uninstall[\s\S]*There is no node in/,
    );
    expect(existsSync(state())).toBe(false);
    await cli.makeNode();
    const before = filesUnder(state());
    const said = await run('uninstall');
    expect(said.stdout).toMatch(/stays in .* files, the node key among them\..*uninstall --data/);
    expect(said.stdout).toContain(cli.world.stateDir);
    const document = (await run('uninstall', '--json')).json() as { stays: { path: string }[] };
    expect(document).toMatchObject({ document: 'uninstall', data: false, keys: null, removed: [] });
    expect(document.stays.map(({ path }) => path)).toContain(state('node.key'));
    expect(filesUnder(state())).toEqual(before);
  });

  it('with --data removes a node that has a backup and no stake, and nothing else', async () => {
    const { nodeKeyHash } = await cli.makeNode({ register: false });
    await backUp();
    writeFileSync(state('notes.txt'), 'mine');
    const { code, stdout, stderr } = await run('uninstall', '--data', '--yes');
    expect([code, stderr]).toEqual([0, '']);
    for (const name of ['node.key', 'identity.json', 'backups.json', 'lock.db']) {
      expect(stdout).toMatch(new RegExp(`file +${state(name)}\\n`));
    }
    expect(stdout).toContain(nodeKeyHash);
    expect(stdout).toMatch(/backup +\S+backup\.json, which stays/);
    expect(stdout).toMatch(/The data of this node is removed[\s\S]*stays +\S+notes\.txt/);
    expect(readdirSync(state())).toEqual(['notes.txt']);
    expect(existsSync(backup())).toBe(true);
    expect((await run('init')).code).toBe(0);
  });

  it('refuses what would be lost for good, each for itself, with exit code 5', async () => {
    const { nodeKeyHash } = await cli.makeNode();
    const name = `key ${nodeKeyHash.slice(0, 10)}…`;
    const before = files();
    const refused = await run('uninstall', '--data', '--yes');
    expect([refused.code, refused.stdout]).toEqual([5, '']);
    expect(refused.stderr).toContain('Node 4217 is staked');
    expect(refused.stderr).toContain(`K${name.slice(1)} has no backup`);
    expect(refused.stderr).toMatch(
      /^parallelix-operator: Nothing was deleted from .*--data --lose-key --yes-really\n$/,
    );
    await backUp();
    const staked = await run('uninstall', '--data', '--yes', '--json');
    expect([staked.code, staked.json()]).toEqual([
      5,
      expect.objectContaining({
        exitCode: 5,
        error: expect.objectContaining({
          code: 'uninstall-refused',
          details: expect.objectContaining({
            undelivered: 0,
            keys: [
              expect.objectContaining({ nodeKeyHash, nodeId: '4217', backup: 'found', stake: 'staked' }),
            ],
          }),
        }),
      }),
    ]);
    await cli.network.coordinator.outage('503');
    const unknown = await run('uninstall', '--data', '--yes');
    expect([unknown.code, unknown.stderr]).toEqual([
      5,
      expect.stringContaining(`Whether ${name} is staked isn’t known (`),
    ]);
    await cli.network.coordinator.outage('off');
    await cli.network.memory.withdrawStake('4217');
    rmSync(backup());
    const elsewhere = await run('uninstall', '--data', '--yes');
    expect([elsewhere.code, elsewhere.stderr]).toEqual([
      5,
      expect.stringMatching(/The backup of key \S+ is not at \S+backup\.json now/),
    ]);
    const now = files();
    for (const [path, text] of before) expect(now.get(path)).toBe(text);
  });

  it('removes all the same what was said twice, and says in its document what that was', async () => {
    const { nodeKeyHash } = await cli.makeNode();
    await run('init', '--force');
    const { code, json } = await run('uninstall', '--data', ...twice, '--json');
    const document = json() as { removed: string[]; keys: { nodeKeyHash: string }[] };
    expect(code).toBe(0);
    expect(document).toMatchObject({ data: true, undelivered: 0, stays: [] });
    expect(document.keys).toContainEqual(
      expect.objectContaining({ nodeKeyHash, nodeId: '4217', backup: 'none', stake: 'staked' }),
    );
    expect(document.removed).toContain(state('node.key'));
    expect(existsSync(state())).toBe(false);
  });

  it('goes on to refuse while the node runs, and while answers wait that it could still deliver', async () => {
    const { nodeKeyHash } = await cli.makeNode({ register: true });
    const node = await cli.startNode();
    const running = await run('uninstall', '--data', ...twice);
    expect([running.code, running.stderr]).toEqual([4, expect.stringMatching(/already running/)]);
    expect(existsSync(state('node.key'))).toBe(true);
    node.signal('SIGKILL');
    await node.ended;
    writeJournal(state('journal.db'), nodeKeyHash, 3);
    const { code, stderr } = await run('uninstall', '--data', '--yes');
    expect([code, stderr]).toEqual([5, expect.stringMatching(/3 finished answers are not delivered yet/)]);
  });

  it('says so where the official client was stopped by a cutover', async () => {
    await cli.makeNode({ register: false });
    await backUp();
    copyFileSync(state('identity.json'), state('switch.json'));
    const { code, stderr } = await run('uninstall', '--data', '--yes');
    expect([code, stderr]).toEqual([0, expect.stringMatching(/switch --back/)]);
  });

  describe.skipIf(!hasScript)('in a terminal (skipped where util-linux’ script is missing)', () => {
    it('lists what goes, and removes nothing without the word', async () => {
      await cli.makeNode({ register: false });
      await backUp();
      const key = readFileSync(state('node.key'), 'utf8');
      const declined = await converse(cli.world, ['uninstall', '--data'], [[/Type REMOVE .*: $/, 'yes\r']]);
      expect(declined.code).toBe(1);
      expect(stripVTControlCharacters(declined.text).replace(/\s+/g, '')).toContain(
        `file${state('node.key')}`,
      );
      expect(readFileSync(state('node.key'), 'utf8')).toBe(key);
      const done = await converse(cli.world, ['uninstall', '--data'], [[/Type REMOVE .*: $/, 'REMOVE\r']]);
      expect([done.code, done.text]).toEqual([0, expect.stringMatching(/The data of this node is removed/)]);
      expect(existsSync(state())).toBe(false);
    });

    it('takes the typed word as the second telling', async () => {
      await cli.makeNode();
      const refused = await converse(cli.world, ['uninstall', '--data'], []);
      expect([refused.code, refused.text]).toEqual([5, expect.stringMatching(/4217 is staked/)]);
      const done = await converse(
        cli.world,
        ['uninstall', '--data', '--lose-key'],
        [[/node 4217 is staked[\s\S]*Type REMOVE .*: $/, 'REMOVE\r']],
      );
      expect(done.code).toBe(0);
      expect(existsSync(state())).toBe(false);
    });
  });
});
