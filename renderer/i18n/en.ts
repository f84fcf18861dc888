import { dashboard } from './en/dashboard.ts';
import { diagnostics } from './en/diagnostics.ts';
import { earnings } from './en/earnings.ts';
import { everywhere } from './en/everywhere.ts';
import { explain } from './en/explain.ts';
import { hands } from './en/hands.ts';
import { hardware } from './en/hardware.ts';
import { key } from './en/key.ts';
import { models } from './en/models.ts';
import { onboarding } from './en/onboarding.ts';
import { advancedRows, settingControls, settingRows } from './en/setting-rows.ts';
import { settings } from './en/settings.ts';
import { setup } from './en/setup.ts';
import { uninstall } from './en/uninstall.ts';
import { updates } from './en/updates.ts';
import { wallet } from './en/wallet.ts';

/**
 * Every text of the interface that is not the one of a state, a badge, an error or a finding: those have their one
 * source in `shared/`. Words of the trade (RPC, ABI, selector, socket, nonce) may stand under `advanced` and
 * `diagnostics` only.
 */
export const en = {
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
} as const;
