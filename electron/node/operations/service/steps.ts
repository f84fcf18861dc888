import { isNodeError } from '../../../../shared/errors.ts';

/** Work in steps that are taken back, the last one first, when a later one fails. */
export interface Steps {
  /** Does one thing; `undo` is kept for later, and gets what the step gave. */
  do<T>(step: () => Promise<T>, undo?: (result: T) => Promise<void>): Promise<T>;
}

/**
 * @throws what the step that failed threw, once everything before it is taken back. What cannot be taken back is left
 *   as it is: the first error is the one to tell
 */
export async function inSteps<T>(work: (steps: Steps) => Promise<T>): Promise<T> {
  const undone: (() => Promise<void>)[] = [];
  try {
    return await work({
      async do(step, undo) {
        const result = await step();
        if (undo !== undefined) undone.push(() => undo(result));
        return result;
      },
    });
  } catch (error) {
    for (const undo of undone.reverse()) {
      await undo().catch((second: unknown) => {
        if (!isNodeError(second) && !(second instanceof Error)) throw second;
      });
    }
    throw error;
  }
}
