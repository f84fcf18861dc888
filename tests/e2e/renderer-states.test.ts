import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Row, StateRow } from '../../shared/states/row.ts';
import {
  type BadgeCode,
  describeBadge,
  describeState,
  type Params,
  type StateCode,
} from '../../shared/states/states.ts';
import { badges, states } from '../../shared/states/table.ts';
import {
  type AppWindow,
  buildRenderer,
  openWindow,
  type RendererBuild,
  soon,
} from '../fixtures/e2e/renderer-app.ts';
import { nowMs, sampleSnapshot } from '../fixtures/e2e/renderer-samples.ts';

// A browser on a busy computer; what is asserted does not depend on it.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let built: RendererBuild;
let window: AppWindow;

beforeAll(async () => {
  built = await buildRenderer();
  window = await openWindow(built, { page: 'dashboard' });
});
afterAll(async () => {
  expect(window.faults).toEqual([]);
  await built?.close();
});

const earning = {
  yes: 'Earning',
  no: 'Not earning',
  unknown: 'Earning unconfirmed',
};

/** A value for each value of a sentence, by its kind; ages are coarse enough not to tick over in a test. */
function sampleParams({ params }: Row): Params {
  const samples = {
    text: 'something',
    reason: 'ECONNREFUSED',
    cause: 'driver',
    count: 7,
    some: 7,
    bytes: 4.7e9,
    time: nowMs - 3 * 3_600_000 - 60_000,
    date: nowMs - 86_400_000,
    end: nowMs + 3 * 3_600_000 + 60_000,
    duration: 7_200_000,
  };
  return Object.fromEntries(Object.entries(params).map(([name, kind]) => [name, samples[kind]]));
}

/** Ages go on while the test looks, so numbers in parentheses are left out of the comparison. */
const withoutAges = (text: string) => text.replace(/\((?:in )?[\d hmind]+ ?(?:ago)?\)/g, '()');

async function show(state: StateRow, params: Params): Promise<void> {
  const code = state.code as StateCode;
  await window.pushSnapshot(
    sampleSnapshot({ state: { code, sinceMs: nowMs - 600_000, params: { ...params } }, badges: [] }),
  );
  await window.page.locator(`[data-state="${code}"]`).waitFor();
}

describe('every state of the table', () => {
  it.each(states as readonly StateRow[])(
    '$code is told with its label, what happened, what it means, what to do, its button and whether it earns',
    async (state) => {
      const params = sampleParams(state);
      await show(state, params);
      const panel = window.page.getByRole('region', { name: 'Status' });
      const words = describeState(state.code as StateCode, params, Date.now());
      const text = withoutAges(await panel.innerText());
      expect(text).toContain(words.label);
      const paragraphs = await panel.locator('.state-words > p').allInnerTexts();
      expect(paragraphs.map(withoutAges)).toEqual(
        [words.what, words.effect, words.action].flatMap((one) => (one === null ? [] : [withoutAges(one)])),
      );
      expect(await panel.locator('[data-earns]').innerText()).toBe(earning[state.earns]);
      expect(text).toContain('Since ');
      const buttons = await panel.locator('[data-own-action]').getByRole('button').allInnerTexts();
      expect(buttons).toEqual(words.button === null ? [] : [words.button]);
      expect(text).not.toMatch(/[{}]|undefined|null|NaN/);
      // The state is in the navigation too, on every page.
      expect(await window.page.getByRole('banner').innerText()).toContain(words.label);
    },
  );

  it('has no hole, dash or zero where nothing is known of its values', async () => {
    for (const state of states as readonly StateRow[]) {
      if (Object.keys(state.params).length === 0) continue;
      await show(state, Object.fromEntries(Object.keys(state.params).map((name) => [name, null])));
      const panel = window.page.getByRole('region', { name: 'Status' });
      const text = await panel.locator('.state-words').innerText();
      expect(text, state.code).not.toMatch(/[{}|—]|null|undefined|NaN/);
      expect(text, state.code).not.toMatch(/(?<![\d-])0(?![\d-])/);
    }
  });
});

it('never says that time earns once the last accepted heartbeat is older than 30 s', async () => {
  const { heartbeat } = sampleSnapshot();
  await window.page.evaluate("location.hash = '#/dashboard'");
  await window.pushSnapshot(
    sampleSnapshot({ heartbeat: { ...heartbeat, lastAcceptedAtMs: Date.now() - 31_000 }, badges: [] }),
  );
  const panel = window.page.getByRole('region', { name: 'Status' });
  await panel.getByText('Status unknown').waitFor();
  expect(await panel.innerText()).toContain('No accepted heartbeat since');
  // What the state would mean for earning is not known either.
  expect(await panel.innerText()).not.toContain('You earn');
  expect(await panel.getByText('Earning', { exact: true }).count()).toBe(0);
  await window.page.locator('.side-state.state-unheard').waitFor();
});

/** What each button leads to: a command asked, another page, or words. */
const leadsTo: Readonly<Record<string, string>> = {
  'key-missing': '#/onboarding/key',
  'key-differs': '#/onboarding/key',
  'key-unreachable': '#/onboarding/key',
  'key-locked': 'key.unlockKeychain',
  'not-registered': '#/onboarding/register',
  retired: 'words',
  withdrawable: '#/onboarding/exit',
  cooling: '#/onboarding/exit',
  refused: 'words',
  'clock-skew': 'words',
  'no-network': '#/diagnostics',
  'coordinator-down': 'words',
  'disk-full': 'words',
  'disk-read-only': 'words',
  'disk-failing': 'words',
  'ollama-missing': '#/models',
  'ollama-not-running': 'ollama.start',
  'ollama-down': 'ollama.start',
  'no-model': '#/models',
  'model-not-loaded': '#/models',
  'answers-failing': '#/diagnostics',
  'tier-high': 'words',
  paused: 'resume',
  draining: 'app.quit',
  'gpu-on-cpu': 'words',
  'tier-low': 'words',
  backlog: '#/dashboard/requests',
  woke: '#/settings',
};

describe('the button of every state', () => {
  it.each((states as readonly StateRow[]).filter(({ button }) => button !== null))(
    '$code: "$button" leads where it says',
    async (state) => {
      await window.page.evaluate("location.hash = '#/dashboard'");
      await show(state, sampleParams(state));
      const before = window.asked.length;
      await window.page.locator('[data-own-action] .button').click();
      const dialog = window.page.getByRole('dialog');
      const went = async () => [
        ...((await dialog.count()) > 0 ? ['words'] : []),
        ...window.asked.slice(before).map(({ name }) => name),
        await window.page.evaluate<string>('location.hash'),
      ];
      await soon(went).toContain(leadsTo[state.code]);
      if (leadsTo[state.code] !== 'words') return;
      expect((await dialog.innerText()).length).toBeGreaterThan(80);
      await window.page.keyboard.press('Escape');
      await soon(() => dialog.count()).toBe(0);
      // The focus is back where it was.
      expect(await window.page.evaluate<string>('document.activeElement.innerText')).toContain(
        describeState(state.code as StateCode, sampleParams(state), Date.now()).button ?? '',
      );
    },
  );
});

it.each(badges as readonly Row[])(
  'the badge $code stands beside any state, with its button',
  async (badge) => {
    const params = sampleParams(badge);
    await window.page.evaluate("location.hash = '#/dashboard'");
    await window.pushSnapshot(
      sampleSnapshot({ badges: [{ code: badge.code as BadgeCode, params: { ...params } }] }),
    );
    const item = window.page.locator(`[data-badge="${badge.code}"]`);
    await item.waitFor();
    const words = describeBadge(badge.code as BadgeCode, params, Date.now());
    expect(withoutAges((await item.locator('p').innerText()).trim())).toBe(withoutAges(words.sentence));
    expect(await item.getByRole('button').allInnerTexts()).toEqual([words.button]);
  },
);
