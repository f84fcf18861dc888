import type { AppState, AskInput, AskName, AskOutput, Page } from '../shared/contract/app.ts';
import type { Answer, OperatorBridge } from '../shared/contract/bridge.ts';
import type { Preparation } from '../shared/contract/preparation.ts';
import type { Snapshot } from '../shared/contract/snapshot.ts';

/**
 * The one place that knows how the interface speaks with its host: `window.operator`, as the contract describes it.
 */

export type CatalogueEntry = AskOutput<'models.catalogue'>['models'][number];

export type { Answer, AppState, AskInput, AskName, AskOutput, OperatorBridge, Page, Preparation, Snapshot };
export type Failure = Extract<Answer<never>, { ok: false }>['error'];
export type Ask = OperatorBridge['ask'];

/** Asks the host; whatever is thrown on the way becomes an answer too. */
export function askThrough(host: OperatorBridge): Ask {
  return async (name, input) => {
    try {
      return await host.ask(name, input);
    } catch {
      return { ok: false, error: { code: 'internal-error', details: {} } };
    }
  };
}

/** True for the answer of a host that does not know the command. */
export function isUnavailable(failure: Failure): boolean {
  return failure.code === 'command-unknown';
}

/** The host of this window; null in a page that was opened anywhere else than in the app. */
export function findHost(): OperatorBridge | null {
  return (globalThis as { operator?: OperatorBridge }).operator ?? null;
}
