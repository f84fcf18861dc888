import { contextBridge, ipcRenderer } from 'electron';
import type { OperatorBridge } from '../shared/contract/bridge.ts';
import { askChannel, type EventKind, eventChannel, listenChannel } from './desktop/ipc/channels.ts';

/**
 * The one bridge between a window and the app. What crosses it is checked on the other side, against
 * the contract; here nothing is decided, and nothing of Electron is handed on.
 */

type Listener = (value: unknown) => void;
const listeners: Record<EventKind, Set<Listener>> = { app: new Set(), daemon: new Set(), page: new Set() };

ipcRenderer.on(eventChannel, (_event, kind: EventKind, value: unknown) => {
  for (const listener of listeners[kind]) listener(value);
});

function listen(kind: EventKind, listener: Listener): () => void {
  // One function may be given twice, and each is taken back by itself.
  const own: Listener = (value) => listener(value);
  listeners[kind].add(own);
  void ipcRenderer.invoke(listenChannel, kind);
  return () => void listeners[kind].delete(own);
}

const bridge: OperatorBridge = Object.freeze({
  ask: (name: string, input: unknown) => ipcRenderer.invoke(askChannel, name, input),
  onAppState: (listener: unknown) => listen('app', listener as Listener),
  onDaemon: (listener: unknown) => listen('daemon', listener as Listener),
  onPage: (listener: unknown) => listen('page', listener as Listener),
} as OperatorBridge);

contextBridge.exposeInMainWorld('operator', bridge);
