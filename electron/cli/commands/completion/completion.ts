import { NodeError } from '../../../../shared/errors.ts';
import type { CommandRun } from '../../args/invocation.ts';
import { exitCodes } from '../../exit-codes.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { zshCompletion } from './zsh.ts';

const scripts: Readonly<Record<string, () => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

export const runCompletion: CommandRun = async ({ operands, terminal }) => {
  const script = scripts[operands[0] ?? ''];
  if (script === undefined) {
    const remedy = 'needs the name of your shell: parallelix-operator completion bash, zsh or fish';
    throw new NodeError('usage', { input: 'completion', remedy });
  }
  terminal.write(script());
  return exitCodes.done;
};
