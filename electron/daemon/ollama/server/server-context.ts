import type { ModelBudget } from '../../hardware/model-budget.ts';
import type { StatePaths } from '../../storage/paths.ts';
import type { Settings } from '../../storage/settings.ts';
import { serverContext } from '../models/context.ts';
import { recordedServerRuns } from './own-server.ts';

/** Where a node is kept, and which Ollama it uses. */
interface Subject {
  paths: Pick<StatePaths, 'ollamaServerFile'>;
  settings: Settings;
  ollama: { remote: boolean };
}

/**
 * The context that requests get from an Ollama that answers, tokens, for who does not supervise it: a server that no
 * run of ours has on record is its user's.
 *
 * @param whose as a running node says; null: it says nothing
 */
export async function serverContextHere(
  { paths, settings, ollama }: Subject,
  facts: { version: string | null; modelBudget: ModelBudget; whose?: 'ours' | 'users' | 'remote' | null },
): Promise<number> {
  const { version, modelBudget, whose = null } = facts;
  const ours = whose === null ? await recordedServerRuns(paths.ollamaServerFile) : whose === 'ours';
  return serverContext(settings.ollama.contextTokens, {
    usersOwn: !ours,
    version,
    modelBudget: ollama.remote ? null : modelBudget,
  });
}
