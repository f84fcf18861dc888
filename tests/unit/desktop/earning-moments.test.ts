import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEarningMoments } from '../../../electron/desktop/notifications/earning-moments.ts';
import type { AppNotification } from '../../../electron/desktop/notifications/rules.ts';
import { createToldBook } from '../../../electron/desktop/notifications/told-book.ts';
import type { CommandOutput } from '../../../shared/contract/commands.ts';
import { english } from '../../fixtures/english.ts';
import { sampleChain, sampleEarned, unknownEarned } from '../../fixtures/sample-earnings.ts';
import { sampleSnapshot } from '../../fixtures/sample-snapshot.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plx-told-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const dayMs = 86_400_000;
const prlx = (tokens: number) => `${tokens}${'0'.repeat(18)}`;

/** An app that starts with what an earlier one has left in the folder, over a chain whose blocks the test names. */
function start() {
  const told: AppNotification[] = [];
  let firsts = 0;
  const record: { block: number; wei: string; hash: string }[] = [];
  let block = 100;
  let scannedTo: number | null = 0;
  const claims = async (): Promise<CommandOutput<'earnings.claims'>> => ({
    claims: record
      .map((one) => ({
        transactionHash: one.hash,
        logIndex: 0,
        block: one.block,
        blockTimeMs: null,
        amountWei: one.wei,
        owner: '',
        nodeId: '4217',
        unknownNode: null,
      }))
      .reverse(),
    more: false,
    scanned: scannedTo === null ? null : { fromBlock: 0, toBlock: block, complete: true },
    reason: null,
  });
  const moments = createEarningMoments({
    language: english,
    told: createToldBook({ file: join(folder, 'told.json') }),
    claims,
    now: () => 0,
    notify: (notification) => told.push(notification),
    onFirst: () => {
      firsts += 1;
    },
  });
  /** A read of the next block. */
  async function see({
    ever = null,
    registered = true,
    cooldownEndsAtMs = null,
    at = 0,
    nodeKeyHash = `0x${'1'.repeat(64)}`,
  }: {
    ever?: string | null;
    registered?: boolean;
    cooldownEndsAtMs?: number | null;
    at?: number;
    nodeKeyHash?: string;
  } = {}): Promise<void> {
    block += 1;
    const base = sampleSnapshot();
    const earned = ever === null ? unknownEarned() : sampleEarned(0);
    if (ever !== null && earned.everWei.known) earned.everWei.value = ever;
    const chain = sampleChain(0);
    chain.head = { block, blockTimeMs: at, source: 'https://rpc.example', readAtMs: 0 };
    if (cooldownEndsAtMs !== null && chain.node)
      chain.node = { ...chain.node, state: 'cooling', cooldownEndsAtMs, cooldownSource: 'contract' };
    moments.update({
      earned,
      chain,
      identity: { ...base.identity, nodeKeyHash },
      registration: { ...base.registration, status: registered ? 'registered' : 'not-registered' },
    });
    // The record answers in a later turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return {
    see,
    firsts: () => firsts,
    titles: () => told.map(({ title }) => title),
    bodies: () => told.map(({ body }) => body),
    claim: (wei: string, hash: string, inBlock = block + 1) => record.push({ block: inBlock, wei, hash }),
    record,
    blind: (isBlind: boolean) => {
      scannedTo = isBlind ? null : 0;
    },
    setBlock: (to: number) => {
      block = to;
    },
  };
}

describe('a moment of earning', () => {
  it('is the first PRLX of a node that was seen before it earned, once, also over a restart', async () => {
    const app = start();
    await app.see({ registered: false });
    await app.see();
    await app.see({ ever: prlx(1) });
    await app.see({ ever: prlx(2) });
    expect(app.titles()).toEqual(['First PRLX earned']);
    expect(app.firsts()).toBe(1);
    const again = start();
    await again.see({ ever: prlx(3) });
    expect(again.titles()).toEqual([]);
    expect(again.firsts()).toBe(0);
  });

  it('is the first PRLX also where it came while the app was not running', async () => {
    await start().see({ ever: '0' });
    const again = start();
    await again.see({ ever: prlx(3) });
    expect(again.titles()).toEqual(['First PRLX earned']);
  });

  it('is nothing that was there before the app watched, and nothing of another node', async () => {
    const app = start();
    app.claim(prlx(7), '0xold', 50);
    await app.see({ ever: prlx(9) });
    await app.see({ ever: prlx(9) });
    await app.see({ ever: prlx(4), nodeKeyHash: `0x${'2'.repeat(64)}` });
    expect(app.titles()).toEqual([]);
  });

  it('is each claim once with its amount, also one that was made while the app was not running', async () => {
    const app = start();
    await app.see({ ever: prlx(9) });
    app.claim(prlx(5), '0xa');
    await app.see({ ever: prlx(9) });
    await app.see({ ever: prlx(9) });
    expect(app.bodies()).toEqual(['5.0000 PRLX arrived in your wallet.']);
    const again = start();
    again.setBlock(200);
    again.record.push(...app.record, { block: 150, wei: prlx(2), hash: '0xb' });
    await again.see({ ever: prlx(9) });
    expect(again.bodies()).toEqual(['2.0000 PRLX arrived in your wallet.']);
  });

  it('is no claim that a search finds in older blocks, and none a second time after its block vanished', async () => {
    const app = start();
    await app.see();
    app.claim(prlx(5), '0xa');
    await app.see();
    app.claim(prlx(6), '0xold', 20);
    await app.see();
    app.record.splice(0);
    app.setBlock(99);
    await app.see();
    app.claim(prlx(5), '0xa');
    await app.see();
    expect(app.titles()).toEqual(['Rewards claimed']);
  });

  it('waits with claims until the record was looked through at all', async () => {
    const app = start();
    app.blind(true);
    app.claim(prlx(5), '0xa');
    await app.see();
    app.blind(false);
    await app.see();
    expect(app.titles()).toEqual([]);
  });

  it('is the end of a cooldown by the chain’s time, once, and once more for the next', async () => {
    const app = start();
    await app.see({ cooldownEndsAtMs: 7 * dayMs, at: 6 * dayMs });
    expect(app.titles()).toEqual([]);
    await app.see({ cooldownEndsAtMs: 7 * dayMs, at: 7 * dayMs });
    await app.see({ cooldownEndsAtMs: 7 * dayMs, at: 8 * dayMs });
    expect(app.titles()).toEqual(['Unstaking complete']);
    const again = start();
    await again.see({ cooldownEndsAtMs: 7 * dayMs, at: 9 * dayMs });
    await again.see({ cooldownEndsAtMs: 30 * dayMs, at: 31 * dayMs });
    expect(again.titles()).toEqual(['Unstaking complete']);
  });

  it('is told from memory alone where nothing can be kept, and a broken record is begun anew', async () => {
    writeFileSync(join(folder, 'told.json'), '{"torn');
    const app = start();
    await app.see({ ever: '0' });
    await app.see({ ever: prlx(1) });
    expect(app.titles()).toEqual(['First PRLX earned']);
    expect(JSON.parse(readFileSync(join(folder, 'told.json'), 'utf8'))).toMatchObject({
      [`0x${'1'.repeat(64)}`]: { firstEarned: 'told' },
    });
  });
});
