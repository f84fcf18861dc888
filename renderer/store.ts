import { applyEvent, follows } from '../shared/contract/changes.ts';
import type { DaemonEvent } from '../shared/contract/messages.ts';
import type { AppState, Ask, OperatorBridge, Page, Snapshot } from './bridge.ts';
import { askThrough } from './bridge.ts';

/** All that the pages render: what the host pushed, as it pushed it. Null is "not received yet". */
export interface View {
  readonly app: AppState | null;
  readonly snapshot: Snapshot | null;
}

export interface Store {
  readonly view: View;
  subscribe(listener: () => void): () => void;
  readonly ask: Ask;
  onPage(listener: (page: Page) => void): () => void;
  stop(): void;
}

/** Phases in which somebody pushes snapshots; in the others an old one would be shown as a present one. */
function hasSnapshot({ node }: AppState): boolean {
  return node.phase === 'hosting' || (node.phase === 'attached' && node.compatible);
}

/**
 * Keeps the newest app state and snapshot. Changes replace whole sections and carry a version; when one is missed
 * the snapshot is asked for again, and what arrives until it comes is older than it, because one line carries both.
 */
export function createStore(host: OperatorBridge): Store {
  const listeners = new Set<() => void>();
  const ask = askThrough(host);
  let view: View = { app: null, snapshot: null };
  let version: number | null = null;
  let askingAgain = false;

  const show = (next: View) => {
    view = next;
    for (const listener of listeners) listener();
  };

  const askAgain = async () => {
    if (askingAgain) return;
    askingAgain = true;
    const answer = await ask('snapshot', {});
    askingAgain = false;
    // Without an answer the figures stay as they are, with their ages; the next change asks once more.
    if (answer.ok) show({ ...view, snapshot: answer.output });
    else version = null;
  };

  const onDaemon = (event: DaemonEvent) => {
    if (event.event === 'snapshot') {
      version = event.version;
      show({ ...view, snapshot: event.snapshot });
      return;
    }
    const known = version === null || view.snapshot === null ? null : { version, snapshot: view.snapshot };
    version = event.version;
    if (askingAgain) return;
    const next = follows(known, event) ? applyEvent(known, event) : null;
    if (next) show({ ...view, snapshot: next.snapshot });
    else void askAgain();
  };

  const onAppState = (app: AppState) => show(hasSnapshot(app) ? { ...view, app } : { app, snapshot: null });

  const ends = [host.onAppState(onAppState), host.onDaemon(onDaemon)];
  return {
    get view() {
      return view;
    },
    ask,
    onPage: (listener) => host.onPage(listener),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      for (const end of ends) end();
      listeners.clear();
    },
  };
}
