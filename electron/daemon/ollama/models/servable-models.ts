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
  /** False where that can't be: it is the default model, the only one, or does not serve anyway. */
  setAside(name: string, reason: AsideReason): boolean;
  /**
   * There is no memory for the default model: a smaller one takes its place, and keeps it, since a node that tried the
   * large one again would take no work meanwhile. False where somebody chose it, or there is no smaller one.
   */
  replaceDefault(name: string): boolean;
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
      if (model === null || model.name === defaultModel) return false;
      log.warn('model-set-aside', { model: model.name, reason, forMs: aside.set(model, reason) });
      return true;
    },
    replaceDefault(name) {
      const { servable, defaultModel, preferredMissing } = judge();
      const model = findModel(name, servable);
      if (model === null || model.name !== defaultModel) return false;
      if (preferred !== null && !preferredMissing) return false;
      const isSmaller = ({ sizeBytes }: InstalledModel) => (sizeBytes ?? Infinity) < (model.sizeBytes ?? 0);
      if (!servable.some(isSmaller)) return false;
      aside.setForGood(model, 'needs-memory');
      log.warn('default-model-replaced', { model: model.name, instead: judge().defaultModel });
      return true;
    },
  };
}
