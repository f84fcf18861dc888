import { expect, it } from 'vitest';
import { soon } from '../fixtures/e2e/renderer-app.ts';
import { sampleApp, sampleHardware, sampleOllama } from '../fixtures/e2e/renderer-samples.ts';
import { rendererSuite } from '../fixtures/e2e/renderer-suite.ts';

const { open } = rendererSuite();

const newcomer = sampleApp({
  node: { phase: 'no-identity' },
  preparation: { hardware: sampleHardware, ollama: sampleOllama, pulls: [], install: null, selfTests: [] },
});

it('where no keychain answers a file is used and said; every step fits a window at 200 %', async () => {
  const { page, asked } = await open({
    app: newcomer,
    snapshot: null,
    answers: { 'key.stores': () => ({ keychain: 'none' }) },
    page: 'onboarding',
    part: 'key',
  });
  await page.getByText('no keychain answers on this computer', { exact: false }).waitFor();
  expect(await page.getByRole('radio').count()).toBe(0);
  await page.getByRole('button', { name: 'Create key' }).click();
  await soon(() => asked.find(({ name }) => name === 'identity.create')?.input).toEqual({ keyStore: 'file' });
  for (const part of ['need', 'probe', 'model', 'key', 'register', 'run', 'claim', 'exit']) {
    await page.evaluate(`location.hash = '#/onboarding/${part}'`);
    await page.locator('.step-foot').waitFor();
    for (const [width, height] of [
      [900, 600],
      [560, 380],
      [450, 300],
    ] as const) {
      await page.setViewportSize({ width, height });
      const sideways = await page.evaluate<boolean>(
        'document.documentElement.scrollWidth > document.documentElement.clientWidth',
      );
      expect(sideways, `${part} at ${width}`).toBe(false);
    }
  }
});
