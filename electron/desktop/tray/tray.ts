import { join } from 'node:path';
import { Menu, type MenuItemConstructorOptions, nativeImage, nativeTheme, Tray } from 'electron';
import type { StateIcon } from '../../../shared/states/row.ts';
import type { Clock, Timer } from '../../daemon/system/clock.ts';
import type { DesktopLanguage } from '../language.ts';
import { type TrayAction, type TrayFacts, type TrayItem, type TrayView, trayView } from './view.ts';

export interface AppTray {
  /** Something that it says may have changed. */
  changed(): void;
  stop(): void;
}

/** Figures move all the time; a menu that is drawn again closes under the person's hand on some desktops. */
const refreshIntervalMs = 30_000;

/** The icon beside the clock, with live figures in its menu. */
export function createAppTray(
  options: { iconDir: string; platform: NodeJS.Platform },
  modules: {
    facts: () => Omit<TrayFacts, 'nowMs'>;
    act: (action: TrayAction) => void;
    clock: Clock;
    language: Pick<DesktopLanguage, 'say'>;
  },
): AppTray {
  const { iconDir, platform } = options;
  const { facts, act, clock, language } = modules;
  let view = currentView();
  /** What was set last; a desktop draws again, and may close an open menu, whenever something is set. */
  let shown = { face: '', tooltip: '', items: '' };
  let timer: Timer | null = null;
  const tray = new Tray(imageOf(view.icon));
  // On Linux the panel decides what a click does; on macOS it opens the menu.
  if (platform !== 'darwin') tray.on('click', () => act('open'));

  function currentView(): TrayView {
    return language.say(() => trayView({ ...facts(), nowMs: clock.now() }));
  }

  function imageOf(icon: StateIcon) {
    if (platform === 'darwin') return nativeImage.createFromPath(join(iconDir, `${icon}Template.png`));
    const ground = nativeTheme.shouldUseDarkColors ? 'dark' : 'light';
    return nativeImage.createFromPath(join(iconDir, `${icon}-${ground}.png`));
  }

  function itemOf(item: TrayItem): MenuItemConstructorOptions {
    if (item.kind === 'line') return { type: 'separator' };
    if (item.kind === 'text') return { label: item.label, enabled: false };
    if (item.kind === 'menu')
      return { label: item.label, enabled: item.enabled, submenu: item.items.map(itemOf) };
    return { label: item.label, enabled: item.enabled, click: () => act(item.action) };
  }

  function show(): void {
    view = currentView();
    const face = JSON.stringify([view.icon, nativeTheme.shouldUseDarkColors]);
    if (face !== shown.face) tray.setImage(imageOf(view.icon));
    if (view.tooltip !== shown.tooltip) tray.setToolTip(view.tooltip);
    const items = JSON.stringify(view.items);
    const sameItems = items === shown.items;
    shown = { face, tooltip: view.tooltip, items };
    if (sameItems) return;
    // A menu on Linux shows changes of its items only when it is set again.
    tray.setContextMenu(Menu.buildFromTemplate(view.items.map(itemOf)));
  }

  function tick(): void {
    show();
    timer = clock.after(refreshIntervalMs, tick);
  }

  nativeTheme.on('updated', show);
  tick();
  return {
    changed() {
      const next = currentView();
      const sameFace = next.icon === view.icon && next.tooltip === view.tooltip;
      const actions = (items: readonly TrayItem[]) =>
        items.filter(({ kind }) => kind === 'action' || kind === 'menu');
      if (sameFace && JSON.stringify(actions(next.items)) === JSON.stringify(actions(view.items))) return;
      show();
    },
    stop() {
      timer?.cancel();
      nativeTheme.off('updated', show);
      tray.destroy();
    },
  };
}
