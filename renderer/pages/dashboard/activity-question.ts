import type { AskOutput } from '../../bridge.ts';
import type { Question } from '../../hooks.ts';

/** The record of a day or a month, as the page asked for it. */
export type ActivityQuestion = Question<AskOutput<'activity'>>;
