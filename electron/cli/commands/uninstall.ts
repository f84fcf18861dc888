import { NodeError } from '../../../shared/errors.ts';
import { describeReason } from '../../../shared/texts/error-text.ts';
import type { StatePaths } from '../../daemon/storage/paths.ts';
import { readStateDirectory } from '../../daemon/storage/state-files.ts';
import type { KeyAtStake } from '../../node/operations/keys-at-stake.ts';
import type { Uninstalled, UninstallPlan } from '../../node/operations/uninstall.ts';
import { uninstallNode } from '../../node/operations/uninstall-node.ts';
import type { CommandRun, Invocation } from '../args/invocation.ts';
import { contextOf } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { resolveConfigurationLeniently, resolvePaths } from '../resolve.ts';
import { facts, paragraph } from '../terminal/layout.ts';
import { askLine, canAsk } from '../terminal/prompt.ts';
import { howProgramGoes, programFile } from './uninstall-program.ts';

export const runUninstall: CommandRun = async (invocation): Promise<ExitCode> => {
  const { flags, terminal } = invocation;
  const { loseKey, ask } = intent(invocation);
  if (!flags.data) return sayWhatStays(invocation);
  const configuration = await resolveConfigurationLeniently(invocation);
  const { paths } = configuration;
  const done = await uninstallNode(contextOf(invocation, paths), { configuration, loseKey }, (plan) =>
    confirm(invocation, paths, plan, ask),
  );
  if (flags.json) await printJson(invocation, done);
  else terminal.out(doneText(invocation, done, await howProgramGoes()));
  return exitCodes.done;
};

/**
 * How much was said, and whether a person is to be asked still. Losing what cannot be had again takes
 * two flags, or one and a word that is typed.
 *
 * @throws NodeError `usage`
 */
function intent({ flags }: Invocation): { loseKey: boolean; ask: boolean } {
  const { data, yes = false, 'lose-key': once = false, 'yes-really': twice = false } = flags;
  const refuse = (input: string, remedy: string) => new NodeError('usage', { input, remedy });
  if (!data) {
    const idle = (['lose-key', 'yes-really', 'yes'] as const).find((name) => flags[name]);
    if (idle !== undefined) throw refuse(`--${idle}`, 'says nothing without --data');
    return { loseKey: false, ask: false };
  }
  if (twice && !once) throw refuse('--yes-really', 'says nothing without --lose-key');
  const alone = yes || !canAsk();
  if (once && !twice && alone) throw refuse('--lose-key', 'needs --yes-really too, to be sure');
  if (!once && !yes && alone) throw refuse('--data', 'needs --yes too, for nobody is here to be asked');
  return { loseKey: once, ask: !yes && !twice };
}

const switchNote =
  'the official client was stopped by the migration. To use it again, first run: parallelix-operator switch --back';

async function sayWhatStays(invocation: Invocation): Promise<ExitCode> {
  const { flags, terminal } = invocation;
  const paths = await resolvePaths(invocation);
  const { ours, foreign } = await readStateDirectory(paths);
  if (flags.json) {
    const stays: { path: string; reason: string }[] = [
      ...ours.map(({ path, part }) => ({ path, reason: part })),
      ...foreign.map((path) => ({ path, reason: 'not-ours' })),
    ];
    await printDocument(invocation, { stateDir: paths.stateDir, keys: null, undelivered: null }, [], stays);
    return exitCodes.done;
  }
  terminal.out(`${terminal.bold('Nothing was removed.')}\n`);
  terminal.out(facts(terminal, [['program', programFile()]]));
  terminal.out(`\n${paragraph(terminal, await howProgramGoes())}\n`);
  if (ours.length === 0) {
    terminal.out(paragraph(terminal, `There is no node in ${paths.stateDir}, so nothing else stays.`));
    return exitCodes.done;
  }
  const key = ours.some(({ part }) => part === 'key') ? ', the node key among them' : '';
  const stays = `What the node keeps stays in ${paths.stateDir}: ${ours.length} files${key}. To remove that too: parallelix-operator uninstall --data`;
  terminal.out(paragraph(terminal, stays));
  return exitCodes.done;
}

/** @throws NodeError `cancelled` */
async function confirm(
  { terminal, flags }: Invocation,
  { switchFile }: StatePaths,
  plan: UninstallPlan,
  ask: boolean,
): Promise<void> {
  if (plan.files.length === 0) return;
  // Beside a document the list is for the person who is asked.
  const print = flags.json ? terminal.err : terminal.out;
  if (!flags.json || ask) print(planText({ terminal }, plan));
  if (plan.files.includes(switchFile)) terminal.err(`Note: ${switchNote}`);
  if (!ask) return;
  if ((await askLine('Type REMOVE to remove all of this for good: ')) === 'REMOVE') return;
  throw new NodeError('cancelled', { reason: 'aborted' });
}

function planText({ terminal }: Pick<Invocation, 'terminal'>, plan: UninstallPlan): string {
  const { files, keychainEntry, foreign, keys, undelivered } = plan;
  const rows: (readonly [string, string])[] = keys.flatMap((key) => [
    ['key', `${key.nodeKeyHash ?? 'not known whose'} (${key.place})`],
    ['stake', stakeText(key)],
    ['backup', backupText(key)],
  ]);
  if (undelivered !== 0)
    rows.push(['answers', undelivered === null ? 'not known' : `${undelivered} not delivered, lost with it`]);
  if (keychainEntry !== null) rows.push(['keychain', `the entry ${keychainEntry}`]);
  for (const path of files) rows.push(['file', path]);
  for (const path of foreign) rows.push(['stays', `${path} (not of this program)`]);
  return `${terminal.bold('This is removed from this computer, for good:')}\n\n${facts(terminal, rows)}\n`;
}

function stakeText({ stake, nodeId, stakeReason }: KeyAtStake): string {
  if (stake === 'unknown') return `not known: ${describeReason(stakeReason ?? '')}`;
  if (stake === 'none') return 'none, says the network';
  return `node ${nodeId} is staked; without this key it earns nothing until you unstake and 7 days pass`;
}

function backupText({ backup, backupPath }: KeyAtStake): string {
  if (backup === 'none') return 'none: it can never be had again';
  return backup === 'found'
    ? `${backupPath}, which stays`
    : `none that is there now; one was at ${backupPath}`;
}

function doneText({ terminal }: Invocation, { plan, removed, kept }: Uninstalled, program: string): string {
  if (removed.length === 0 && plan.files.length === 0)
    return `There is no node in ${plan.stateDir}; nothing was removed.`;
  const rows = kept.map(({ path, reason }) => ['stays', `${path} (${describeReason(reason)})`] as const);
  const left = rows.length === 0 ? [] : ['', facts(terminal, rows)];
  return [
    `${terminal.paint('good', '✓')} ${terminal.bold('The data of this node is removed')} from ${plan.stateDir}.`,
    ...left,
    '',
    facts(terminal, [['program', programFile()]]),
    paragraph(terminal, program),
  ].join('\n');
}

async function printJson(invocation: Invocation, { plan, removed, kept }: Uninstalled): Promise<void> {
  await printDocument(invocation, plan, removed, kept);
}

async function printDocument(
  { terminal, flags }: Invocation,
  {
    stateDir,
    keys,
    undelivered,
  }: { stateDir: string; keys: readonly KeyAtStake[] | null; undelivered: number | null },
  removed: readonly string[],
  stays: readonly { path: string; reason: string }[],
): Promise<void> {
  const { printDocument: print } = await import('../documents/documents.ts');
  const { uninstallDocument } = await import('../documents/uninstall.ts');
  print(terminal, uninstallDocument, {
    schemaVersion: 1,
    document: 'uninstall',
    stateDir,
    program: programFile(),
    data: flags.data === true,
    keys: keys === null ? null : [...keys],
    undelivered,
    removed: [...removed],
    stays: [...stays],
  });
}
