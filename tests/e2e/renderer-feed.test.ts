import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { buildRenderer, openWindow, type RendererBuild, soon } from '../fixtures/e2e/renderer-app.ts';
import { freshSnapshot, sampleRequests, sampleSnapshot } from '../fixtures/e2e/renderer-samples.ts';

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
  await window.close();
});

it('what a node cannot know yet is a dash: nothing on a new dashboard claims a zero or an earning', async () => {
  const window = await openWindow(built, {
    page: 'dashboard',
    snapshot: freshSnapshot(),
    answers: { 'requests.recent': () => ({ requests: [], more: false }) },
  });
  const figure = async (label: string) =>
    window.page.locator('.figure', { hasText: label }).locator('.figure-value').innerText();
  for (const label of [
    'Node',
    'Registered tier',
    'Stake',
    'Wallet',
    'Online today',
    'Online, 30 days',
    'Heartbeats accepted',
    'Heartbeat lateness',
  ])
    expect(await figure(label), label).toContain('—');
  await window.page.getByText('No request yet').waitFor();
  for (const word of ['Stake', 'Run', 'Serve', 'Prove', 'Earn'])
    expect(await window.page.locator('.loop').innerText()).toContain(word);
  await window.page.getByRole('link', { name: 'Earnings' }).click();
  expect(await window.page.locator('.earned-value').innerText()).toContain('—');
  expect(window.faults).toEqual([]);
  await window.close();
});
