import { NodeError } from '../../../../shared/errors.ts';
import { findDaemon } from '../../../daemon/storage/lock.ts';
import type { SettingDescription } from '../../../daemon/storage/settings.ts';
import type { Source } from '../../../node/configuration.ts';
import {
  createSettingsOperations,
  type SettingInForce,
  type SettingsOperations,
} from '../../../node/operations/settings.ts';
import type { CommandRun, Invocation } from '../../args/invocation.ts';
import { nearest } from '../../args/suggest.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { type Configuration, overridesOf, resolveConfiguration } from '../../resolve.ts';
import { paragraph, table } from '../../terminal/layout.ts';
import { editSettings, written } from './edit.ts';

export const runConfig: CommandRun = async (invocation) => {
  const { operands } = invocation;
  const [word = 'list', name, value] = operands;
  const wanted = { list: 1, get: 2, set: 3, unset: 2, edit: 1 }[word] ?? 1;
  const excess = operands[wanted];
  if (excess !== undefined)
    throw new NodeError('usage', { input: excess, remedy: `config ${word} takes nothing more` });
  if (wanted > Math.max(1, operands.length)) {
    const form = { get: 'get NAME', set: 'set NAME VALUE', unset: 'unset NAME' }[word] ?? word;
    throw new NodeError('usage', {
      input: `config ${operands.join(' ')}`,
      remedy: `write: parallelix-operator config ${form}`,
    });
  }
  if (invocation.flags.changed && word !== 'list')
    throw new NodeError('usage', { input: '--changed', remedy: 'belongs to config list' });
  const configuration = await resolveConfiguration(invocation);
  const { store, paths } = configuration;
  const settings = createSettingsOperations(
    { ...invocation, paths },
    {
      store,
      flags: overridesOf(invocation),
      running: async () => ((await findDaemon(paths, invocation)) === null ? null : 'elsewhere'),
    },
  );
  if (word === 'edit') return editSettings(invocation, settings);
  if (name === undefined) return list(invocation, configuration, settings.list());
  requireName(settings, name);
  if (word === 'get') return show(invocation, settings.get(name), null);
  const { saved, needsRestart } = await (word === 'set'
    ? settings.set(name, { text: value ?? '' })
    : settings.unset(name));
  return show(invocation, saved, needsRestart);
};

type Entry = Omit<SettingDescription, 'source'> & { source: Source };

/** @throws NodeError `usage` with the name that was probably meant */
function requireName(settings: SettingsOperations, name: string): void {
  const names = settings.list().map((one) => one.name);
  if (names.includes(name)) return;
  const meant = nearest(name, names);
  const remedy =
    meant === null
      ? 'there is no such setting; see: parallelix-operator config list'
      : `there is no such setting; did you mean ${meant}?`;
  throw new NodeError('usage', { input: name, remedy });
}

async function show(
  { flags, terminal }: Invocation,
  { name, value, default: fallback, bounds, meaning, source }: Entry,
  needsRestart: boolean | null,
): Promise<ExitCode> {
  if (flags.json) {
    const { printDocument, settingDocument } = await import('../../documents/documents.ts');
    printDocument(terminal, settingDocument, {
      schemaVersion: 1,
      document: 'setting',
      ...{ name, value, default: fallback, bounds, meaning, source },
      needsRestart,
    });
    return exitCodes.done;
  }
  if (needsRestart === null) terminal.out(written(value));
  else terminal.out(`${name} is now ${written(value)} (${source}).`);
  if (needsRestart) {
    terminal.out('Restart your node to use it: parallelix-operator restart');
  }
  return exitCodes.done;
}

async function list(
  { flags, terminal }: Invocation,
  { paths, nodeId, owner }: Configuration,
  settings: readonly SettingInForce[],
): Promise<ExitCode> {
  const stateDirSource = ({ option: 'flag', environment: 'environment', convention: 'default' } as const)[
    paths.chosenBy
  ];
  if (flags.json) {
    const { configDocument, printDocument } = await import('../../documents/documents.ts');
    const stateDir = { value: paths.stateDir, source: stateDirSource };
    printDocument(terminal, configDocument, {
      schemaVersion: 1,
      document: 'config',
      stateDir,
      nodeId,
      owner,
      settings: settings
        .filter(({ source }) => !flags.changed || source !== 'default')
        .map(({ givenBy: _, editable: __, ...setting }) => setting),
    });
    return exitCodes.done;
  }
  const rows = [
    ['stateDir', paths.stateDir, stateDirSource, 'the folder of this node'],
    ['nodeId', written(nodeId.value), nodeId.source, 'the node it serves as'],
    ['owner', written(owner.value), owner.source, 'the staking wallet'],
    ...settings
      .filter(isForPeople)
      .map(({ name, value, source, meaning }) => [name, written(value), source, meaning]),
  ].filter(([, , source]) => !flags.changed || source !== 'default');
  if (rows.length === 0) terminal.out('Every setting is at its default.');
  else terminal.out(table([['NAME', 'VALUE', 'SOURCE', 'MEANING'], ...rows], 0));
  terminal.out(`\n${paragraph(terminal, 'Change one with: parallelix-operator config set NAME VALUE', 0)}`);
  return exitCodes.done;
}

/** What only the program sets is no setting of anybody's. */
const isForPeople = ({ editable, givenBy, name }: SettingInForce) =>
  (editable || givenBy !== null) && !name.startsWith('desktop.explained');
