import type { AppState } from '../../../shared/contract/app.ts';
import type { SettingsStore } from '../../daemon/storage/settings.ts';
import type { DaemonManager } from '../../node/daemon-manager.ts';
import type { LoginItem } from '../session/login-item.ts';
import type { Power } from '../session/power.ts';
import type { Quit } from '../session/quit.ts';

/** Everything that the app reports of itself, from what it knows now. */
export function takeAppState(
  options: Pick<AppState, 'version' | 'stateDir' | 'language'> & { platform: NodeJS.Platform },
  modules: {
    node: DaemonManager;
    settings: SettingsStore;
    loginItem: LoginItem;
    power: Power;
    quit: Quit;
    tray: AppState['tray'];
    official: AppState['official'];
    migration: AppState['migration'];
    update: AppState['update'];
    /** As of the start: whether this AppImage stands among the applications. */
    inMenu: 'on' | 'off' | 'broken' | 'unsupported';
  },
): AppState {
  const { version, platform, stateDir, language } = options;
  const { node, settings, loginItem, power, quit, tray, official, migration, update, inMenu } = modules;
  const { desktop } = settings.current;
  const explain: AppState['explain'] = [];
  if (!desktop.explainedClosing && tray !== 'none') explain.push('closing');
  if (!desktop.explainedNoTray && tray === 'none') explain.push('no-tray');
  if (!desktop.explainedMenuEntry && inMenu === 'off') explain.push('menu-entry');
  if (desktop.firstEarned && !desktop.explainedFirstEarned) explain.push('first-earned');
  return {
    version,
    platform: platform === 'linux' || platform === 'darwin' ? platform : 'other',
    stateDir,
    language,
    node: node.phase,
    preparation: node.preparation,
    official,
    migration,
    update,
    tray,
    loginItem: { status: loginItem.status, startedAtLogin: loginItem.startedAtLogin },
    keepAwake: { allowed: desktop.keepAwake, active: power.active },
    singleKeys: desktop.singleKeys,
    quitting: quit.quitting,
    explain,
  };
}
