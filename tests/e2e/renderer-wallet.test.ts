import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { UnknownReason } from '../../shared/contract/chain.ts';
import { picture } from '../fixtures/e2e/pictures.ts';
import type { AppWindow } from '../fixtures/e2e/renderer-app.ts';
import { sampleSnapshot } from '../fixtures/e2e/renderer-samples.ts';
import { rendererSuite } from '../fixtures/e2e/renderer-suite.ts';
import { sampleChain, sampleEarned, unknownChain, unknownEarned } from '../fixtures/sample-earnings.ts';

const { open } = rendererSuite();

const atMs = Date.now();
const unknown = (reason: UnknownReason) => ({ known: false, reason }) as const;

/** Complete for everybody, and nothing cut off: in the smallest window, and in it at 200 %. */
async function fits(of: AppWindow, name: string): Promise<void> {
  const { page } = of;
  for (const [label, width, height] of [
    ['900x600', 900, 600],
    ['200-percent', 450, 300],
  ] as const) {
    await page.setViewportSize({ width, height });
    expect(await sideways(page), `${name} ${label}`).toEqual([]);
    await picture(page, `${name}-${label}`);
  }
  await page.setViewportSize({ width: 900, height: 600 });
  expect(await of.axe(), name).toEqual([]);
}

/** What is wider than the window, or than the dialog that it stands in. */
function sideways(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(
    `[document.documentElement, ...document.querySelectorAll('[role=dialog], [role=dialog] *')]
      .filter((element) => getComputedStyle(element).overflowX !== 'visible' || element === document.documentElement)
      .filter((element) => element.scrollWidth > element.clientWidth + 1)
      .map((element) => element.tagName + '.' + element.className)`,
  );
}

it('every wallet dialog and step of leaving fits 900×600 and 200 %, and says only what holds now', async () => {
  const registering = sampleSnapshot();
  registering.registration = { ...registering.registration, status: 'not-registered' };
  const opened = await open({ snapshot: registering, page: 'onboarding', part: 'register', theme: 'dark' });
  const { page } = opened;
  const press = (name: string) => page.getByRole('button', { name, exact: true }).first().click();
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Register node' }).waitFor();
  await fits(opened, 'step-4');
  await press('Register node');
  await dialog.getByText('Your wallet shows the fee.').waitFor();
  await dialog.getByLabel(/^Your wallet address/).fill(`0x${'1a'.repeat(20)}`);
  await dialog.getByLabel('Stake (PRLX)').fill('70000');
  await dialog.getByRole('button', { name: 'Check wallet' }).click();
  await dialog.getByText(/^Missing: /).waitFor();
  await fits(opened, 'register');
  await press('Close');

  // Another network, whose contracts nobody has named: nothing to sign, and no link of the official one.
  const elsewhere = { ...unknownChain(), chainId: null, contracts: null };
  await opened.pushChange({ chain: elsewhere });
  await press('Register node');
  await dialog.getByText('so there’s nothing for your wallet to sign.').waitFor();
  expect(await dialog.getByRole('button', { name: 'Open Console' }).count()).toBe(0);
  expect(await dialog.getByText(/parallelix\.io|Approve PRLX/).count()).toBe(0);
  await fits(opened, 'other-network');
  await press('Close');
  await page.locator('summary').last().click();
  expect(await page.getByText(/parallelix\.io/).count()).toBe(0);

  // Registered: claim, then leave.
  await opened.pushSnapshot(sampleSnapshot());
  await page.evaluate("location.hash = '#/onboarding/claim'");
  await page.getByRole('button', { name: 'Claim rewards' }).waitFor();
  await fits(opened, 'step-6');
  await press('Claim rewards');
  await dialog.getByText('Fee: about 0.00042 ETH.', { exact: false }).waitFor();
  await fits(opened, 'claim');
  await dialog.getByText('Advanced: raw call').click();
  await dialog.getByLabel('Call data', { exact: true }).waitFor();
  await press('Close');
  await page.evaluate("location.hash = '#/onboarding/exit'");
  await page.getByRole('button', { name: 'Request unstake' }).waitFor();
  await fits(opened, 'step-7');

  const chain = sampleChain(atMs);
  const { node } = chain;
  if (node === null) throw new Error('the sample has a node');
  const endsAtMs = atMs + 3 * 86_400_000;
  await opened.pushChange({
    state: { code: 'cooling', params: { date: null, d: 3, h: 0 }, sinceMs: atMs },
    chain: {
      ...chain,
      node: {
        ...{ ...node, state: 'cooling', cooldownEndsAtMs: endsAtMs, cooldownSource: 'contract' },
        saidBy: { chain: 'cooling', coordinator: 'in-cooldown' },
      },
    },
  });
  await page.locator('[data-cooldown]').waitFor();
  await fits(opened, 'step-7-cooling');
  await press('Withdraw stake');
  await dialog.getByText(/^The cooldown runs until /).waitFor();
  expect(await dialog.getByText(/fee/i).count()).toBe(0);
  await fits(opened, 'withdraw-early');
  await press('Close');

  // The chain shows the withdrawal; the next heartbeat is still to be refused for it.
  const retired = { ...node, state: 'retired' as const, claimableWei: { ...node.claimableWei } };
  await opened.pushChange({
    chain: { ...chain, node: { ...retired, saidBy: { chain: 'retired', coordinator: 'in-cooldown' } } },
  });
  await page.getByRole('heading', { name: 'What stays on this computer' }).waitFor();
  expect(await page.getByRole('button', { name: /^Cancel unstak/ }).count()).toBe(0);
  await fits(opened, 'step-7-left');
  expect(opened.faults).toEqual([]);
}, 240_000);

it('a bad RPC is said in words on the earnings page, with what was read before, and nothing is a zero', async () => {
  const opened = await open({ page: 'earnings', theme: 'dark' });
  const { page } = opened;
  const reasons = [
    ['contradicted', 'What was read contradicts itself.'],
    ['not-an-rpc', 'The Ethereum server gave an invalid answer.'],
    ['other-chain', 'The Ethereum server is on another chain.'],
    ['rate-limited', 'The Ethereum servers limit requests.'],
    ['history-pruned', 'The Ethereum server no longer has these blocks.'],
    ['unreachable', 'No Ethereum server answers.'],
    ['no-rpc', 'No Ethereum server is set.'],
    ['other-network', 'This network’s contracts aren’t known.'],
  ] as const satisfies readonly (readonly [UnknownReason, string])[];
  for (const [reason, words] of reasons) {
    const nothing = unknown(reason);
    await opened.pushChange({
      chain: { ...unknownChain(), failure: { reason, sinceMs: atMs }, poolWei: nothing },
      earned: {
        ...{ ...unknownEarned(), claimableWei: nothing, everWei: nothing, ratePerDayWei: nothing },
        ...{ weight: nothing, streamShare: nothing, impliedOnlineWeight: nothing },
        ...{ shareChange7Days: nothing, observedStreamPerDayWei: nothing },
      },
    });
    await page.locator('.notice').filter({ hasText: 'Can’t read the chain' }).getByText(words).waitFor();
    expect(await page.locator('[data-claimable]').innerText()).toMatch(/^—/);
    await picture(page, `rpc-${reason}`);
  }
  await fits(opened, 'rpc-failing');
  // What was read before a failure stays, and the page says since when it is old.
  const earned = { ...sampleEarned(atMs - 3_600_000), estimate: null };
  await opened.pushChange({
    chain: { ...sampleChain(atMs - 3_600_000), failure: { reason: 'not-an-rpc', sinceMs: atMs - 3_000_000 } },
    earned,
  });
  await page.getByText(/^As last read\./).waitFor();
  await page.getByText(/^The Ethereum server gave an invalid answer\. Since /).waitFor();
  await picture(page, 'rpc-kept');
  await fits(opened, 'earnings');
  await picture(page, 'earnings-top');
  await page.getByRole('region', { name: 'Estimate' }).scrollIntoViewIfNeeded();
  await picture(page, 'estimator');
  expect(opened.faults).toEqual([]);
}, 240_000);
