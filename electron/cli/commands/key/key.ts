import { NodeError } from '../../../../shared/errors.ts';
import type { FlagName } from '../../args/flags.ts';
import type { CommandRun } from '../../args/invocation.ts';

interface KeyWord {
  /** What may follow it, and whether it must. */
  operand: 'none' | 'optional' | 'required';
  /** Of the flags of `key`, besides those of every command. */
  flags: readonly FlagName[];
  load: () => Promise<CommandRun>;
}

const adoption = ['wallet', 'passphrase-file', 'passphrase', 'different-key', 'yes-really'] as const;

const keyCommands: Readonly<Record<string, KeyWord>> = {
  show: { operand: 'none', flags: [], load: async () => (await import('./show.ts')).runKeyShow },
  backup: {
    operand: 'required',
    flags: ['passphrase-file'],
    load: async () => (await import('./backup.ts')).runKeyBackup,
  },
  restore: {
    operand: 'required',
    flags: [...adoption, 'old-machine-is-off'],
    load: async () => (await import('./restore.ts')).runKeyRestore,
  },
  import: {
    operand: 'optional',
    flags: [...adoption, 'old-machine-is-off'],
    load: async () => (await import('./import.ts')).runKeyImport,
  },
  move: {
    operand: 'none',
    flags: ['to', 'passphrase', 'no-passphrase', 'passphrase-file'],
    load: async () => (await import('./move.ts')).runKeyMove,
  },
  repair: { operand: 'none', flags: [], load: async () => (await import('./repair.ts')).runKeyRepair },
  confirm: {
    operand: 'none',
    flags: ['old-machine-is-off'],
    load: async () => (await import('./confirm.ts')).runKeyConfirm,
  },
};

const common: readonly string[] = ['state-dir', 'plain', 'json', 'debug', 'help', 'version'];

export const runKey: CommandRun = async (invocation) => {
  const { operands, flags } = invocation;
  const [name = 'show', operand] = operands;
  const word = keyCommands[name];
  if (word === undefined) throw new NodeError('usage', { input: name, remedy: 'key does not know it' });
  if (operand !== undefined && word.operand === 'none') {
    throw new NodeError('usage', { input: operand, remedy: `key ${name} takes nothing more` });
  }
  if (operand === undefined && word.operand === 'required') {
    const remedy = `needs a file: parallelix-operator key ${name} FILE`;
    throw new NodeError('usage', { input: `key ${name}`, remedy });
  }
  for (const flag of Object.keys(flags)) {
    if (common.includes(flag) || word.flags.some((taken) => taken === flag)) continue;
    const users = Object.keys(keyCommands).filter((one) =>
      keyCommands[one]?.flags.some((taken) => taken === flag),
    );
    const remedy = `key ${name} does not take it; it belongs to key ${users.join(', key ')}`;
    throw new NodeError('usage', { input: `--${flag}`, remedy });
  }
  return (await word.load())(invocation);
};
