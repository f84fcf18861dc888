import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeError } from '../../../../shared/errors.ts';
import type { SettingInForce, SettingsOperations } from '../../../node/operations/settings.ts';
import type { Invocation } from '../../args/invocation.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';

/** A value as it is typed. */
export function written(value: unknown): string {
  return value === null ? 'none' : typeof value === 'string' ? value : JSON.stringify(value);
}

/** What a person changed: new texts by name, and the names of lines that were deleted. */
export interface SettingEdits {
  set: ReadonlyMap<string, string>;
  unset: readonly string[];
}

const head = `# Settings of your node. Save and close to apply them. Close without changes to cancel.
# Delete a line to return to the default.
`;

/** The settings as a file, one a line. */
export function settingsText(settings: readonly SettingInForce[]): string {
  return [
    head,
    ...settings.map(
      ({ name, value, meaning, bounds }) => `# ${meaning} (${bounds})\n${name} = ${written(value)}\n`,
    ),
  ].join('\n');
}

/**
 * Reads such a file again.
 *
 * @throws NodeError `usage` with the line that is no setting
 */
export function readEdits(text: string, settings: readonly SettingInForce[]): SettingEdits {
  const given = new Map<string, string>();
  for (const line of text.split('\n')) {
    const plain = line.trim();
    if (plain === '' || plain.startsWith('#')) continue;
    const [, name = '', value = ''] = /^([\w.]+)\s*=\s*(.*)$/.exec(plain) ?? [];
    if (!settings.some((one) => one.name === name)) {
      const remedy = 'this line names no setting that can be changed here; nothing was saved';
      throw new NodeError('usage', { input: plain.slice(0, 80), remedy });
    }
    given.set(name, value);
  }
  const unset = settings.filter(({ name, source }) => !given.has(name) && source === 'saved');
  const now = new Map(settings.map(({ name, value }) => [name, written(value)]));
  return {
    set: new Map([...given].filter(([name, value]) => value !== now.get(name))),
    unset: unset.map(({ name }) => name),
  };
}

/** Opens all settings in the person's editor and saves what was changed: everything, or nothing where a line is wrong. */
export async function editSettings(invocation: Invocation, settings: SettingsOperations): Promise<ExitCode> {
  const { flags, terminal } = invocation;
  if (flags.json) throw new NodeError('usage', { input: '--json', remedy: 'use config set instead' });
  const editable = settings.list().filter((one) => one.editable && !one.name.startsWith('desktop.explained'));
  const edits = readEdits(await inEditor(invocation, settingsText(editable)), editable);
  for (const [name, text] of edits.set) settings.check(name, { text });
  let needsRestart = false;
  for (const [name, text] of edits.set) {
    const { saved, needsRestart: restart } = await settings.set(name, { text });
    needsRestart ||= restart;
    terminal.out(`${name} is now ${written(saved.value)}.`);
  }
  for (const name of edits.unset) {
    const { saved, needsRestart: restart } = await settings.unset(name);
    needsRestart ||= restart;
    terminal.out(`${name} is back to its default, ${written(saved.value)}.`);
  }
  if (edits.set.size + edits.unset.length === 0) terminal.out('Nothing was changed.');
  else if (needsRestart) terminal.out('Restart your node to use it: parallelix-operator restart');
  return exitCodes.done;
}

/** The text as the editor left it. @throws NodeError `usage`, `cancelled` */
async function inEditor({ env }: Invocation, text: string): Promise<string> {
  const editor = env.VISUAL || env.EDITOR || 'vi';
  const folder = await mkdtemp(join(tmpdir(), 'parallelix-operator-'));
  try {
    const file = join(folder, 'settings.conf');
    await writeFile(file, text, { mode: 0o600 });
    // As git does it: what is set may hold words of its own.
    const code = await new Promise<number | null>((resolve) => {
      const child = spawn('sh', ['-c', `${editor} "$1"`, 'sh', file], { env, stdio: 'inherit' });
      child.on('error', () => resolve(127));
      child.on('close', resolve);
    });
    if (code === 127) {
      const remedy = `no editor "${editor}" here; name one with EDITOR, for example EDITOR=nano`;
      throw new NodeError('usage', { input: 'config edit', remedy });
    }
    if (code !== 0) throw new NodeError('cancelled', { reason: 'aborted' });
    return await readFile(file, 'utf8');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
