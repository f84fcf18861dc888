import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inputLimitCharacters } from '../../electron/desktop/ipc/limits.ts';
import { appCommands } from '../../shared/contract/app.ts';
import { commands } from '../../shared/contract/commands.ts';
import { type AppWorld, createAppWorld, runners } from '../fixtures/e2e/app.ts';
import { builtApp } from '../fixtures/e2e/app-build.ts';
import { wrongInputs } from '../fixtures/e2e/ipc-inputs.ts';
import { without } from '../fixtures/e2e/removals.ts';
import type { RunningApp } from '../fixtures/e2e/running-app.ts';
import { type AnswerSeen, ask, until } from '../fixtures/e2e/until.ts';

const names = [...Object.keys(commands), ...Object.keys(appCommands)];

describe.each(runners)('questions of a window, in $name', (runner) => {
  const worlds: AppWorld[] = [];
  /** Answers twenty questions, and no more. */
  let whole: { app: RunningApp; page: Page };
  /** Asked more than a person could: its rate is not limited. */
  let patient: { app: RunningApp; page: Page };
  let open: { app: RunningApp; page: Page };

  async function launch(...removed: Parameters<typeof without>) {
    const world = await createAppWorld(runner, { main: await builtApp({ without: without(...removed) }) });
    worlds.push(world);
    const app = await world.launch();
    return { app, page: await app.page() };
  }

  beforeAll(async () => {
    if (runner.missing) return;
    whole = await launch('fewQuestions');
    patient = await launch('rate');
    open = await launch('fewQuestions', 'rate', 'size', 'inputSchema', 'senderFrame');
  });
  beforeEach((context) => {
    if (runner.missing) return context.skip(runner.missing);
  });
  afterAll(async () => {
    for (const world of worlds) await world.clean();
  });

  test('names of app and daemon never meet', () => {
    expect(new Set(names).size).toBe(names.length);
  });

  test('are answered in an envelope, by the contract', async () => {
    const state = await ask(whole.page, 'app.state');
    expect(state.ok).toBe(true);
    expect(appCommands['app.state'].output.safeParse(state.output).success).toBe(true);
    const snapshot = await ask(whole.page, 'snapshot');
    expect(snapshot).toMatchObject({ ok: false, error: { code: 'no-daemon' } });
  });

  test('are refused for every command whose input is not of the contract, and change nothing', async () => {
    const before = (await ask(patient.page, 'settings.list')).output;
    for (const name of names) {
      const inputs = wrongInputs(name);
      const asks = inputs.map((input) => `await operator.ask(${JSON.stringify(name)}, ${input})`);
      const answers = await patient.page.evaluate<AnswerSeen[]>(`(async () => [${asks.join(', ')}])()`);
      for (const [index, { ok, error }] of answers.entries())
        expect([ok, error?.code], `${name} ${inputs[index]}`).toEqual([false, 'command-invalid']);
    }
    expect((await ask(patient.page, 'settings.list')).output).toEqual(before);
    const control = await ask(open.page, 'settings.set', { name: 5 });
    expect(control.error?.code, 'the negative control').not.toBe('command-invalid');
  });

  test.each(['__proto__', 'constructor', 'toString', 'app', 'app.state ', '', 'x'.repeat(70)])(
    'are refused for names that are none: %j',
    async (name) => {
      expect((await ask(patient.page, name)).error?.code).toBe('command-unknown');
    },
  );

  test('are refused for names that are no text', async () => {
    for (const name of ['5', 'null', '{}', '["app.state"]', 'undefined'])
      expect(await patient.page.evaluate(`operator.ask(${name}, {})`), name).toMatchObject({
        error: { code: 'command-unknown' },
      });
  });

  test('are refused for every command when they are too long', async () => {
    const long = 'x'.repeat(inputLimitCharacters + 1);
    for (const name of names) {
      const { error } = await patient.page.evaluate<AnswerSeen>(
        `operator.ask(${JSON.stringify(name)}, { text: 'x'.repeat(${long.length}) })`,
      );
      expect(error, name).toEqual({ code: 'command-refused', details: { command: name, reason: 'size' } });
    }
    const control = await open.page.evaluate<AnswerSeen>(
      `operator.ask('settings.set', { name: 'x'.repeat(${long.length}) })`,
    );
    expect(control.error?.details.reason, 'the negative control').not.toBe('size');
  });

  test('are refused when there are too many at once', async () => {
    const many = `Promise.all(Array.from({ length: 30 }, () => operator.ask('settings.set', { name: 'none' }))).then((all) => all.filter(({ error }) => error.details.reason === 'rate').length)`;
    expect(await whole.page.evaluate<number>(many)).toBeGreaterThanOrEqual(10);
    expect(await open.page.evaluate<number>(many), 'the negative control').toBe(0);
  });

  test('never take down the app, whatever is sent', async () => {
    for (const input of [
      '(() => { const a = {}; a.a = a; return a })()',
      '10n',
      'Symbol()',
      '() => 1',
      'new Date()',
      'new Map([[1, 2]])',
      'window',
    ])
      await patient.page.evaluate(
        `Promise.resolve().then(() => operator.ask('app.state', ${input})).then(() => 1, () => 2)`,
      );
    await until('an answer', async () => (await ask(patient.page, 'app.state')).ok);
  });

  test('of every command are refused in a frame', async (context) => {
    if (runner.name !== 'test host')
      return context.skip('a real Electron gives frames no preload, so a message from one cannot be sent');
    const fromFrame = (app: RunningApp, asked: readonly string[]) =>
      app.evaluate(async ({ BrowserWindow }, list) => {
        const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
          hostBlankFrame: () => Promise<string>;
          hostInside: (url: string, code: string) => Promise<unknown>;
        };
        const url = await contents.hostBlankFrame();
        const code = `Promise.all(${JSON.stringify(list)}.map((name) => __testHostIpc.invoke('operator:ask', name, {})))`;
        return (await contents.hostInside(url, code)) as AnswerSeen[];
      }, asked);
    for (const { error } of await fromFrame(patient.app, names)) {
      expect(error?.code).toBe('command-refused');
      expect(error?.details.reason).toBe('frame');
    }
    const control = await fromFrame(open.app, ['app.state']);
    // Its origin is another matter, and another check.
    expect(control[0]?.error?.details.reason, 'the negative control').toBe('origin');
  });
});
