import type { AppState, AskInput, AskName, AskOutput, Page } from '../shared/contract/app.ts';
import type { Answer, OperatorBridge } from '../shared/contract/bridge.ts';
import type { Preparation } from '../shared/contract/preparation.ts';
import type { RequestRecord } from '../shared/contract/records.ts';
import type { Snapshot } from '../shared/contract/snapshot.ts';

/**
 * The one place that knows how the interface speaks with its host: `window.operator`, as the contract describes it,
 * and what pages are written for although the contract has no word for it yet.
 */

/**
 * Commands that are not in the contract yet. A host that does not know one answers `command-unknown`, and the page
 * says that this version cannot do it. One that the contract gains is taken from there: see `AwaitedName`.
 */
interface AwaitedCommands {
  'requests.recent': {
    input: { beforeSeq: number | null; limit: number };
    output: { requests: RequestRecord[]; more: boolean };
  };
}
type AwaitedName = Exclude<keyof AwaitedCommands, AskName>;

export type BridgeName = AskName | AwaitedName;
export type BridgeInput<N extends BridgeName> = N extends AskName
  ? AskInput<N>
  : N extends AwaitedName
    ? AwaitedCommands[N]['input']
    : never;
export type BridgeOutput<N extends BridgeName> = N extends AskName
  ? AskOutput<N>
  : N extends AwaitedName
    ? AwaitedCommands[N]['output']
    : never;

export type CatalogueEntry = BridgeOutput<'models.catalogue'>['models'][number];

export type { Answer, AppState, OperatorBridge, Page, Preparation, Snapshot };
export type Failure = Extract<Answer<never>, { ok: false }>['error'];
export type Ask = <N extends BridgeName>(name: N, input: BridgeInput<N>) => Promise<Answer<BridgeOutput<N>>>;

/** Asks the host; whatever is thrown on the way becomes an answer too. */
export function askThrough(host: OperatorBridge): Ask {
  return async (name, input) => {
    try {
      const ask = host.ask as unknown as Ask;
      return await ask(name, input);
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
