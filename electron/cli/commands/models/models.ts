import { NodeError } from '../../../../shared/errors.ts';
import type { CommandRun } from '../../args/invocation.ts';

const withModel: Readonly<Record<string, { needed: boolean; load: () => Promise<ModelRun> }>> = {
  pull: { needed: true, load: async () => (await import('./pull.ts')).pullModel },
  rm: { needed: true, load: async () => (await import('./rm.ts')).removeModel },
  test: { needed: false, load: async () => (await import('./test.ts')).testModel },
};

type ModelRun = (invocation: Parameters<CommandRun>[0], model: string | undefined) => ReturnType<CommandRun>;

export const runModels: CommandRun = async (invocation) => {
  const [word = 'list', extra] = invocation.operands;
  const taking = Object.hasOwn(withModel, word) ? withModel[word] : undefined;
  if (taking !== undefined) {
    if (taking.needed && extra === undefined) {
      const remedy = `needs the name of a model: models ${word} NAME`;
      throw new NodeError('usage', { input: `models ${word}`, remedy });
    }
    return (await taking.load())(invocation, extra);
  }
  if (extra !== undefined)
    throw new NodeError('usage', { input: extra, remedy: `models ${word} takes nothing more` });
  if (word === 'list') return (await import('./list.ts')).listModels(invocation);
  const { showCatalogue, showRecommendation } = await import('./catalog.ts');
  return word === 'catalog' ? showCatalogue(invocation) : showRecommendation(invocation);
};
