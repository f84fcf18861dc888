import { describe, expect, it } from 'vitest';
import type { OperatorBridge } from '../../../renderer/bridge.ts';
import { createStore } from '../../../renderer/store.ts';
import type { AppState } from '../../../shared/contract/app.ts';
import type { DaemonEvent } from '../../../shared/contract/messages.ts';
import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import { sampleApp, sampleSnapshot } from '../../fixtures/e2e/renderer-samples.ts';

/** A host whose events and answers the test hands out one by one. */
function createHost() {
  const app = new Set<(state: AppState) => void>();
  const daemon = new Set<(event: DaemonEvent) => void>();
  const waiting: ((snapshot: Snapshot | null) => void)[] = [];
  const bridge = {
    ask: () =>
      new Promise((resolve) => {
        waiting.push((snapshot) =>
          resolve(
            snapshot
              ? { ok: true, output: snapshot }
              : { ok: false, error: { code: 'no-daemon', details: { stateDir: '/x' } } },
          ),
        );
      }),
    onAppState: (listener: (state: AppState) => void) => {
      app.add(listener);
      return () => app.delete(listener);
    },
    onDaemon: (listener: (event: DaemonEvent) => void) => {
      daemon.add(listener);
      return () => daemon.delete(listener);
    },
    onPage: () => () => undefined,
  } as unknown as OperatorBridge;
  return {
    bridge,
    listeners: () => app.size + daemon.size,
    asked: () => waiting.length,
    answer: async (snapshot: Snapshot | null) => {
      waiting.shift()?.(snapshot);
      await new Promise((resolve) => setImmediate(resolve));
    },
    app: (state: AppState) => {
      for (const listener of app) listener(state);
    },
    daemon: (event: DaemonEvent) => {
      for (const listener of daemon) listener(event);
    },
  };
}

const served = (n: number) => ({ ...sampleSnapshot().serving, served: n });
const change = (version: number, n: number): DaemonEvent => ({
  event: 'change',
  version,
  changes: { serving: served(n) },
});

function start() {
  const host = createHost();
  const store = createStore(host.bridge);
  host.app(sampleApp());
  host.daemon({ event: 'snapshot', version: 7, snapshot: sampleSnapshot() });
  return { host, store };
}

describe('the store of a window', () => {
  it('replaces the sections of a change and leaves the others as they are', () => {
    const { host, store } = start();
    const before = store.view.snapshot;
    host.daemon(change(8, 200));
    expect(store.view.snapshot?.serving.served).toBe(200);
    expect(store.view.snapshot?.hardware).toBe(before?.hardware);
    expect(host.asked()).toBe(0);
  });

  it('asks for the snapshot again when a version is missed, once, and goes on from there', async () => {
    const { host, store } = start();
    host.daemon(change(9, 300));
    host.daemon(change(10, 301));
    expect(host.asked()).toBe(1);
    // What arrived meanwhile is older than the answer and does not undo it.
    expect(store.view.snapshot?.serving.served).toBe(137);
    await host.answer(sampleSnapshot({ serving: served(302) }));
    expect(store.view.snapshot?.serving.served).toBe(302);
    host.daemon(change(11, 303));
    expect(store.view.snapshot?.serving.served).toBe(303);
    expect(host.asked()).toBe(0);
  });

  it('asks once more with the next change when the snapshot could not be had', async () => {
    const { host, store } = start();
    host.daemon(change(9, 300));
    await host.answer(null);
    expect(store.view.snapshot?.serving.served).toBe(137);
    host.daemon(change(10, 301));
    expect(host.asked()).toBe(1);
  });

  it('drops the snapshot of a daemon that is gone, so that nothing old is shown as present', () => {
    const { host, store } = start();
    host.app(sampleApp({ node: { phase: 'stopped', sinceMs: 1 } }));
    expect(store.view.snapshot).toBeNull();
    host.app(sampleApp({ node: { phase: 'hosting' } }));
    expect(store.view.snapshot).toBeNull();
  });

  it('notifies its listeners of every change until they leave, and lets go of the host when stopped', () => {
    const { host, store } = start();
    let heard = 0;
    const leave = store.subscribe(() => {
      heard += 1;
    });
    host.daemon(change(8, 200));
    leave();
    host.daemon(change(9, 201));
    expect(heard).toBe(1);
    store.stop();
    expect(host.listeners()).toBe(0);
  });
});
