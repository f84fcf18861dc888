import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { converse, hasScript } from '../../fixtures/cli/conversation.ts';
import { type ConnectedCli, createConnectedCli } from '../../fixtures/cli/network.ts';

/*
 * The machine is what a stand-in for nvidia-smi says: one card of 12 GB, which makes tier 2, or a driver that does not
 * answer, which makes tier 1 and may hide a card. Where the tests run on a machine with another GPU that one would
 * count in the second case; the tests that need tier 1 then say so by failing on the tier.
 */
const oneCard = 'echo "NVIDIA GeForce RTX 3060, GPU-1b2c, 00000000:01:00.0, 12288, 580.95.05, [N/A]"';
const noDriver =
  'echo "NVIDIA-SMI has failed because it couldn\'t communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running."\nexit 9';

let cli: ConnectedCli;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  cli = await createConnectedCli();
  await cli.nameContracts();
  env = { PATH: `${join(cli.world.homeDir, 'bin')}:/usr/bin:/bin` };
});
afterEach(() => cli.stop());

async function machine(script: string): Promise<void> {
  const path = join(cli.world.homeDir, 'bin', 'nvidia-smi');
  await mkdir(join(cli.world.homeDir, 'bin'), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
}
const run = (...args: string[]) => cli.world.run(args, env);

interface SetupDocument {
  complete: boolean;
  tier: number;
  nodeKeyHash: string;
  registerLink: string | null;
  registrationHold: string | null;
  tierMatch: string;
  steps: { id: string; done: boolean; means: string; next: string | null }[];
}
async function setup(...args: string[]) {
  const { code, json } = await run('setup', '--yes', '--json', ...args);
  const document = json() as unknown as SetupDocument;
  return { code, document, registration: document.steps.find(({ id }) => id === 'registration') };
}

describe('registering while a GPU may only be out of order', () => {
  beforeEach(() => machine(noDriver));

  it('waits: setup shows no link, says why and what to do, and ends with 5', async () => {
    const { code, document, registration } = await setup();
    expect([code, document.tier, document.registerLink, document.registrationHold]).toEqual([
      5,
      1,
      null,
      'driver-not-loaded',
    ]);
    expect(registration).toMatchObject({
      done: false,
      means: expect.stringMatching(/GPU may be undetected.*nvidia-smi.*can’t be changed later/),
      next: expect.stringMatching(/Fix the GPU and run setup again.*setup --accept-tier-1$/),
    });
    const text = await run('setup', '--yes');
    expect([text.code, text.stdout]).toEqual([5, expect.not.stringContaining('nodes/register')]);
    expect(text.stdout).toContain('--accept-tier-1');
  });

  it('does not wait for a registration for which it shows no link', async () => {
    const { code, stdout } = await run('setup', '--wait');
    expect([code, stdout]).toEqual([5, expect.not.stringContaining('Waiting for your registration')]);
  });

  it('goes on with --accept-tier-1, for this run', async () => {
    const { document } = await setup('--accept-tier-1');
    expect([document.registrationHold, document.registerLink]).toEqual([
      null,
      expect.stringMatching(new RegExp(`keyHash=${document.nodeKeyHash}&tier=1$`)),
    ]);
    expect((await setup()).document.registerLink).toBeNull();
  });

  it('keeps the link out of verify and of a node that starts too', async () => {
    await run('setup', '--yes');
    const verify = await run('verify');
    expect(verify.stdout).toMatch(
      /This key isn’t registered yet[\s\S]*Check\s+first:\s+parallelix-operator\s+setup/,
    );
    const node = cli.world.start(['start', '--plain'], env);
    await node.printed(/a tier can’t be changed later\. Check first/);
    node.signal('SIGTERM');
    const { stdout } = await node.ended;
    expect([verify.stdout, stdout]).toEqual([
      expect.not.stringContaining('nodes/register'),
      expect.not.stringContaining('nodes/register'),
    ]);
  });

  it('is not asked about where the node is registered', async () => {
    const { document } = await setup();
    await cli.network.registerNode({ nodeKeyHash: document.nodeKeyHash, tier: 1 });
    const registered = await setup();
    expect([registered.code, registered.document.complete, registered.document.registrationHold]).toEqual([
      0,
      true,
      null,
    ]);
  });

  it('ends when the GPU works: the link names the tier seen now, not the one seen first', async () => {
    const before = (await setup('--accept-tier-1')).document.registerLink;
    await machine(oneCard);
    const { document } = await setup();
    expect([before, document.registerLink, document.registrationHold]).toEqual([
      expect.stringMatching(/tier=1$/),
      expect.stringMatching(/tier=2$/),
      null,
    ]);
  });

  it('applies to init as well, which makes the key all the same', async () => {
    const blocked = await run('init', '--json');
    expect([blocked.code, blocked.json()]).toEqual([
      5,
      expect.objectContaining({ registerLink: null, registrationHold: 'driver-not-loaded', tier: 1 }),
    ]);
    const text = await run('init', '--force');
    expect([text.code, text.stdout]).toEqual([5, expect.not.stringContaining('nodes/register')]);
    expect(text.stdout).toMatch(/The node key is made[\s\S]*setup --accept-tier-1/);
    const accepted = await run('init', '--force', '--accept-tier-1', '--json');
    expect([accepted.code, accepted.json()]).toEqual([
      0,
      expect.objectContaining({ registerLink: expect.stringMatching(/tier=1$/), registrationHold: null }),
    ]);
  });

  it.skipIf(!hasScript)(
    'is asked about on a terminal (skipped where util-linux’ script is missing)',
    async () => {
      const question = /Type 1 to register as tier 1 anyway, or press Enter to fix the GPU first: $/;
      const declined = await converse(cli.world, ['init'], [[question, '\r']], env);
      expect([declined.code, declined.text]).toEqual([5, expect.not.stringContaining('nodes/register')]);
      const accepted = await converse(cli.world, ['init', '--force'], [[question, '1\r']], env);
      expect([accepted.code, accepted.text]).toEqual([0, expect.stringMatching(/nodes\/register\S+tier=1/)]);
      const setUp = await converse(cli.world, ['setup'], [[question, '\r']], env);
      expect([setUp.code, setUp.text]).toEqual([5, expect.not.stringContaining('nodes/register')]);
    },
  );
});

describe('the registered tier beside the one that this machine shows', () => {
  beforeEach(() => machine(oneCard));

  async function registered(tier: number): Promise<void> {
    const { document } = await setup();
    expect(document).toMatchObject({ tier: 2, tierMatch: 'unknown' });
    await cli.network.registerNode({ nodeKeyHash: document.nodeKeyHash, tier });
  }

  it('is reported where it is higher: what it means, and how to go on all the same', async () => {
    await registered(4);
    const { code, document, registration } = await setup();
    expect([code, document.tierMatch]).toEqual([5, 'declared-higher']);
    expect(registration).toMatchObject({
      done: false,
      means: expect.stringMatching(
        /with tier 4\. You registered tier 4, but this computer shows tier 2\..*isn’t serving/,
      ),
      next: expect.stringMatching(/start --accept-tier-mismatch$/),
    });
    const { stdout } = await run('setup', '--yes');
    expect(stdout.match(/You registered tier 4/g)).toHaveLength(2);
  });

  it('keeps a node from serving where it is higher, and no longer once the risk is accepted', async () => {
    await registered(4);
    await run('config', 'set', 'timing.heartbeatMs', '2000');
    const { coordinator } = cli.network;
    const { ledger } = coordinator;
    const state = async () => {
      const { state, badges } = (await run('status', '--json')).json() as {
        state: { code: string };
        badges: { code: string }[];
      };
      return [state.code, badges.some(({ code }) => code === 'tier-accepted')];
    };
    const node = await cli.startNode([], env);
    const requestId = coordinator.submit('Who goes there?');
    await ledger.when('three heartbeats', () => ledger.heartbeats.length >= 3);
    expect(ledger.heartbeats.at(-1)).toMatchObject({
      accepted: true,
      body: { available: false, capabilities: { tier: 2 } },
    });
    expect([await state(), ledger.polls.length]).toEqual([['tier-high', false], 0]);
    expect(node.stdout).toContain('You registered tier 4, but this computer shows tier 2.');
    await run('drain');
    await cli.startNode(['--accept-tier-mismatch'], env);
    expect(await coordinator.answered(requestId)).toMatchObject({ outcome: 'answered' });
    expect((await state())[1]).toBe(true);
    expect(ledger.heartbeats.at(-1)).toMatchObject({ body: { capabilities: { tier: 2 } } });
  });

  it('keeps nothing from being complete once the risk is accepted, and still names it', async () => {
    await registered(4);
    await run('config', 'set', 'hardware.acceptTierMismatch', 'true');
    const { code, document, registration } = await setup();
    expect([code, document.complete, document.tierMatch]).toEqual([0, true, 'declared-higher']);
    expect(registration?.means).toContain(
      'Serving with registered tier 4 while this computer shows tier 2. The network may zero this uptime.',
    );
  });

  it('is reported where it is lower: what is left unearned', async () => {
    await registered(1);
    const { code, document, registration } = await setup();
    expect([code, document.tierMatch]).toEqual([0, 'declared-lower']);
    expect(registration?.means).toContain(
      'This computer shows tier 2, but is registered as tier 1. You earn ×1.0 instead of ×1.5.',
    );
  });

  it('needs no word where both agree', async () => {
    await registered(2);
    const { document, registration } = await setup();
    expect([document.tierMatch, registration?.means]).toEqual([
      'same',
      expect.stringMatching(/^Registered as node \d+ of 0x[0-9a-fA-F]{40} with tier 2\.$/),
    ]);
  });
});

describe('a vendor’s tool that hangs', () => {
  it('does not delay the first heartbeat, which carries the tier probed last', async () => {
    await machine(oneCard);
    const { document } = await setup();
    await cli.network.registerNode({ nodeKeyHash: document.nodeKeyHash, tier: 2 });
    await machine('sleep 1000');
    const node = await cli.startNode([], env);
    const { ledger } = cli.network.coordinator;
    const tiersSent = () =>
      ledger.heartbeats.map(({ body }) => (body as { capabilities: { tier: number } }).capabilities.tier);
    expect(tiersSent()[0]).toBe(2);
    await ledger.when('a heartbeat after the probe', () => tiersSent().includes(1));
    expect(node.stdout).toContain('This computer shows tier 1 now. It was tier 2');
  });
});

describe('accepting a tier that is too high', () => {
  const inForce = async (args: readonly string[], more: NodeJS.ProcessEnv = {}) => {
    const { json } = await cli.world.run(
      ['config', 'get', 'hardware.acceptTierMismatch', ...args, '--json'],
      more,
    );
    const { value, source } = json() as { value: boolean; source: string };
    return [value, source];
  };
  const variable = (text: string) => ({ PARALLELIX_ACCEPT_TIER_MISMATCH: text });

  it('counts by flag before the environment, before what is saved, before the default', async () => {
    expect(await inForce([])).toEqual([false, 'default']);
    await cli.world.run(['config', 'set', 'hardware.acceptTierMismatch', 'true']);
    expect(await inForce([])).toEqual([true, 'saved']);
    expect(await inForce([], variable('false'))).toEqual([false, 'environment']);
    expect(await inForce(['--accept-tier-mismatch'], variable('false'))).toEqual([true, 'flag']);
    expect(await inForce([], variable(''))).toEqual([true, 'saved']);
  });
});
