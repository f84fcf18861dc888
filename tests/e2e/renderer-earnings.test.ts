import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CommandOutput } from '../../shared/contract/commands.ts';
import { consoleUrl } from '../../shared/links.ts';
import {
  type AppWindow,
  buildRenderer,
  openWindow,
  type RendererBuild,
  soon,
  type WindowOptions,
} from '../fixtures/e2e/renderer-app.ts';
import { sampleSnapshot } from '../fixtures/e2e/renderer-samples.ts';
import {
  sampleChain,
  sampleChainHandlers,
  sampleEarned,
  sampleEarningsHandlers,
  unknownChain,
  unknownEarned,
} from '../fixtures/sample-earnings.ts';

let built: RendererBuild;
let window: AppWindow | undefined;

beforeAll(async () => {
  built = await buildRenderer();
});
afterAll(() => built.close());
afterEach(async () => {
  await window?.close();
  window = undefined;
});

async function open(options: WindowOptions = {}): Promise<AppWindow> {
  window = await openWindow(built, { page: 'earnings', ...options });
  await window.page.getByRole('heading', { level: 1, name: 'Earnings' }).waitFor();
  return window;
}

const atMs = Date.now();
const input = (of: AppWindow, name: string) => of.asked.findLast((one) => one.name === name)?.input;

describe('the earnings', () => {
  it('are the contract’s to the wei, beside an estimate that is called one', async () => {
    const earned = sampleEarned(atMs);
    const { page } = await open({ snapshot: sampleSnapshot({ earned }) });
    await page.getByText('23,515.123456789012345678 PRLX').waitFor();
    await page.getByText('Estimated between two readings.').waitFor();
    const shown = page.locator('[data-claimable]');
    const before = await shown.innerText();
    await soon(() => shown.innerText()).not.toBe(before);
    await page.getByText('Earning 606.00 PRLX a day').waitFor();
  });

  it('stand still while the node is offline, and what is unknown says why and is no zero', async () => {
    const offline = await open({
      snapshot: sampleSnapshot({ earned: { ...sampleEarned(atMs), estimate: null } }),
    });
    await offline.page.getByText('As last read.').waitFor();
    await offline.pushChange({ earned: unknownEarned(), chain: unknownChain() });
    await offline.page.getByText('It hasn’t been read yet.', { exact: true }).first().waitFor();
    expect(await offline.page.locator('[data-claimable]').innerText()).toMatch(/^—/);
  });

  it('over time are a chart, and the same as a table; a gap is a gap', async () => {
    const { page } = await open();
    await page.getByRole('img', { name: 'PRLX earned and uptime, 7 days' }).waitFor();
    await page.getByRole('button', { name: '30 days', exact: true }).click();
    await soon(() => input(window as AppWindow, 'earnings.series')).toMatchObject({ range: 'month' });
    await page.getByRole('button', { name: 'Table', exact: true }).click();
    const rows = page.getByRole('region', { name: 'History' }).locator('tbody tr');
    await soon(() => rows.count()).toBe(30);
    expect(await rows.allInnerTexts()).toSatisfy((all: string[]) => all.some((row) => row.includes('—')));
  });

  it('are exported where the person says, of all nodes or of one', async () => {
    const opened = await open();
    const { page } = opened;
    await page.getByRole('button', { name: 'Save CSV' }).click();
    await page.getByText('Saved to /home/ada/earnings.csv.').waitFor();
    expect(input(opened, 'earnings.saveExport')).toEqual({ format: 'csv', nodeId: null });
    await page.getByLabel('Nodes to export').selectOption('4217');
    await page.getByRole('button', { name: 'Save JSON' }).click();
    await page.getByText('Saved to /home/ada/earnings.json.').waitFor();
    expect(input(opened, 'earnings.saveExport')).toEqual({ format: 'json', nodeId: '4217' });
  });

  it('nodes of the wallet are added, removed and searched, each refusal in words', async () => {
    const own = await sampleChainHandlers()['nodes.ofWallet']();
    const listed = new Map<string, CommandOutput<'nodes.ofWallet'>['nodes'][number]>(
      own.nodes.map((node) => [node.nodeId, node]),
    );
    const [first] = own.nodes;
    if (first === undefined) throw new Error('the sample has a node');
    let scan: CommandOutput<'nodes.ofWallet'>['scan'] = null;
    const opened = await open({
      answers: {
        'nodes.ofWallet': () => ({ ...own, nodes: [...listed.values()], scan }),
        'nodes.add': ({ nodeId }: { nodeId: string }) => {
          if (listed.has(nodeId)) return { added: false, reason: 'listed' };
          listed.set(nodeId, { ...first, nodeId, foundBy: ['typed-in'] });
          return { added: true, reason: null };
        },
        'nodes.remove': ({ nodeId }: { nodeId: string }) => ({ removed: listed.delete(nodeId) }),
        'nodes.scan': () => {
          scan = { from: '4200', to: '4230', done: false, running: true };
          return { started: true, reason: null };
        },
      },
    });
    const section = opened.page.getByRole('region', { name: 'Your nodes' });
    const number = section.getByLabel('Node number');
    await number.fill('a node');
    await section.getByText('Enter a whole number.').waitFor();
    expect(await section.getByRole('button', { name: 'Add node' }).isDisabled()).toBe(true);
    await number.fill('#5000');
    await section.getByRole('button', { name: 'Add node' }).click();
    await section.getByRole('row').filter({ hasText: '#5000' }).waitFor();
    await number.fill('5000');
    await section.getByRole('button', { name: 'Add node' }).click();
    await section.getByText('Node #5000 is listed already.').waitFor();
    // Our own cannot be taken off the list.
    expect(await section.getByRole('button', { name: /^Remove node/ }).count()).toBe(1);
    await section.getByRole('button', { name: 'Remove node #5000' }).click();
    await soon(() => section.getByRole('row').filter({ hasText: '#5000' }).count()).toBe(0);
    await section.getByRole('button', { name: 'Search nodes' }).click();
    await section.getByText('Searching: nodes #4200 to #4230 so far…').waitFor();
    scan = { from: '4117', to: '4317', done: true, running: false };
    await section.getByText('Nodes #4117 to #4317 were searched.').waitFor();
    expect(await opened.axe()).toEqual([]);
  });

  it('older claims come when they are asked for, and none twice', async () => {
    const { claims, ...rest } = await sampleEarningsHandlers()['earnings.claims']();
    const [claim] = claims;
    if (claim === undefined) throw new Error('the sample has a claim');
    const at = (block: number) => ({
      ...claim,
      block,
      transactionHash: `0x${String(block).padStart(64, '0')}`,
    });
    const opened = await open({
      answers: {
        'earnings.claims': ({ before }: { before: { block: number; logIndex: number } | null }) =>
          before === null
            ? { ...rest, claims: [at(30), at(20)], more: true }
            : { ...rest, claims: [at(10)], more: false },
      },
    });
    const section = opened.page.getByRole('region', { name: 'Claims' });
    await soon(() => section.locator('tbody tr').count()).toBe(2);
    await section.getByRole('button', { name: 'Show older' }).click();
    await soon(() => section.locator('tbody tr').count()).toBe(3);
    expect(input(opened, 'earnings.claims')).toMatchObject({ before: { block: 20, logIndex: 3 } });
    expect(await section.getByRole('button', { name: 'Show older' }).count()).toBe(0);
  });

  it('claims link to the explorer', async () => {
    const opened = await open();
    await opened.page.getByRole('button', { name: /^0xabababab/ }).click();
    await soon(() => input(opened, 'app.openLink')).toEqual({
      url: `https://etherscan.io/tx/0x${'ab'.repeat(32)}`,
    });
  });
});

describe('the estimator', () => {
  it('yields the guide’s figures for the guide’s example, and says what is solved for', async () => {
    const { page } = await open();
    const section = page.getByRole('region', { name: 'Estimate' });
    await section.getByRole('button', { name: 'Guide’s example' }).click();
    const figures = section.locator('[data-estimate]');
    await soon(() => figures.innerText()).toMatch(/220,970[\s\S]*\$21,600\.00[\s\S]*\$0\.098/);
    await section.getByText('Solved for: a share of 1.779 %.').waitFor();
    await section.getByText('this app detects tier 4').waitFor();
  });

  it('tells a wrong figure at its field and keeps what else was typed', async () => {
    const { page } = await open();
    const section = page.getByRole('region', { name: 'Estimate' });
    await section.getByLabel('Other cost per month').fill('100');
    await section.getByLabel('Uptime').fill('101');
    await section.getByText('Enter a percentage from 0 to 100.').waitFor();
    expect(await section.getByLabel('Uptime').getAttribute('aria-invalid')).toBe('true');
    // Drawn as refused, and it alone; the focus, which draws too, is on another field.
    await section.getByLabel('Other cost per month').focus();
    const frames = (invalid: boolean) =>
      page.evaluate<string[]>(
        `[...document.querySelectorAll('[aria-invalid="${invalid}"]:not(:focus)')].map((field) => getComputedStyle(field).borderTopColor)`,
      );
    const sound = await frames(false);
    expect(sound.length).toBeGreaterThan(5);
    const [refused, ...more] = await frames(true);
    expect(more).toEqual([]);
    expect(sound).not.toContain(refused);
    await section.getByLabel('Uptime').fill('99');
    await soon(() => section.locator('[data-estimate]').innerText()).toContain('$1,200.00');
  });
});

describe('what the wallet does', () => {
  it('claim: the call in words and the link; then the chain’s word of it', async () => {
    const opened = await open();
    const { page } = opened;
    await page.getByRole('button', { name: 'Claim rewards' }).click();
    const dialog = page.getByRole('dialog', { name: 'Claim rewards' });
    await dialog.getByText('OperatorStakeRewardsV2.claim(nodeId)').waitFor();
    await dialog.getByText('Ethereum mainnet (1)').waitFor();
    await dialog.getByText('Fee: about 0.00042 ETH.').waitFor();
    await dialog.getByRole('button', { name: 'Open Console' }).click();
    await soon(() => input(opened, 'app.openLink')).toEqual({ url: `${consoleUrl}/` });
    expect(await dialog.locator('[data-effect]').getAttribute('data-effect')).toBe('');
    const earned = sampleEarned(Date.now());
    if (earned.claimableWei.known) earned.claimableWei = { ...earned.claimableWei, value: '7' };
    await opened.pushChange({ earned });
    await dialog.getByText('Claimed.').waitFor();
  });

  it('nothing is opened while something known stands against it', async () => {
    const chain = sampleChain(atMs);
    const endsAtMs = atMs + 3 * 86_400_000;
    if (chain.node)
      chain.node = {
        ...chain.node,
        state: 'cooling',
        cooldownEndsAtMs: endsAtMs,
        cooldownSource: 'contract',
      };
    const { page } = await open({ snapshot: sampleSnapshot({ chain }) });
    await page.getByRole('button', { name: 'Withdraw stake' }).click();
    const dialog = page.getByRole('dialog', { name: 'Withdraw stake' });
    await dialog.getByText(/^The cooldown runs until /).waitFor();
    expect(await dialog.getByRole('button', { name: 'Open Console' }).isDisabled()).toBe(true);
  });

  it('unstaking and cancelling are seen on the chain', async () => {
    const opened = await open();
    const { page } = opened;
    await page.getByRole('button', { name: 'Request unstake' }).click();
    const dialog = page.getByRole('dialog', { name: 'Request unstake' });
    await dialog.getByRole('button', { name: 'Open Console' }).click();
    const chain = sampleChain(Date.now());
    const node = chain.node;
    if (node === null) throw new Error('the sample has a node');
    const cooling = { ...node, state: 'cooling' as const, cooldownEndsAtMs: Date.now() + 7 * 86_400_000 };
    await opened.pushChange({
      chain: { ...chain, node: { ...cooling, saidBy: { chain: 'cooling', coordinator: null } } },
    });
    await dialog.getByText(/^Unstake requested\. The cooldown runs until /).waitFor();
  });

  it('registering names spender and exact amount, and what an address lacks with the 4 % of a DEX', async () => {
    const snapshot = sampleSnapshot();
    snapshot.registration = { ...snapshot.registration, status: 'not-registered' };
    const { page } = await open({ snapshot });
    await page.getByRole('button', { name: 'Register node' }).click();
    const dialog = page.getByRole('dialog', { name: 'Register node' });
    await dialog.getByLabel('Stake (PRLX)').fill('70000');
    await dialog.getByText('70000000000000000000000 (70,000 PRLX)').first().waitFor();
    await dialog.getByText(/^0x706851273c3f5892e2d68ff48dd80bea02a382b6 \(NodeRegistryLocker\)$/).waitFor();
    await dialog.getByLabel('Your wallet address').fill(`0x${'1a'.repeat(20)}`);
    await dialog.getByRole('button', { name: 'Check wallet' }).click();
    await dialog
      .getByText('Missing: 10,000 PRLX. Buying on a DEX costs 4 %, so buy at least 10,416.6667 PRLX.')
      .waitFor();
    await dialog.getByLabel('Stake (PRLX)').fill('49999');
    await dialog.getByText('The minimum stake is 50,000 PRLX.').waitFor();
  });
});
