import type { NodeError, NodeErrorCode } from '../errors.ts';
import { keyErrorTexts } from './error-words-key.ts';
import { modelErrorTexts } from './error-words-models.ts';
import { nodeErrorTexts } from './error-words-node.ts';
import { printable } from './printable.ts';
import { type ErrorTexts, type Problem, problem, problemText, type Surface } from './problem.ts';
import { updateText } from './update-text.ts';

export { describeReason, reasonNames } from './reason-text.ts';
export { printable };

export const errorText: ErrorTexts = {
  ...updateText,
  ...keyErrorTexts,
  ...nodeErrorTexts,
  ...modelErrorTexts,
};

/** An error in three fields. */
function problemOf<C extends NodeErrorCode>(error: NodeError<C>): Problem {
  // A code may come over the socket from a newer daemon.
  const text = Object.hasOwn(errorText, error.code) ? errorText[error.code] : null;
  return text === null
    ? problem(`The running node answered: ${error.code}.`, null, null)
    : text(error.details);
}

/** An error as text, on one line. */
export function describeError<C extends NodeErrorCode>(
  error: NodeError<C>,
  surface: Surface = 'terminal',
): string {
  return printable(problemText(problemOf(error), surface), 1000);
}
