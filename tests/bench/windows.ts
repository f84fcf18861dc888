import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { testHost } from '../fixtures/e2e/app.ts';
import { createNodeWorld } from '../fixtures/e2e/app-node.ts';
import { firstLoad } from '../fixtures/e2e/first-load.ts';
import type { Bench } from './bench.ts';
import type { Measured, NotHere } from './report.ts';
import { spreadOf } from './statistics.ts';

const app = join(import.meta.dirname, '..', '..', 'dist', 'app');
const notBuilt = { notHere: 'the app is not built; npm run build makes it' };

/** Everything that a window loads before it can show its first page. */
export async function measureFirstLoad(): Promise<Measured | NotHere> {
  const folder = join(app, 'renderer');
  if (!existsSync(join(folder, 'index.html'))) return notBuilt;
  const { files, kilobytes } = firstLoad(folder);
  return {
    lines: [
      {
        figure: 'renderer, first load, gzipped',
        unit: 'kB',
        value: kilobytes,
        budget: { limit: 300, of: 'median' },
      },
    ],
    notes: [`${files} files; the app serves them from its own disk`],
  };
}

/** A window that was closed, until it shows the state again. */
export async function measureReopening(bench: Bench): Promise<Measured | NotHere> {
  const main = join(app, 'main.mjs');
  if (!existsSync(main)) return notBuilt;
  if (testHost.missing !== null) return { notHere: testHost.missing };
  const times = bench.quick ? 5 : 20;
  bench.say(`row 10: closing and reopening a window ${times} times`);
  const world = await createNodeWorld(testHost, { main });
  try {
    const running = await world.launch();
    const first = await running.page();
    await first.locator('[data-state="ready"]').waitFor();
    const samples = await running.evaluate(async ({ app: shell, BrowserWindow }, count: number) => {
      const taken: number[] = [];
      const shown = `document.querySelector('[data-state]') !== null`;
      for (let time = 0; time < count; time += 1) {
        for (const window of BrowserWindow.getAllWindows()) window.close();
        while (BrowserWindow.getAllWindows().length > 0)
          await new Promise((resolve) => setTimeout(resolve, 10));
        const beganMs = performance.now();
        shell.emit('activate');
        const [window] = BrowserWindow.getAllWindows();
        while ((await window?.webContents.executeJavaScript(shown).catch(() => false)) !== true)
          await new Promise((resolve) => setTimeout(resolve, 2));
        taken.push(performance.now() - beganMs);
      }
      return taken;
    }, times);
    return {
      lines: [
        { figure: 'a closed window, until it shows the state again', unit: 'ms', value: spreadOf(samples) },
      ],
      notes: [
        'in the test host over Chromium, which opens a page as Electron opens a window; with a real Electron not measured here',
      ],
    };
  } finally {
    await world.clean();
  }
}
