/**
 * The two halves of a bridge between a page's own world and the isolated one of its preload. Both
 * functions are sent to the page as text: they may use nothing from outside themselves. Messages are
 * JSON in DOM events of a random name, which both worlds share and no page script can guess.
 */

interface PageWindow extends EventTarget {
  [name: string]: unknown;
}
type Wire = null | boolean | number | string | Wire[] | { [key: string]: Wire };
type Callable = (...args: unknown[]) => unknown;

/** The page's side: offers what the preload exposes, as frozen values and functions. */
function mainWorld(channel: string): void {
  const page = globalThis as unknown as PageWindow;
  const exposed = new Map<number, Callable>();
  const promised = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let lastId = 0;
  let answer: Wire = null;

  const encode = (value: unknown): Wire => {
    if (value === undefined) return { $: 'undefined' };
    if (typeof value === 'function') {
      lastId += 1;
      exposed.set(lastId, value as Callable);
      return { $: 'function', id: lastId };
    }
    if (Array.isArray(value)) return value.map(encode);
    if (value !== null && typeof value === 'object')
      return { $: 'object', of: Object.entries(value).map(([key, one]) => [key, encode(one)]) };
    if (typeof value === 'bigint' || typeof value === 'symbol')
      throw new Error('An object could not be cloned.');
    return value as Wire;
  };
  const decode = (wire: Wire): unknown => {
    if (Array.isArray(wire)) return Object.freeze(wire.map(decode));
    if (wire === null || typeof wire !== 'object') return wire;
    if (wire.$ === 'undefined') return undefined;
    if (wire.$ === 'function') return (...args: unknown[]) => call(wire.id as number, args);
    const pairs = wire.of as [string, Wire][];
    return Object.freeze(Object.fromEntries(pairs.map(([key, one]) => [key, decode(one)])));
  };
  const send = (kind: string, message: Wire) =>
    page.dispatchEvent(new CustomEvent(`${channel}:${kind}`, { detail: JSON.stringify(message) }));
  const hear = (kind: string, listener: (message: { [key: string]: Wire }) => void) =>
    page.addEventListener(`${channel}:${kind}`, (event) =>
      listener(JSON.parse((event as CustomEvent<string>).detail)),
    );

  const call = (id: number, args: unknown[]): unknown => {
    answer = null;
    send('call', { id, args: args.map(encode) });
    const given = answer as { error?: string; promise?: number; value?: Wire } | null;
    if (given === null) throw new Error('the bridge is closed');
    if (given.error !== undefined) throw new Error(given.error);
    const { promise } = given;
    if (promise === undefined) return decode(given.value ?? null);
    return new Promise((resolve, reject) => promised.set(promise, { resolve, reject }));
  };

  hear('return', (message) => {
    answer = message;
  });
  hear('settle', ({ promise, error, value }) => {
    const waiting = promised.get(promise as number);
    promised.delete(promise as number);
    if (typeof error === 'string') waiting?.reject(new Error(error));
    else waiting?.resolve(decode(value ?? null));
  });
  hear('back', ({ id, args }) => void exposed.get(id as number)?.(...(args as Wire[]).map(decode)));
  hear('expose', ({ key, value }) =>
    Object.defineProperty(page, key as string, {
      value: decode(value ?? null),
      enumerable: true,
      configurable: false,
      writable: false,
    }),
  );
}

/** The preload's side: `electron` as a sandboxed preload may require it, and the preload itself. */
function isolatedWorld(
  channel: string,
  preload: ((require: unknown, module: unknown, exports: unknown, process: unknown) => void) | null,
  facts: { platform: string; argv: string[] },
): void {
  const page = globalThis as unknown as PageWindow;
  const functions = new Map<number, Callable>();
  const invoked = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const listeners = new Map<string, Set<Callable>>();
  let lastId = 0;

  const encode = (value: unknown): Wire => {
    if (value === undefined) return { $: 'undefined' };
    if (typeof value === 'function') {
      lastId += 1;
      functions.set(lastId, value as Callable);
      return { $: 'function', id: lastId };
    }
    if (Array.isArray(value)) return value.map(encode);
    if (value !== null && typeof value === 'object')
      return { $: 'object', of: Object.entries(value).map(([key, one]) => [key, encode(one)]) };
    if (typeof value === 'bigint' || typeof value === 'symbol')
      throw new Error('An object could not be cloned.');
    return value as Wire;
  };
  const decode = (wire: Wire): unknown => {
    if (Array.isArray(wire)) return wire.map(decode);
    if (wire === null || typeof wire !== 'object') return wire;
    if (wire.$ === 'undefined') return undefined;
    if (wire.$ === 'function') {
      return (...args: unknown[]) => emit('back', { id: wire.id ?? null, args: args.map(encode) });
    }
    return Object.fromEntries((wire.of as [string, Wire][]).map(([key, one]) => [key, decode(one)]));
  };
  const emit = (kind: string, message: Wire) =>
    page.dispatchEvent(new CustomEvent(`${channel}:${kind}`, { detail: JSON.stringify(message) }));
  const text = (error: unknown) => String((error as Error)?.message ?? error);

  page.addEventListener(`${channel}:call`, (event) => {
    const { id, args } = JSON.parse((event as CustomEvent<string>).detail);
    try {
      const result = functions.get(id)?.(...args.map(decode));
      if (typeof (result as Promise<unknown>)?.then !== 'function')
        return emit('return', { value: encode(result) });
      lastId += 1;
      const promise = lastId;
      emit('return', { promise });
      (result as Promise<unknown>).then(
        (value) => emit('settle', { promise, value: encode(value) }),
        (error) => emit('settle', { promise, error: text(error) }),
      );
    } catch (error) {
      emit('return', { error: text(error) });
    }
  });

  const host = page.__testHost as (message: string) => void;
  const cloned = (args: unknown[]) => {
    const wire = encode(args);
    if (JSON.stringify(wire).includes('"$":"function"')) throw new Error('An object could not be cloned.');
    return wire;
  };
  const ipcRenderer = {
    invoke: (name: string, ...args: unknown[]) =>
      new Promise((resolve, reject) => {
        lastId += 1;
        invoked.set(lastId, { resolve, reject });
        host(JSON.stringify({ kind: 'invoke', id: lastId, name, args: cloned(args) }));
      }),
    send: (name: string, ...args: unknown[]) =>
      host(JSON.stringify({ kind: 'send', name, args: cloned(args) })),
    on(name: string, listener: Callable) {
      const those = listeners.get(name) ?? new Set();
      listeners.set(name, those.add(listener));
      return ipcRenderer;
    },
    removeListener(name: string, listener: Callable) {
      listeners.get(name)?.delete(listener);
      return ipcRenderer;
    },
    off: (name: string, listener: Callable) => ipcRenderer.removeListener(name, listener),
  };
  page.__testHostReply = (message: { kind: string; [key: string]: unknown }) => {
    if (message.kind === 'message') {
      for (const listener of listeners.get(message.name as string) ?? [])
        listener({ sender: ipcRenderer }, ...(decode(message.args as Wire) as unknown[]));
      return;
    }
    const waiting = invoked.get(message.id as number);
    invoked.delete(message.id as number);
    if (typeof message.error === 'string') waiting?.reject(new Error(message.error));
    else waiting?.resolve(decode(message.value as Wire));
  };

  const loud = <T extends object>(name: string, target: T): T =>
    new Proxy(target, {
      get(object, key) {
        if (key in object || typeof key === 'symbol') return Reflect.get(object, key);
        throw new Error(`${name}.${String(key)} is not implemented in the test host`);
      },
    });
  const contextBridge = {
    exposeInMainWorld: (key: string, value: unknown) => emit('expose', { key, value: encode(value) }),
  };
  const electron = loud('electron (preload)', {
    contextBridge: loud('contextBridge', contextBridge),
    ipcRenderer: loud('ipcRenderer', ipcRenderer),
  });
  // For tests that play a page which has broken out into this world.
  page.__testHostIpc = ipcRenderer;
  if (preload === null) return;
  const require = (name: string) => {
    if (name === 'electron') return electron;
    throw new Error(`module not found: ${name} (a sandboxed preload has electron alone)`);
  };
  const process = Object.freeze({ ...facts, sandboxed: true, contextIsolated: true, type: 'renderer' });
  const module = { exports: {} };
  preload(require, module, module.exports, process);
}

/** What Chromium runs in each new document, in the page's world and in the isolated one. */
export function worldScripts(
  channel: string,
  preload: string | null,
  facts: { platform: string; argv: string[] },
): { main: string; isolated: string } {
  const name = JSON.stringify(channel);
  const own = preload === null ? 'null' : `function (require, module, exports, process) {\n${preload}\n}`;
  return {
    main: `if (window === window.top) (${mainWorld})(${name});`,
    isolated: `(${isolatedWorld})(${name}, window === window.top ? ${own} : null, ${JSON.stringify(facts)});`,
  };
}

/** Values between host and isolated world, in the same form. */
export function encodeValue(value: unknown): Wire {
  if (value === undefined) return { $: 'undefined' };
  if (Array.isArray(value)) return value.map(encodeValue);
  if (value !== null && typeof value === 'object')
    return { $: 'object', of: Object.entries(value).map(([key, one]) => [key, encodeValue(one)]) };
  if (['function', 'bigint', 'symbol'].includes(typeof value))
    throw new Error('An object could not be cloned.');
  return value as Wire;
}

export function decodeValue(wire: Wire): unknown {
  if (Array.isArray(wire)) return wire.map(decodeValue);
  if (wire === null || typeof wire !== 'object') return wire;
  if (wire.$ === 'undefined') return undefined;
  return Object.fromEntries((wire.of as [string, Wire][]).map(([key, one]) => [key, decodeValue(one)]));
}
