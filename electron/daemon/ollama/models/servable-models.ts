import { findModel } from '../../../../shared/model-names.ts';
import type { Logger } from '../../logging/logger.ts';
import type { Clock } from '../../system/clock.ts';
import { chooseDefaultModel, type InstalledModel } from './installed-models.ts';
import { type AsideReason, createModelsAside } from './models-aside.ts';

/** What is installed, what of it can serve now, and what requests run on that name no model. */
export interface Judgement {
  models: InstalledModel[];
  servable: InstalledModel[];
  defaultModel: string | null;
  /** A model was asked for and cannot serve. */
  preferredMissing: boolean;
}

/** Judges the models that were read last, by what is preferred and what is set aside. */
export interface ServableModels {
  read(models: readonly InstalledModel[]): Judgement;
  judge(): Judgement;
  /** A model that was set aside and is wanted now is used again. */
  prefer(model: string | null): void;
  /**
   * False where that can't be: it does not serve anyway, is the only one, or the default model. The default is set
   * aside only where nobody chose it, there is no memory for it, and a smaller one can serve instead.
   */
  setAside(name: string, reason: AsideReason): boolean;
}

export function createServableModels(
  options: { preferredModel: string | null; known?: { models: readonly InstalledModel[] } | null },
  { clock, log }: { clock: Clock; log: Logger },
): ServableModels {
  const aside = createModelsAside({ clock });
  let preferred = options.preferredModel;
  let known = options.known?.models ?? [];

  function judge(): Judgement {
    const models = aside.judge(known);
    const servable = models.filter((model) => model.servable);
    return { models, servable, ...chooseDefaultModel(preferred, servable) };
  }

  /** What a person chose is never replaced. */
  function isReplaceable({ sizeBytes }: InstalledModel, servable: readonly InstalledModel[]): boolean {
    const chosen = preferred !== null && findModel(preferred, servable) !== null;
    return !chosen && servable.some((one) => (one.sizeBytes ?? Infinity) < (sizeBytes ?? 0));
  }

  return {
    read(models) {
      known = models;
      return judge();
    },
    judge,
    prefer(model) {
      preferred = model;
      const wanted = model === null ? null : findModel(model, known);
      if (wanted) aside.forget(wanted.name);
    },
    setAside(name, reason) {
      const { servable, defaultModel } = judge();
      const model = findModel(name, servable);
      if (model === null) return false;
      const isDefault = model.name === defaultModel;
      if (isDefault && !(reason === 'needs-memory' && isReplaceable(model, servable))) return false;
      const forMs = aside.set(model, reason);
      const instead = isDefault ? judge().defaultModel : null;
      log.warn('model-set-aside', { model: model.name, reason, forMs, instead });
      return true;
    },
  };
}
