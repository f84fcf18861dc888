import { NodeError, type NodeErrorCode } from '../errors.ts';
import { translatable } from '../language.ts';
import { printable } from '../printable.ts';
import { keyErrorTexts } from './error-words-key.ts';
import { modelErrorTexts } from './error-words-models.ts';
import { nodeErrorTexts } from './error-words-node.ts';
import { type ErrorTexts, type Problem, problem, problemText, type Surface } from './problem.ts';
import { updateText } from './update-text.ts';

export { describeReason, reasonNames } from '../reasons/reason-text.ts';
export { printable };

export const errorText: ErrorTexts = {
  ...updateText,
  ...keyErrorTexts,
  ...nodeErrorTexts,
  ...modelErrorTexts,
};

/** The words of every error. */
export const errorWords = translatable<ErrorTexts>(errorText);

/** Of a code that only a newer version knows. */
export const unknownError = translatable((code: string) => `The running node answered: ${code}.`);

/** An error in three fields. */
function problemOf<C extends NodeErrorCode>(error: NodeError<C>): Problem {
  // A code may come over the socket from a newer daemon.
  return Object.hasOwn(errorText, error.code)
    ? errorWords()[error.code](error.details)
    : problem(unknownError()(error.code), null, null);
}

/** An error that a finding holds: its code, and its details as JSON. */
export function problemOfFinding({ error, details }: { error: NodeErrorCode; details: string }): Problem {
  return problemOf(new NodeError(error, JSON.parse(details) as never));
}

/** What is said of it where its action stands by itself. */
export function whatOfError(finding: { error: NodeErrorCode; details: string }): string {
  const { what, effect } = problemOfFinding(finding);
  return printable(problemText(problem(what, effect, null), 'window'), 1000);
}

/** An error as text, on one line. */
export function describeError<C extends NodeErrorCode>(
  error: NodeError<C>,
  surface: Surface = 'terminal',
): string {
  return printable(problemText(problemOf(error), surface), 1000);
}
