import { createContext, useContext, useEffect, useState } from 'react';
import type { SettingEntry } from '../../../shared/contract/app-settings.ts';
import type { Failure } from '../../bridge.ts';
import { type Question, useQuestion, useStore } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { offerUndo, setSetting } from '../../saved.ts';
import { showToast } from '../../toasts.ts';

/** Every setting as it is now, and the one way to change it. */
export interface SettingsModel {
  readonly question: Question<unknown>;
  entry(name: string): SettingEntry | undefined;
  /**
   * Saves at once, and offers to undo it. Undefined takes the setting back to its default.
   *
   * @returns what the host said against it; null when it is saved
   */
  save(name: string, value: unknown, title: string): Promise<Failure | null>;
  /** @returns as `save` */
  resetAll(): Promise<Failure | null>;
  readonly needsRestart: boolean;
  restarted(): void;
}

export function useSettingsModel(): SettingsModel {
  const { ask } = useStore();
  const question = useQuestion('settings.list', {});
  const [settings, setSettings] = useState<readonly SettingEntry[]>([]);
  const [needsRestart, setNeedsRestart] = useState(false);
  useEffect(() => {
    if (question.state === 'answered') setSettings(question.output.settings);
  }, [question]);

  const change = async (name: string, value: unknown) => {
    const answer = await setSetting(ask, name, value);
    if (!answer.ok) return answer;
    const { setting, needsRestart: restart } = answer.output;
    setSettings((all) => all.map((entry) => (entry.name === name ? setting : entry)));
    if (restart) setNeedsRestart(true);
    return answer;
  };
  return {
    question,
    entry: (name) => settings.find((entry) => entry.name === name),
    async save(name, value, title) {
      const before = settings.find((entry) => entry.name === name);
      const answer = await change(name, value);
      if (!answer.ok) return answer.error;
      const earlier = before?.source === 'saved' ? before.value : undefined;
      const said = t(value === undefined ? 'settingControls.wasReset' : 'settingControls.saved', { title });
      offerUndo(said, () => change(name, earlier));
      return null;
    },
    async resetAll() {
      const answer = await ask('settings.resetAll', { confirmed: true });
      if (!answer.ok) return answer.error;
      setSettings(answer.output.settings);
      if (answer.output.needsRestart) setNeedsRestart(true);
      showToast(t('advanced.resetAll.done'));
      return null;
    },
    needsRestart,
    restarted: () => setNeedsRestart(false),
  };
}

export const SettingsContext = createContext<SettingsModel | null>(null);

export function useSettings(): SettingsModel {
  const model = useContext(SettingsContext);
  if (!model) throw new Error('a setting outside of the settings');
  return model;
}
