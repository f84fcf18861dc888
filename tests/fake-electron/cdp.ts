/** An event of Chromium's DevTools protocol; its shapes are the protocol's own. */
export interface CdpEvent {
  method: string;
  // biome-ignore lint/suspicious/noExplicitAny: the protocol has hundreds of shapes, each read where it is used.
  params: any;
  sessionId: string | undefined;
}

/** One connection to Chromium, with every page and worker as a session of it. */
export interface Cdp {
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  send(method: string, params?: object, sessionId?: string): Promise<any>;
  onEvent(listener: (event: CdpEvent) => void): void;
  close(): void;
}

/** A page, frame or worker went while something was asked of it: what was asked has become pointless. */
class TargetGone extends Error {}

const goneMessages =
  /^(Session with given id not found|Target closed|No target with given id|Inspected target navigated or closed|Not attached to an active page|Chromium is gone)/;

/** Takes the end of a page for what it is; anything else is a fault of this host, and ends it. */
export function unlessGone(error: unknown): void {
  if (!(error instanceof TargetGone)) throw error;
}

export async function connectCdp(url: string): Promise<Cdp> {
  const socket = new WebSocket(url);
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error(`no DevTools at ${url}`));
  });
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const listeners: ((event: CdpEvent) => void)[] = [];
  let lastId = 0;
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(String(data));
    if (message.id === undefined) {
      for (const listener of listeners) listener(message);
      return;
    }
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error) asked?.reject(new Error(message.error.message));
    else asked?.resolve(message.result);
  };
  socket.onclose = () => {
    for (const { reject } of waiting.values()) reject(new Error('Chromium is gone'));
    waiting.clear();
  };
  return {
    send(method, params = {}, sessionId) {
      return new Promise((resolve, reject) => {
        lastId += 1;
        const explained = ({ message }: Error) => {
          const text = `${method}: ${message}`;
          reject(goneMessages.test(message) ? new TargetGone(text) : new Error(text));
        };
        waiting.set(lastId, { resolve, reject: explained });
        socket.send(JSON.stringify({ id: lastId, method, params, ...(sessionId ? { sessionId } : {}) }));
      });
    },
    onEvent: (listener) => void listeners.push(listener),
    close: () => socket.close(),
  };
}
