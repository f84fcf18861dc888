import type { NodeErrorCode, NodeErrorDetails } from '../errors.ts';

/** What to do: one text, or one for the terminal and one for windows, where no command belongs. */
export type Action = string | { readonly window: string | null; readonly terminal: string };

/** A problem as people read it. [voice.md "Ten rules"] */
export interface Problem {
  /** What happened. */
  readonly what: string;
  /** What it means for earning; null where it means nothing. */
  readonly effect: string | null;
  /** One thing to do; null where there is nothing. */
  readonly action: Action | null;
}

/** What every error says; a new code without a text does not compile. */
export type ErrorTexts = { readonly [C in NodeErrorCode]: (details: NodeErrorDetails[C]) => Problem };

/** Where a text is shown. */
export type Surface = 'window' | 'terminal';

export const problem = (what: string, effect: string | null, action: Action | null): Problem => ({
  what,
  effect,
  action,
});

/** An action that is done by a button or in a page of the app, and by a command in a terminal. */
export const eitherWay = (window: string | null, terminal: string): Action => ({ window, terminal });

/** An action, as it is said there; null where there is nothing to do. */
export function actionOn(surface: Surface, action: Action | null): string | null {
  return action === null || typeof action === 'string' ? action : action[surface];
}

/** The three fields as one text. */
export function problemText({ what, effect, action }: Problem, surface: Surface): string {
  return [what, effect, actionOn(surface, action)].filter((text) => text !== null).join(' ');
}
