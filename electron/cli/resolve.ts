import { isNodeError, NodeError } from '../../shared/errors.ts';
import { describeReason } from '../../shared/reasons/reason-text.ts';
import type { StatePaths } from '../daemon/storage/paths.ts';
import type { Configuration } from '../node/configuration.ts';
import { type FlagOverrides, stateDirVariable, variables } from '../node/overrides.ts';
import * as node from '../node/state-directory.ts';
import { flags as allFlags, type Flag, type FlagName } from './args/flags.ts';
import type { Invocation } from './args/invocation.ts';
import { settingsNote, stateNote } from './terminal/notes.ts';

export type { Configuration };

/**
 * The state directory of this call; nothing is created.
 *
 * @throws NodeError `usage` when the flag or the variable names one that cannot be
 */
export async function resolvePaths(invocation: Invocation): Promise<StatePaths> {
  const { flags, env, terminal } = invocation;
  const stateDir = flags['state-dir'];
  const paths = await node.resolvePaths({ ...invocation, stateDir }).catch((error: unknown) => {
    if (!isNodeError(error, 'state-dir-unusable')) throw error;
    const remedy = `${describeReason(error.details.reason)}; give the full path of a directory for this node`;
    if (stateDir !== undefined) throw wrongUse('--state-dir', stateDir, remedy);
    const variable = env[stateDirVariable];
    throw variable === undefined ? error : wrongUse(stateDirVariable, variable, remedy);
  });
  const note = stateNote(paths);
  if (note !== null) terminal.err(`Note: ${note}`);
  return paths;
}

/**
 * Everything that is in force for this call, each value checked.
 *
 * @throws NodeError `usage` for a flag or a variable that cannot be, `identity-unreadable`
 */
export function resolveConfiguration(invocation: Invocation): Promise<Configuration> {
  return resolve(invocation, 'strict');
}

/** The same for a command that reports a record it cannot read, rather than fail over it. */
export function resolveConfigurationLeniently(invocation: Invocation): Promise<Configuration> {
  return resolve(invocation, 'lenient');
}

async function resolve(invocation: Invocation, record: 'strict' | 'lenient'): Promise<Configuration> {
  const { env, terminal, clock } = invocation;
  const paths = await resolvePaths(invocation);
  // With all settings there are, which a command that needs no more than the directory has no use for.
  const { openSettings } = await import('../daemon/storage/settings.ts');
  const { resolveConfiguration: resolved } = await import('../node/configuration.ts');
  const store = await openSettings({ paths }, { clock });
  for (const notice of store.notices) terminal.err(`Note: ${settingsNote(notice, paths.settingsFile)}`);
  const flags = overridesOf(invocation);
  try {
    return await resolved({ paths, env, clock }, { flags, record, store });
  } catch (error) {
    throw isNodeError(error, 'setting-invalid') ? asTyped(error) : error;
  }
}

/** What the flags of this call say, each with the flag that says it. */
export function overridesOf({ flags }: Invocation): FlagOverrides {
  const given = Object.entries(allFlags).flatMap(([name, { overrides }]: [string, Flag]) => {
    const value = flags[name as FlagName];
    if (overrides === undefined || value === undefined) return [];
    const { setting, value: meant = String(value) } = overrides;
    return [[setting, { name: `--${name}`, text: meant }] as const];
  });
  return Object.fromEntries(given);
}

const ofEnvironment: ReadonlySet<string | null> = new Set(Object.values(variables));

/** A flag or variable at fault is a wrong use of the command line; a saved setting is not. */
function asTyped(error: NodeError<'setting-invalid'>): NodeError {
  const { name, value, reason } = error.details;
  return name.startsWith('--') || ofEnvironment.has(name)
    ? wrongUse(name, value, describeReason(reason))
    : error;
}

/** Names the input as it was written. */
function wrongUse(name: string, value: string, remedy: string): NodeError {
  const input = name.startsWith('--') ? `${name} ${value}` : `${name}=${value}`;
  return new NodeError('usage', { input, remedy });
}
