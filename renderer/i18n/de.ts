import { dashboard } from './de/dashboard.ts';
import { diagnostics } from './de/diagnostics.ts';
import { earnings } from './de/earnings.ts';
import { everywhere } from './de/everywhere.ts';
import { explain } from './de/explain.ts';
import { hands } from './de/hands.ts';
import { hardware } from './de/hardware.ts';
import { key } from './de/key.ts';
import { models } from './de/models.ts';
import { onboarding } from './de/onboarding.ts';
import { advancedRows, settingControls, settingRows } from './de/setting-rows.ts';
import { settings } from './de/settings.ts';
import { setup } from './de/setup.ts';
import { uninstall } from './de/uninstall.ts';
import { updates } from './de/updates.ts';
import { wallet } from './de/wallet.ts';
import type { en } from './en.ts';
import type { Translated } from './translated.ts';

/** The windows in German, key by key as in English. */
export const de: Translated<typeof en> = {
  everywhere,
  onboarding,
  setup,
  dashboard,
  hardware,
  models,
  earnings,
  wallet,
  settings,
  settingRows,
  settingControls,
  key,
  advanced: advancedRows,
  diagnostics,
  explain,
  hands,
  updates,
  uninstall,
};
