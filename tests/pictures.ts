import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { firstSizes } from '../electron/desktop/windows/first-look.ts';
import { buildRenderer, openWindow, type WindowOptions } from './fixtures/e2e/renderer-app.ts';
import { sampleApp, sampleHardware, sampleOllama } from './fixtures/e2e/renderer-samples.ts';

/*
 * `npm run pictures`: the pictures of the README, of the real windows with sample figures, made anew. They are kept in
 * the repository as a part of its documents, so each has to be small.
 */

const folder = join(import.meta.dirname, '..', 'docs', 'pictures');
const mostBytes = 150_000;

const newcomer = sampleApp({
  node: { phase: 'no-identity' },
  preparation: { hardware: sampleHardware, ollama: sampleOllama, pulls: [], install: null, selfTests: [] },
});

const pictures: Readonly<Record<string, WindowOptions>> = {
  setup: { page: 'onboarding', part: 'need', app: newcomer, snapshot: null, theme: 'light' },
  dashboard: { page: 'dashboard', theme: 'dark' },
  earnings: { page: 'earnings', theme: 'light' },
};

mkdirSync(folder, { recursive: true });
const built = await buildRenderer();
try {
  for (const [name, options] of Object.entries(pictures)) {
    const window = await openWindow(built, { ...options, size: firstSizes.main });
    await window.page.locator('[data-page-title]').first().waitFor();
    // Whatever a page asks for when it opens is there.
    await window.page.waitForFunction("!/Loading…|Checking…/.test(document.querySelector('main').innerText)");
    const path = join(folder, `${name}.png`);
    await window.page.screenshot({ path, animations: 'disabled' });
    await window.close();
    const { size } = statSync(path);
    if (size > mostBytes) throw new Error(`${name}.png has ${size} bytes, more than ${mostBytes}`);
    console.log(`docs/pictures/${name}.png  ${Math.round(size / 1000)} kB`);
  }
} finally {
  await built.close();
}
