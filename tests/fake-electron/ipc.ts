import { strict } from './not-implemented.ts';

export interface IpcEvent {
  readonly sender: object;
  readonly senderFrame: object | null;
  readonly processId: number;
  readonly frameId: number;
}
type Handler = (event: IpcEvent, ...args: unknown[]) => unknown;

const handlers = new Map<string, Handler>();
const listeners = new Map<string, Handler[]>();

export const ipcMain = strict('ipcMain', {
  handle(channel: string, handler: Handler): void {
    if (handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    handlers.set(channel, handler);
  },
  removeHandler: (channel: string) => void handlers.delete(channel),
  on(channel: string, listener: Handler) {
    listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
    return ipcMain;
  },
});

export async function invoke(channel: string, event: IpcEvent, args: unknown[]): Promise<unknown> {
  const handler = handlers.get(channel);
  if (!handler) throw new Error(`No handler registered for '${channel}'`);
  return handler(event, ...args);
}

export function deliver(channel: string, event: IpcEvent, args: unknown[]): void {
  for (const listener of listeners.get(channel) ?? []) listener(event, ...args);
}
