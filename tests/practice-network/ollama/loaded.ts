import type { InstalledModel } from './models.ts';
import { detailsOf } from './models.ts';

/** Which models are in memory, and until when: what `keep_alive` governs and /api/ps lists. */
export interface LoadedModels {
  /** True if the model was not in memory before. `keepAlive` as in the request; undefined: 5 minutes. */
  load(model: InstalledModel, contextLength: number, keepAlive: string | number | undefined): boolean;
  unload(name: string): void;
  psEntries(): unknown[];
}

export const defaultKeepAliveMs = 5 * 60_000;

export function createLoadedModels(): LoadedModels {
  const loaded = new Map<string, { model: InstalledModel; contextLength: number; expiresAtMs: number }>();
  const dropExpired = () => {
    for (const [name, entry] of loaded) if (entry.expiresAtMs <= Date.now()) loaded.delete(name);
  };
  return {
    load(model, contextLength, keepAlive) {
      dropExpired();
      const fresh = !loaded.has(model.name);
      loaded.set(model.name, { model, contextLength, expiresAtMs: Date.now() + keepAliveMs(keepAlive) });
      return fresh;
    },
    unload: (name) => void loaded.delete(name),
    psEntries() {
      dropExpired();
      return [...loaded.values()].map(({ model, contextLength, expiresAtMs }) => ({
        name: model.name,
        model: model.name,
        size: model.sizeBytes,
        digest: model.digest,
        details: detailsOf(model),
        expires_at: new Date(Math.min(expiresAtMs, farFutureMs)).toISOString(),
        size_vram: 0,
        context_length: contextLength,
      }));
    },
  };
}

const farFutureMs = Date.UTC(2318, 0, 1);

/** `keep_alive`: seconds as a number, or a duration such as "5m"; negative means for ever. */
export function keepAliveMs(value: string | number | undefined): number {
  if (value === undefined) return defaultKeepAliveMs;
  if (typeof value === 'number') return value < 0 ? farFutureMs : value * 1000;
  const unitMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (parts.length === 0) return Number(value) * 1000 || 0;
  const sum = parts.reduce((ms, [, amount, unit]) => ms + Number(amount) * (unitMs[unit ?? 's'] ?? 0), 0);
  return value.startsWith('-') ? farFutureMs : sum;
}
