import type { StatePaths } from '../daemon/storage/paths.ts';
import { createContext, type NodeContext } from '../node/context.ts';
import type { Invocation } from './args/invocation.ts';
import { passphraseAsker } from './passphrases.ts';

/**
 * The node that a call is about, as every operation is given it; a terminal can be asked for the passphrase.
 *
 * @param who `unattended`: nobody is asked for it, for a command that is not to wait for anybody
 */
export function contextOf(
  { env, platform, homeDir, version, clock }: Invocation,
  paths: StatePaths,
  who: 'asked' | 'unattended' = 'asked',
): NodeContext {
  return createContext(
    { paths, env, platform, homeDir, version },
    { clock, askPassphrase: who === 'asked' ? passphraseAsker() : undefined },
  );
}
