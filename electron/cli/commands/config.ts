import { NodeError } from '../../../shared/errors.ts';
import { findDaemon } from '../../daemon/storage/lock.ts';
import { ensureStateDir } from '../../daemon/storage/paths.ts';
import { parseSettingText, type SettingDescription } from '../../daemon/storage/settings.ts';
import { checkedOllamaAddress, describeSettings, type Source } from '../../node/configuration.ts';
import type { CommandRun, Invocation } from '../args/invocation.ts';
import { nearest } from '../args/suggest.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type Configuration, resolveConfiguration } from '../resolve.ts';
import { paragraph, table } from '../terminal/layout.ts';

export const runConfig: CommandRun = async (invocation) => {
  const { operands } = invocation;
  const [word = 'list', name, value] = operands;
  const wanted = { list: 1, get: 2, set: 3, unset: 2 }[word] ?? 1;
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
  const configuration = await resolveConfiguration(invocation);
  if (name === undefined) return list(invocation, configuration);
  const entry = entryNamed(configuration, name);
  if (word === 'get') return show(invocation, entry, null);
  return change(
    invocation,
    configuration,
    entry,
    word === 'set' ? settingText(name, value ?? '') : undefined,
  );
};

type Entry = Omit<SettingDescription, 'source'> & { source: Source };

/** Every setting with the value in force. */
function entriesOf(configuration: Configuration): Entry[] {
  return describeSettings(configuration.store, configuration).map(({ givenBy: _, ...entry }) => entry);
}

function entryNamed(configuration: Configuration, name: string): Entry {
  const entries = entriesOf(configuration);
  const entry = entries.find((one) => one.name === name);
  if (entry) return entry;
  const meant = nearest(
    name,
    entries.map((one) => one.name),
  );
  const remedy =
    meant === null
      ? 'there is no such setting; see: parallelix-operator config list'
      : `there is no such setting; did you mean ${meant}?`;
  throw new NodeError('usage', { input: name, remedy });
}

/** @throws NodeError `setting-invalid`, `usage` */
function settingText(name: string, text: string): unknown {
  const value = parseSettingText(name, text);
  // Judged by Ollama's own rules too: prompts never go to a third party.
  if (name === 'ollamaUrl' && typeof value === 'string') checkedOllamaAddress({ text: value, name });
  return value;
}

async function change(
  invocation: Invocation,
  { store, paths }: Configuration,
  { name }: Entry,
  value: unknown,
): Promise<ExitCode> {
  await ensureStateDir(paths, invocation);
  await store.set(name, value);
  const saved = store.describe().find((one) => one.name === name);
  if (saved === undefined) throw new NodeError('internal-error', {});
  const running = (await findDaemon(paths, invocation)) !== null;
  return show(invocation, saved, running);
}

function written(value: unknown): string {
  return value === null ? 'none' : typeof value === 'string' ? value : JSON.stringify(value);
}

async function show(
  { flags, terminal }: Invocation,
  entry: Entry,
  needsRestart: boolean | null,
): Promise<ExitCode> {
  if (flags.json) {
    const { printDocument, settingDocument } = await import('../documents/documents.ts');
    printDocument(terminal, settingDocument, {
      schemaVersion: 1,
      document: 'setting',
      ...entry,
      needsRestart,
    });
    return exitCodes.done;
  }
  if (needsRestart === null) terminal.out(written(entry.value));
  else terminal.out(`${entry.name} is ${written(entry.value)} now (${entry.source}).`);
  if (needsRestart) {
    terminal.out(
      'The running node goes on with what it started with; stop it with drain and start it again to use this.',
    );
  }
  return exitCodes.done;
}

async function list({ flags, terminal }: Invocation, configuration: Configuration): Promise<ExitCode> {
  const { paths, nodeId, owner } = configuration;
  const stateDirSource = ({ option: 'flag', environment: 'environment', convention: 'default' } as const)[
    paths.chosenBy
  ];
  const settings = entriesOf(configuration);
  if (flags.json) {
    const { configDocument, printDocument } = await import('../documents/documents.ts');
    const stateDir = { value: paths.stateDir, source: stateDirSource };
    printDocument(terminal, configDocument, {
      schemaVersion: 1,
      document: 'config',
      stateDir,
      nodeId,
      owner,
      settings,
    });
    return exitCodes.done;
  }
  const rows = [
    ['stateDir', paths.stateDir, stateDirSource, 'where everything of this node lies'],
    ['nodeId', written(nodeId.value), nodeId.source, 'the node it serves as'],
    ['owner', written(owner.value), owner.source, 'the staking wallet'],
    ...settings.map(({ name, value, source, meaning }) => [name, written(value), source, meaning]),
  ];
  terminal.out(table([['NAME', 'VALUE', 'SOURCE', 'MEANING'], ...rows], 0));
  terminal.out(`\n${paragraph(terminal, 'Change one with: parallelix-operator config set NAME VALUE', 0)}`);
  return exitCodes.done;
}
