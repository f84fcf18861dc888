import { EventEmitter } from 'node:events';

/** What anybody may look for on any object: promises, JSON, the console. */
const harmless = new Set<string | symbol>(['then', 'toJSON', 'nodeType', 'asymmetricMatch', '$$typeof']);

/**
 * `target`, except that whatever it lacks throws: no test can pass over something that the host only
 * seems to have.
 */
export function strict<T extends object>(name: string, target: T): T {
  const refuse = (key: string | symbol) => {
    throw new Error(`${name}.${String(key)} is not implemented in the test host`);
  };
  return new Proxy(target, {
    get(object, key) {
      if (key in object || typeof key === 'symbol' || harmless.has(key)) return Reflect.get(object, key);
      return refuse(key);
    },
    set(object, key, value) {
      if (!(key in object)) refuse(key);
      return Reflect.set(object, key, value);
    },
  });
}

/** An emitter that knows which events it ever emits; listening for another one throws. */
export class StrictEmitter extends EventEmitter {
  private readonly events: ReadonlySet<string>;
  private readonly emitterName: string;

  constructor(emitterName: string, events: readonly string[]) {
    super();
    this.emitterName = emitterName;
    this.events = new Set(events);
  }

  private known(event: string | symbol): void {
    if (typeof event === 'symbol' || this.events?.has(event) !== false) return;
    throw new Error(`${this.emitterName} event '${event}' is not implemented in the test host`);
  }

  override on(event: string | symbol, listener: (...args: never[]) => void): this {
    this.known(event);
    return super.on(event, listener as (...args: unknown[]) => void);
  }

  override once(event: string | symbol, listener: (...args: never[]) => void): this {
    this.known(event);
    return super.once(event, listener as (...args: unknown[]) => void);
  }

  /** Emits an event whose default action a listener may prevent. Returns whether one did. */
  emitPreventable(event: string, details: object, ...args: unknown[]): boolean {
    let defaultPrevented = false;
    const happening = {
      ...details,
      get defaultPrevented() {
        return defaultPrevented;
      },
      preventDefault() {
        defaultPrevented = true;
      },
    };
    this.emit(event, happening, ...args);
    return defaultPrevented;
  }
}
