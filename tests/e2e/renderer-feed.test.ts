import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { buildRenderer, openWindow, type RendererBuild, soon } from '../fixtures/e2e/renderer-app.ts';
import { freshSnapshot, sampleRequests, sampleSnapshot } from '../fixtures/e2e/renderer-samples.ts';
import { emptyActivity } from '../fixtures/sample-activity.ts';

// A browser on a busy computer; what is asserted does not depend on it.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let built: RendererBuild;
beforeAll(async () => {
  built = await buildRenderer();
});
afterAll(() => built?.close());

const all = sampleRequests(10_000);
const paged = ({ beforeSeq, limit }: { beforeSeq: number | null; limit: number }) => {
  const older = beforeSeq === null ? all : all.slice(all.findIndex(({ seq }) => seq < beforeSeq));
  return { requests: older.slice(0, limit), more: older.length > limit };
};

it('10,000 requests are all reachable, with at most 200 rows in the document and less than 10 MB more memory', async () => {
  const window = await openWindow(built, { page: 'dashboard', answers: { 'requests.recent': paged } });
  const { page } = window;
  const list = page.getByRole('region', { name: 'List of requests' });
  await list.waitFor();
  const rows = () => page.evaluate<number>("document.querySelectorAll('table.feed tr').length");
  const memory = await page.context().newCDPSession(page);
  const usedBytes = async () => {
    await memory.send('HeapProfiler.collectGarbage');
    return (await memory.send('Runtime.getHeapUsage')).usedSize;
  };
  const before = await usedBytes();
  let most = 0;
  const scroll = async () => {
    await page.evaluate(
      "{ const list = document.querySelector('.window-list'); list.scrollTop = list.scrollHeight }",
    );
    most = Math.max(most, await rows());
    return page.evaluate<number>(
      "Number(document.querySelector('table.feed').getAttribute('aria-rowcount'))",
    );
  };
  await soon(scroll).toBe(10_001);
  await scroll();
  await soon(() => list.innerText()).toContain(`${all.at(-1)?.inputTokens} / `);
  expect(most).toBeGreaterThan(10);
  expect(most).toBeLessThanOrEqual(200);
  expect((await usedBytes()) - before).toBeLessThan(10_000_000);
  // Back at the top the newest one is there again.
  await page.evaluate("document.querySelector('.window-list').scrollTop = 0");
  await soon(() => page.locator('table.feed tbody tr').first().getAttribute('aria-rowindex')).toBe('2');
  expect(await rows()).toBeLessThanOrEqual(200);
  expect(window.faults).toEqual([]);
  await window.close();
});

it('a request that was served appears by itself', async () => {
  let known = sampleRequests(3);
  const window = await openWindow(built, {
    page: 'dashboard',
    answers: { 'requests.recent': () => ({ requests: known, more: false }) },
  });
  const rows = window.page.locator('table.feed tbody tr');
  await soon(() => rows.count()).toBe(3);
  known = sampleRequests(4);
  const { serving } = sampleSnapshot();
  await window.pushChange({ serving: { ...serving, served: serving.served + 1 } });
  await soon(() => rows.count()).toBe(4);
  // A window that is open for days keeps no more than what was scrolled to.
  const held = () =>
    window.page.evaluate<number>(
      "Number(document.querySelector('table.feed').getAttribute('aria-rowcount'))",
    );
  known = sampleRequests(200);
  await window.pushChange({ serving: { ...serving, served: serving.served + 2 } });
  await soon(held).toBe(201);
  known = sampleRequests(230).slice(0, 200);
  await window.pushChange({ serving: { ...serving, served: serving.served + 3 } });
  const [newest] = known;
  await soon(() => rows.first().innerText()).toContain(`${newest?.inputTokens} / `);
  expect(await held()).toBe(201);
  await window.close();
});

it('what a node cannot know yet is a dash: nothing on a new dashboard claims a zero or an earning', async () => {
  const window = await openWindow(built, {
    page: 'dashboard',
    snapshot: freshSnapshot(),
    answers: { 'requests.recent': () => ({ requests: [], more: false }), activity: () => emptyActivity },
  });
  const figure = async (label: string) =>
    window.page.locator('.figure', { hasText: label }).locator('.figure-value').innerText();
  for (const label of ['Tokens/s', 'Earning rate', 'Uptime, 24 h', 'Missed heartbeats', 'Claimable'])
    expect(await figure(label), label).toContain('—');
  await window.page.getByText('No requests yet').waitFor();
  for (const word of ['Stake', 'Run', 'Serve', 'Prove', 'Earn'])
    expect(await window.page.locator('.loop').innerText()).toContain(word);
  await window.page.getByRole('link', { name: 'Earnings' }).click();
  expect(await window.page.locator('.earned-value').innerText()).toContain('—');
  expect(window.faults).toEqual([]);
  await window.close();
});

it('the record of time online is told in pictures and in tables, and a request opens with its proof', async () => {
  const window = await openWindow(built, { page: 'dashboard' });
  const { page } = window;
  const uptime = page.getByRole('region', { name: 'Uptime' });
  await uptime.getByRole('img', { name: 'Uptime, 24 hours: 93.6 %, 2 outages' }).waitFor();
  expect(await uptime.getByRole('list', { name: 'Outages' }).innerText()).toMatch(
    /1 min\s+Reason not recorded[\s\S]*1 h 30 min\s+Computer was asleep/,
  );
  await uptime.getByRole('button', { name: '30 days' }).click();
  await uptime.getByRole('img', { name: /^Uptime, 30 days: 98.2 %/ }).waitFor();
  await uptime.getByRole('button', { name: 'Show table' }).click();
  expect(await uptime.getByRole('region', { name: 'Outages' }).locator('tbody tr').count()).toBe(2);
  const slots = uptime.getByRole('region', { name: 'Uptime by time' }).locator('tbody tr');
  expect(await slots.count()).toBe(120);
  // Nothing is claimed of the time before the record.
  expect(await slots.last().innerText()).toContain('—');

  const activity = page.getByRole('region', { name: 'Activity' });
  await activity.getByRole('img', { name: /^Requests, 24 hours: \d+ in all/ }).waitFor();
  await activity.getByRole('button', { name: 'Show table' }).click();
  expect(await activity.locator('tbody tr').count()).toBe(96);
  expect(await window.axe()).toEqual([]);

  // By keyboard: one stop for all rows, the arrows go through them, Enter opens.
  const [newest, second] = sampleRequests(60);
  const row = page.locator('.row-open').first();
  await row.focus();
  await page.keyboard.press('ArrowDown');
  await soon(() => page.evaluate('document.activeElement.dataset.row')).toBe(String(second?.seq));
  await page.keyboard.press('Home');
  await soon(() => page.evaluate('document.activeElement.dataset.row')).toBe(String(newest?.seq));
  expect(await page.locator('.row-open[tabindex="0"]').count()).toBe(1);
  await page.keyboard.press('Enter');
  const drawer = page.getByRole('dialog', { name: 'Request details' });
  await drawer.waitFor();
  expect(await window.axe()).toEqual([]);
  await drawer.getByRole('button', { name: 'Copy Proof of Execution' }).click();
  await soon(() => page.evaluate('navigator.clipboard.readText()')).toBe(newest?.poe);
  await page.keyboard.press('Escape');
  await soon(() => drawer.count()).toBe(0);
  expect(window.faults).toEqual([]);
  await window.close();
});

it('a running answer shows its speed and its model, in the figures and in the list', async () => {
  const { serving } = sampleSnapshot();
  const [newest] = sampleRequests(1);
  const open = { ...newest, state: 'accepted' as const, model: null, poe: null, generationMs: null };
  const window = await openWindow(built, {
    page: 'dashboard',
    snapshot: sampleSnapshot({
      serving: {
        ...serving,
        running: [
          {
            requestId: newest?.requestId ?? '',
            model: 'llama3.2:latest',
            acceptedAtMs: Date.now(),
            tokensPerSecond: 71.4,
          },
        ],
      },
    }),
    answers: { 'requests.recent': () => ({ requests: [open], more: false }) },
  });
  const figures = window.page.locator('.hero-figures');
  await soon(() => figures.innerText()).toMatch(
    /71\.4\s+Current answer[\s\S]*llama3\.2:latest\s+Answering now/,
  );
  expect(await window.page.locator('table.feed tbody tr').innerText()).toMatch(
    /llama3\.2:latest[\s\S]*In progress/,
  );
  await window.close();
});
