import type { InstalledModel } from './models.ts';
import { detailsOf } from './models.ts';

/** Which models are in memory, and until when: what `keep_alive` governs and /api/ps lists. */
export interface LoadedModels {
  /**
   * Puts a model in memory, or keeps it there, until `done` is called and its time is over. Models that nothing uses
   * make room for it. Null: it does not fit.
   *
   * @param keepAlive as in the request; undefined: as it was, and 5 minutes for one that was not in memory
   */
  use(
    model: InstalledModel,
    contextLength: number,
    keepAlive: string | number | undefined,
  ): { fresh: boolean; ready: () => void; done: () => void } | null;
  /** Takes it out of memory, at once or when it is no longer used. Its deletion does not. */
  unload(name: string): void;
  /** Takes everything out of memory, as when the server ends. */
  clear(): void;
  has(name: string): boolean;
  /** It has been loaded, with that context. */
  isReady(name: string, contextLength: number): boolean;
  psEntries(vramShare: number): unknown[];
}

const defaultKeepAliveMs = 5 * 60_000;

interface Entry {
  model: InstalledModel;
  contextLength: number;
  keepMs: number;
  users: number;
  ready: boolean;
  /** Counts while nothing uses it. */
  expiresAtMs: number;
}

export function createLoadedModels(options: { memoryBytes: number | null }): LoadedModels {
  const { memoryBytes } = options;
  const loaded = new Map<string, Entry>();
  const dropExpired = () => {
    for (const [name, { users, expiresAtMs }] of loaded)
      if (users === 0 && expiresAtMs <= Date.now()) loaded.delete(name);
  };
  const usedBytes = () => [...loaded.values()].reduce((sum, { model }) => sum + model.sizeBytes, 0);

  function makeRoom(neededBytes: number): boolean {
    if (memoryBytes === null) return true;
    for (const [name, { users }] of loaded) {
      if (usedBytes() + neededBytes <= memoryBytes) break;
      if (users === 0) loaded.delete(name);
    }
    return usedBytes() + neededBytes <= memoryBytes;
  }

  return {
    use(model, contextLength, keepAlive) {
      dropExpired();
      const before = loaded.get(model.name);
      // Another context means another runner.
      if (before && before.contextLength !== contextLength && before.users === 0) loaded.delete(model.name);
      const present = loaded.get(model.name);
      if (!present && !makeRoom(model.sizeBytes)) return null;
      const entry = present ?? {
        model,
        contextLength,
        keepMs: defaultKeepAliveMs,
        users: 0,
        ready: false,
        expiresAtMs: 0,
      };
      loaded.set(model.name, entry);
      if (keepAlive !== undefined) entry.keepMs = keepAliveMs(keepAlive);
      entry.users += 1;
      let used = true;
      const done = () => {
        if (!used) return;
        used = false;
        entry.users -= 1;
        entry.expiresAtMs = Date.now() + entry.keepMs;
        dropExpired();
      };
      const ready = () => {
        entry.ready = true;
      };
      return { fresh: present === undefined, ready, done };
    },
    unload(name) {
      const entry = loaded.get(name);
      if (!entry) return;
      entry.keepMs = 0;
      entry.expiresAtMs = 0;
      dropExpired();
    },
    clear: () => loaded.clear(),
    has(name) {
      dropExpired();
      return loaded.has(name);
    },
    isReady(name, contextLength) {
      dropExpired();
      const entry = loaded.get(name);
      return entry?.ready === true && entry.contextLength === contextLength;
    },
    psEntries(vramShare) {
      dropExpired();
      return [...loaded.values()].map(({ model, contextLength, keepMs, users, expiresAtMs }) => ({
        name: model.name,
        model: model.name,
        size: model.sizeBytes + cacheBytes(model, contextLength),
        digest: model.digest,
        details: detailsOf(model),
        expires_at: goTime(users > 0 ? Date.now() + keepMs : expiresAtMs),
        size_vram: Math.round((model.sizeBytes + cacheBytes(model, contextLength)) * vramShare),
        context_length: contextLength,
      }));
    },
  };
}

/** The longest that Go can count, in nanoseconds: 292 years from now. */
const farFutureMs = Number(2n ** 63n / 1_000_000n);

/** The key-value cache is part of what is in memory, in f16. */
function cacheBytes({ shape, capabilities }: InstalledModel, contextLength: number): number {
  if (!capabilities.includes('completion')) return 0;
  return 2 * shape.layers * shape.kvHeads * shape.headDim * contextLength * 2;
}

/** As Go writes a time: to the nanosecond, whatever the year. */
function goTime(atMs: number): string {
  return new Date(Math.min(atMs, Date.now() + farFutureMs)).toISOString().replace(/Z$/, '123456Z');
}

/** `keep_alive`: seconds as a number, or a duration such as "5m"; negative means for ever. */
function keepAliveMs(value: string | number | undefined): number {
  if (value === undefined) return defaultKeepAliveMs;
  if (typeof value === 'number') return value < 0 ? farFutureMs : value * 1000;
  const unitMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (parts.length === 0) return Number(value) * 1000 || 0;
  const sum = parts.reduce((ms, [, amount, unit]) => ms + Number(amount) * (unitMs[unit ?? 's'] ?? 0), 0);
  return value.startsWith('-') ? farFutureMs : sum;
}
