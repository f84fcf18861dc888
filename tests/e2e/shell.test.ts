import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type AppWorld, createAppWorld, runners } from './app.ts';
import { builtApp } from './app-build.ts';

describe.each(runners)('the shell, in $name', (runner) => {
  let main = '';
  let world: AppWorld | null = null;

  beforeAll(async () => {
    if (runner.missing === null) main = await builtApp();
  }, 60_000);

  afterEach(async () => {
    await world?.clean();
    world = null;
  });

  test('opens its window without a key, and says so', async (context) => {
    if (runner.missing) return context.skip(runner.missing);
    world = await createAppWorld(runner, { main });
    const app = await world.launch();
    const page = await app.page();
    await page.locator('#phase', { hasText: 'no-identity' }).waitFor();
    expect(await page.getByRole('heading').textContent()).toBe('Page of the tests');
    expect(await page.evaluate('location.href')).toMatch(/\/index\.html\?window=main#\/dashboard$/);
  });
});
