import { dirname, join } from 'node:path';
import { NodeError } from '../../../../shared/errors.ts';
import { sleep } from '../../../daemon/system/clock.ts';
import { createContext, type NodeContext } from '../../../node/context.ts';
import { findInstallation, requireRights } from '../../../node/operations/update/installation.ts';
import { nodeToUpdate } from '../../../node/operations/update/node.ts';
import { createUpdateSchedule, type UpdateSchedule } from '../../../node/operations/update/schedule.ts';
import {
  createUpdater,
  otherWay,
  type Updated,
  type UpdatePlan,
} from '../../../node/operations/update/update.ts';
import {
  formatWindow,
  parseWindow,
  type UpdateWindow,
  waitInWindow,
} from '../../../node/operations/update/window.ts';
import type { CommandRun, Invocation } from '../../args/invocation.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { resolveConfigurationLeniently } from '../../resolve.ts';
import { askLine, canAsk } from '../../terminal/prompt.ts';
import { onInterrupt } from '../../terminal/signals.ts';
import { createUpdateView, doneText, planText } from './text.ts';

const usualWindow: UpdateWindow = { fromMinute: 180, toMinute: 300 };

export const runUpdate: CommandRun = async (invocation): Promise<ExitCode> => {
  const { operands, flags, clock, terminal, env, platform, homeDir, version } = invocation;
  const window = windowOf(invocation);
  const { paths: given, settings } = await resolveConfigurationLeniently(invocation);
  const { installation } = await findInstallation(programFile());
  const paths = await nodeToUpdate({ paths: given, env, platform, homeDir, clock }, installation);
  const context = createContext({ paths, env, platform, homeDir, version }, { clock });
  const [verb] = operands;
  if (verb === 'schedule' || verb === 'unschedule')
    return changeSchedule(invocation, context, verb === 'schedule' ? (window ?? usualWindow) : null);
  const called = new AbortController();
  const restore = onInterrupt(() => called.abort());
  const view = createUpdateView(terminal, flags.json === true);
  const updater = createUpdater(
    {
      programFile: programFile(),
      releaseUrl: flags['release-url'] ?? (env.PARALLELIX_RELEASE_URL?.trim() || null),
      caFile: settings.caFile,
      arch: process.arch,
      unattended: flags.auto === true,
    },
    { context, onStep: view.step, onProgress: view.progress },
  );
  try {
    if (window !== null) await waitForMoment(invocation, window, called.signal);
    if (!flags.check) await updater.recover();
    const plan = await updater.plan(called.signal);
    if (flags.check || (plan.offered !== null && !plan.newer)) {
      await report(invocation, plan, null);
      return exitCodes.done;
    }
    if (plan.command === null) await askConsent(invocation, plan);
    const updated = await updater.apply(plan, called.signal);
    view.end();
    await report(invocation, plan, updated);
    return exitCodes.done;
  } finally {
    view.end();
    restore();
    await updater.stop();
  }
};

/** @throws NodeError `usage` */
function windowOf({ operands, flags }: Invocation): UpdateWindow | null {
  const refuse = (input: string, remedy: string) => new NodeError('usage', { input, remedy });
  const [verb] = operands;
  if (verb !== undefined) {
    const idle = (['check', 'auto', 'yes', 'release-url'] as const).find((name) => flags[name] !== undefined);
    if (idle !== undefined) throw refuse(`--${idle}`, `does not go with ${verb}`);
  }
  if (flags.check && flags.auto) throw refuse('--check --auto', 'give one of them, or none');
  if (flags.window === undefined) return null;
  if (verb === 'unschedule' || (verb === undefined && !flags.auto))
    throw refuse('--window', 'needs --auto, or: parallelix-operator update schedule --window 03:00-05:00');
  const window = parseWindow(flags.window);
  if (window !== null) return window;
  throw refuse(`--window ${flags.window}`, 'write two times such as 03:00-05:00, at least 10 minutes apart');
}

/** @throws NodeError `update-outside-window`, `cancelled` */
async function waitForMoment(
  { clock }: Invocation,
  window: UpdateWindow,
  signal: AbortSignal,
): Promise<void> {
  const waitMs = waitInWindow(window, clock.now(), Math.random());
  if (waitMs === null) throw new NodeError('update-outside-window', { window: formatWindow(window) });
  await sleep(clock, waitMs, signal);
  if (signal.aborted) throw new NodeError('cancelled', { reason: 'aborted' });
  // A computer that slept in between is not updated in the middle of the day.
  if (waitInWindow(window, clock.now(), 0) === null)
    throw new NodeError('update-outside-window', { window: formatWindow(window) });
}

/** @throws NodeError `usage` where nobody can be asked, `cancelled` */
async function askConsent({ flags, terminal }: Invocation, plan: UpdatePlan): Promise<void> {
  if (!flags.json) terminal.out(planText(terminal, plan));
  if (flags.yes || flags.auto) return;
  if (!canAsk())
    throw new NodeError('usage', { input: 'update', remedy: 'needs --yes, for nobody is here to be asked' });
  const answer = await askLine('Type yes to update: ');
  if (!/^y(es)?$/i.test(answer.trim())) throw new NodeError('cancelled', { reason: 'aborted' });
}

async function report(
  { flags, terminal }: Invocation,
  plan: UpdatePlan,
  updated: Updated | null,
): Promise<void> {
  if (!flags.json) return terminal.out(doneText(terminal, plan, updated));
  const { printDocument } = await import('../../documents/documents.ts');
  const { updateDocument } = await import('../../documents/update.ts');
  const { installedBy, installed, offered, newer, heldBack, command } = plan;
  const changed = updated !== null && updated.from !== updated.to;
  printDocument(terminal, updateDocument, {
    schemaVersion: 1,
    document: 'update',
    installedBy,
    installed: changed ? updated.to : installed,
    offered: offered?.version ?? null,
    publishedAt: offered?.publishedAt ?? null,
    notes: offered?.notes ?? null,
    available: newer && !changed,
    updated: changed,
    from: changed ? updated.from : null,
    node: changed ? updated.node : null,
    pid: changed ? updated.pid : null,
    online: changed ? updated.online : null,
    failedBefore: heldBack?.reason ?? null,
    command,
  });
}

/** @param window null: no more */
async function changeSchedule(
  { flags, terminal, homeDir, env }: Invocation,
  { paths, runTool }: NodeContext,
  window: UpdateWindow | null,
): Promise<ExitCode> {
  const { installedBy, installation, inApp = false } = await findInstallation(programFile());
  if (installation === null) {
    throw new NodeError('update-not-here', { installedBy, command: otherWay(installedBy, null, inApp) });
  }
  await requireRights(installation, window === null ? ' unschedule' : ' schedule');
  const schedule: UpdateSchedule = createUpdateSchedule(
    {
      program: join(installation.currentLink, 'bin', 'parallelix-operator'),
      stateDir: paths.stateDir,
      homeDir,
      uid: process.geteuid?.() ?? -1,
      env,
    },
    { runTool },
  );
  await (window === null ? schedule.remove() : schedule.set(window));
  const text = window === null ? null : formatWindow(window);
  if (flags.json) {
    const { printDocument } = await import('../../documents/documents.ts');
    const { updateScheduleDocument } = await import('../../documents/update.ts');
    printDocument(terminal, updateScheduleDocument, {
      schemaVersion: 1,
      document: 'update-schedule',
      scheduled: window !== null,
      window: text,
      timer: schedule.timer,
    });
  } else if (text === null) terminal.out('Automatic updates are off.');
  else
    terminal.out(
      `Automatic updates are on, at a random moment between ${text.replace('-', ' and ')}. To end them: parallelix-operator update unschedule`,
    );
  return exitCodes.done;
}

/** Beside the script lies what says who installed it. */
function programFile(): string {
  const [, script = join(dirname(process.execPath), 'cli.mjs')] = process.argv;
  return script;
}
