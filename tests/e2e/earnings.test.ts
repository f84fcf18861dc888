import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CommandOutput } from '../../shared/contract/commands.ts';
import type { Snapshot } from '../../shared/contract/snapshot.ts';
import { registerLink } from '../../shared/links.ts';
import { exactPrlx } from '../../shared/wallet/calls.ts';
import { runners, testHost } from '../fixtures/e2e/app.ts';
import { builtApp } from '../fixtures/e2e/app-build.ts';
import { type ChainWorld, createChainWorld } from '../fixtures/e2e/app-node.ts';
import { picture } from '../fixtures/e2e/pictures.ts';
import { pictureAll, watched } from '../fixtures/e2e/product-window.ts';
import type { RunningApp } from '../fixtures/e2e/running-app.ts';
import { ask, askToQuit, until } from '../fixtures/e2e/until.ts';

/*
 * The whole life of a node in the window, on real contracts: the test plays the wallet, the window says what the chain
 * shows. Every amount is compared with the contract's own word at the block that the window names.
 */

const stakeWei = 50_000n * 10n ** 18n;
const weekS = 7 * 86_400;

describe.each(runners)('what a node earns, in $name', (runner) => {
  let main = '';
  let world: ChainWorld | undefined;

  beforeAll(async () => {
    if (runner.missing === null) main = await builtApp({ interface: 'product' });
  });
  beforeEach((context) => {
    if (runner.missing) return context.skip(runner.missing);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await pictureAll(task.name.replaceAll(/[^a-z]+/gi, '-'));
    await world?.clean();
    world = undefined;
  });

  test('register, serve, earn, claim, unstake, cancel, unstake again, wait 7 days, withdraw: seen to the wei', async () => {
    world = await createChainWorld(runner, { main });
    const { chain, network, homeDir } = world;
    const owner = `0x${'5a'.repeat(20)}`;
    const app = await world.launch();
    const { page, faults } = await watched(app);
    const openedOutside = await watchOpened(app);
    const open = (place: string) => page.evaluate(`location.hash = '#/${place}'`);
    const press = (name: string) => page.getByRole('button', { name, exact: true }).first().click();
    const dialog = (name: string) => page.getByRole('dialog', { name });
    const effect = (kind: string) => page.locator(`[data-effect="${kind}"]`);

    // Register: what the address lacks, the call in words, then the chain's word.
    await open('onboarding/register');
    await press('Register node');
    const { identity, hardware } = await snapshotOf(page);
    const registering = dialog('Register node');
    await registering.getByLabel(/^Your wallet address/).fill(owner);
    await registering.getByRole('button', { name: 'Check wallet' }).click();
    await registering.getByText(/^Missing: 50,000 PRLX\./).waitFor();
    expect(await chain.balanceWei(owner)).toBe(0n);
    await registering.getByText(`${stakeWei} (50,000 PRLX)`).first().waitFor();
    await registering.getByText(`NodeRegistryLocker ${chain.addresses.registry}`).waitFor();
    await registering.getByRole('button', { name: 'Open Console' }).click();
    // The click is answered before the host has opened anything.
    await until('the Console', async () => (await openedOutside()).length > 0);
    expect(await openedOutside()).toEqual([registerLink(identity.nodeKeyHash, hardware.tier)]);
    const { nodeId } = await network.registerNode({
      nodeKeyHash: identity.nodeKeyHash,
      tier: hardware.tier as 1,
      owner,
    });
    await effect('registered').getByText(`Registered as node #${nodeId}.`).waitFor();
    await press('Close');

    // Serve.
    await open('dashboard');
    await page.locator('[data-state="ready"]').waitFor();
    const answer = await network.coordinator.answered(network.coordinator.submit('What does a node earn?'));
    expect(answer.outcome).toBe('answered');

    // Earn.
    await open('earnings');
    await chain.increaseTime(60);
    const { wei: earned, block } = await claimable(page, (wei) => wei > 0n);
    expect(earned).toBe(await chain.earnedWei(nodeId, block));
    expect(earned).toBe(await chain.earnedIndependently(nodeId, block));
    await picture(page, 'earned');

    // Claim.
    await press('Claim rewards');
    await dialog('Claim rewards').getByRole('button', { name: 'Open Console' }).click();
    const paid = await chain.claim(nodeId);
    await effect('claimed')
      .getByText(`Claimed ${exactPrlx(paid)} PRLX.`)
      .waitFor();
    expect(await chain.balanceWei(owner)).toBe(paid);
    await picture(page, 'claimed');
    await press('Close');
    const claims = page.getByRole('region', { name: 'Claims' }).locator('tbody tr');
    await claims
      .filter({ hasText: exactPrlx(paid) })
      .filter({ hasText: `#${nodeId}` })
      .waitFor();
    expect(await claims.count()).toBe(1);

    // Unstake, and think better of it.
    await press('Request unstake');
    await dialog('Request unstake').getByRole('button', { name: 'Open Console' }).click();
    await chain.requestUnstake(nodeId);
    await effect('cooling')
      .getByText(/^Unstake requested\. The cooldown runs until /)
      .waitFor();
    expect((await snapshotOf(page)).chain.node?.cooldownEndsAtMs).toBe(await cooldownEndMs(nodeId));
    await press('Close');
    await state(page, nodeId)
      .getByText(/^Cooling, (7 d|6 d 23 h) left/)
      .waitFor();
    await press('Withdraw stake');
    const early = dialog('Withdraw stake');
    await early.getByText(/^The cooldown runs until /).waitFor();
    expect(await early.getByRole('button', { name: 'Open Console' }).isDisabled()).toBe(true);
    await picture(page, 'cooling');
    await press('Close');
    await press('Cancel unstake');
    await dialog('Cancel unstake').getByRole('button', { name: 'Open Console' }).click();
    await chain.cancelUnstake(nodeId);
    await effect('staked').getByText('Unstake cancelled.').waitFor();
    await press('Close');
    // The chain shows it before the next heartbeat is due: that one is not waited for.
    await open('dashboard');
    await page.locator('[data-state="ready"]').waitFor();

    // Unstake again, from the guided path, and let seven days of the chain pass.
    await open('onboarding/exit');
    await press('Request unstake');
    await dialog('Request unstake').getByRole('button', { name: 'Open Console' }).click();
    await chain.requestUnstake(nodeId);
    await effect('cooling').waitFor();
    await press('Close');
    await page.locator('[data-state="cooling"]').waitFor();
    await page
      .locator('[data-cooldown]')
      .getByText(/^Unstaking: (7 d|6 d 23 h) left\.$/)
      .waitFor();
    if (runner === testHost)
      await until('the countdown in the tray', async () =>
        (await trayLabels(app)).some((label) => /^Unstaking: (7 d|6 d 23 h) left$/.test(label)),
      );
    const left = await chain.earnedWei(nodeId);
    await chain.increaseTime(weekS);
    await press('Withdraw stake');
    const withdrawing = dialog('Withdraw stake');
    await until('the end of the cooldown', () =>
      withdrawing.getByRole('button', { name: 'Open Console' }).isEnabled(),
    );
    await page.locator('[data-state="withdrawable"]').waitFor();
    await withdrawing.getByRole('button', { name: 'Open Console' }).click();
    const before = await chain.balanceWei(owner);
    await chain.withdrawStake(nodeId);
    await effect('withdrawn').waitFor();
    expect(await chain.balanceWei(owner)).toBe(before + stakeWei);
    await picture(page, 'withdrawn');
    await press('Close');
    await page.getByRole('heading', { name: 'What stays on this computer' }).waitFor();
    expect(await page.getByRole('button', { name: /^Cancel unstak/ }).count()).toBe(0);
    await picture(page, 'what-stays');

    // What is left in the contract, and what was earned in a file.
    await open('earnings');
    await state(page, nodeId)
      .getByText(/^Retired/)
      .waitFor();
    const after = await claimable(page, () => true);
    expect(after.wei).toBe(await chain.earnedWei(nodeId, after.block));
    expect(after.wei).toBe(left);
    const file = join(homeDir, 'earnings.csv');
    await app.evaluate(({ dialog: system }, filePath) => {
      system.showSaveDialog = async () => ({ canceled: false, filePath });
    }, file);
    await page.getByLabel('Nodes to export').selectOption(nodeId);
    await press('Save CSV');
    await page.getByText(`Saved to ${file}.`).waitFor();
    expect(readFileSync(file, 'utf8')).toContain(String(paid));
    expect(faults).toEqual([]);
    const moments = ['First PRLX earned', 'Rewards claimed', 'Unstaking complete'];
    if (runner === testHost) expect(await notified(app, moments)).toEqual(moments);

    // Nothing is told a second time.
    await askToQuit(page);
    await app.exited;
    const again = await world.launch();
    const reopened = await watched(again);
    await reopened.page.evaluate("location.hash = '#/earnings'");
    await reopened.page.getByRole('region', { name: 'Claims' }).locator('tbody tr').waitFor();
    await state(reopened.page, nodeId)
      .getByText(/^Retired/)
      .waitFor();
    if (runner === testHost) expect(await notified(again, moments)).toEqual([]);

    async function cooldownEndMs(id: string): Promise<number> {
      const words = await chain.rpc.read(
        chain.contracts.registry,
        'nodes',
        [BigInt(id)],
        await chain.blockNumber(),
      );
      return Number(words[6]) * 1000;
    }
  }, 300_000);
});

async function snapshotOf(page: Page): Promise<Snapshot> {
  const { output } = await ask(page, 'snapshot');
  return output as CommandOutput<'snapshot'>;
}

/** The row of a node among those of the wallet. */
function state(page: Page, nodeId: string) {
  return page.getByRole('row').filter({ hasText: `#${nodeId}` });
}

/** What the window says it read, and in which block. */
async function claimable(
  page: Page,
  isRight: (wei: bigint) => boolean,
): Promise<{ wei: bigint; block: number }> {
  return until('a claimable amount', async () => {
    const text = await page
      .getByText(/Read: [\d,.]+ PRLX in block/)
      .innerText({ timeout: 1000 })
      .catch(() => '');
    const [, amount = '', block = ''] = /Read: ([\d,.]+) PRLX in block (\d+)/.exec(text) ?? [];
    if (amount === '') return null;
    const [whole = '0', fraction = ''] = amount.replaceAll(',', '').split('.');
    const wei = BigInt(whole + fraction.padEnd(18, '0'));
    return isRight(wei) ? { wei, block: Number(block) } : null;
  });
}

interface TestHost {
  testHost: { record: { call: string; args: { title: string }[] }[] };
}

/** Which of these were shown as notifications, in their order. */
async function notified(app: RunningApp, titles: readonly string[]): Promise<string[]> {
  const record = await app.evaluate(() => (globalThis as unknown as TestHost).testHost.record);
  return record
    .filter(({ call }) => call === 'Notification.show')
    .map(({ args }) => args[0]?.title ?? '')
    .filter((title) => titles.includes(title));
}

function trayLabels(app: RunningApp): Promise<string[]> {
  return app.evaluate(({ Tray }) => {
    const trays = (
      Tray as unknown as { hostTrays: () => { hostMenu: { items: { label?: string }[] } | null }[] }
    ).hostTrays();
    return trays[0]?.hostMenu?.items.map(({ label }) => label ?? '') ?? [];
  });
}

/** From now on nothing is opened outside; what would have been is kept. */
async function watchOpened(app: RunningApp): Promise<() => Promise<string[]>> {
  await app.evaluate(({ shell }) => {
    const urls: string[] = [];
    Object.assign(globalThis, { openedOutside: urls });
    shell.openExternal = async (url) => void urls.push(url);
  });
  return () => app.evaluate(() => (globalThis as unknown as { openedOutside: string[] }).openedOutside);
}
