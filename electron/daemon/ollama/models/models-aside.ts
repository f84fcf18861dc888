import { backoffMs } from '../../system/backoff.ts';
import type { Clock } from '../../system/clock.ts';
import type { InstalledModel } from './installed-models.ts';

/** Why a model that is here is not used for a while: Ollama has no memory for it, or reports an error for it alone. */
export type AsideReason = 'needs-memory' | 'failing';

/**
 * The models that Ollama could not run although it runs others. Each is left alone for a while, so that requests for it
 * neither drive the others out of memory nor count against the node, and is not offered to the network meanwhile.
 */
export interface ModelsAside {
  /** Returns for how long, ms. */
  set(model: InstalledModel, reason: AsideReason): number;
  /** As `set`, until a person wants it, its files are others, or the node starts again. */
  setForGood(model: InstalledModel, reason: AsideReason): void;
  /** A person wants it: what was is forgotten. */
  forget(name: string): void;
  /** The same models, those that are set aside marked as such; never all of those that can serve. */
  judge(models: readonly InstalledModel[]): InstalledModel[];
}

/** Memory becomes free, and files are mended; a try costs seconds of everybody else's time. */
const waits = { minMs: 30 * 60_000, maxMs: 8 * 60 * 60_000 };

export function createModelsAside({ clock }: { clock: Clock }): ModelsAside {
  /** By name; with another digest it is another model. */
  const aside = new Map<
    string,
    {
      digest: string | null;
      reason: AsideReason;
      times: number;
      untilMs: number;
      asideUntilMs: number | null;
    }
  >();

  function entryOf({ name, digest }: InstalledModel) {
    const entry = aside.get(name);
    return entry && entry.digest === digest && clock.monotonicMs() < entry.untilMs ? entry : null;
  }

  return {
    set(model, reason) {
      const { name, digest } = model;
      const before = aside.get(name);
      const times = (before?.digest === digest ? before.times : 0) + 1;
      const waitMs = backoffMs(waits, times);
      const untilMs = clock.monotonicMs() + waitMs;
      aside.set(name, { digest, reason, times, untilMs, asideUntilMs: clock.now() + waitMs });
      return waitMs;
    },
    setForGood({ name, digest }, reason) {
      aside.set(name, { digest, reason, times: 0, untilMs: Infinity, asideUntilMs: null });
    },
    forget: (name) => void aside.delete(name),
    judge(models) {
      const judged = models.map((model) => {
        const entry = model.servable ? entryOf(model) : null;
        if (entry === null) return model;
        const { reason, asideUntilMs } = entry;
        return { ...model, servable: false, notServableBecause: reason, asideUntilMs };
      });
      return judged.some(({ servable }) => servable) ? judged : [...models];
    },
  };
}
