import type { AppState, AskInput, AskName, AskOutput, Page } from './app.ts';
import type { DaemonEvent } from './messages.ts';

/** Answers cross as values: an error thrown over the bridge would lose its code. */
export type Answer<T> =
  | { ok: true; output: T }
  | { ok: false; error: { code: string; details: Record<string, unknown> } };

/**
 * `window.operator`: all that a page has. Frozen, without a channel name or anything of Electron.
 * Listeners are given the present state first, then every change; what they return takes them back.
 */
export interface OperatorBridge {
  ask<N extends AskName>(name: N, input: AskInput<N>): Promise<Answer<AskOutput<N>>>;
  onAppState(listener: (state: AppState) => void): () => void;
  /** The daemon's events: a snapshot first and whenever the daemon changed, then versioned changes. */
  onDaemon(listener: (event: DaemonEvent) => void): () => void;
  /** A deep link or the tray asks for a page. */
  onPage(listener: (page: Page) => void): () => void;
}

declare global {
  var operator: OperatorBridge;
}
