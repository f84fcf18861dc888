import type { HostImage } from './native-image.ts';
import { StrictEmitter, strict } from './not-implemented.ts';
import { recorded } from './record.ts';

interface ItemOptions {
  label?: string;
  type?: string;
  role?: string;
  enabled?: boolean;
  checked?: boolean;
  visible?: boolean;
  id?: string;
  accelerator?: string;
  submenu?: ItemOptions[] | HostMenu;
  click?: (item: object, window: undefined, event: object) => void;
}

export class HostMenu {
  readonly items: ItemOptions[] = [];
  private static application: HostMenu | null = null;

  static buildFromTemplate(template: ItemOptions[]): HostMenu {
    const menu = new HostMenu();
    for (const { submenu, ...item } of template) {
      const nested = Array.isArray(submenu) ? { submenu: HostMenu.buildFromTemplate(submenu) } : {};
      const type = item.type ?? (Array.isArray(submenu) ? 'submenu' : 'normal');
      menu.items.push({ enabled: true, visible: true, ...item, type, ...nested });
    }
    return menu;
  }

  static setApplicationMenu(menu: HostMenu | null): void {
    recorded('Menu.setApplicationMenu', menu === null ? null : HostMenu.plain(menu));
    HostMenu.application = menu;
  }

  static getApplicationMenu(): HostMenu | null {
    return HostMenu.application;
  }

  /** Labels alone, for tests. */
  static plain(menu: HostMenu): unknown[] {
    return menu.items.map(({ label = '', type, enabled, submenu }) =>
      submenu instanceof HostMenu ? { label, items: HostMenu.plain(submenu) } : { label, type, enabled },
    );
  }
}

const trays = new Set<HostTray>();

/** What a person would see of the tray icon; a test clicks its menu. */
export class HostTray extends StrictEmitter {
  hostImage: HostImage;
  hostToolTip = '';
  hostMenu: HostMenu | null = null;
  private destroyed = false;

  constructor(image: HostImage) {
    super('Tray', ['click', 'double-click', 'right-click']);
    this.hostImage = image;
    trays.add(this);
    recorded('Tray', image.hostPath);
    // biome-ignore lint/correctness/noConstructorReturn: what the app gets must refuse what is not there.
    return strict('Tray', this);
  }

  setImage(image: HostImage): void {
    this.hostImage = image;
    recorded('Tray.setImage', image.hostPath);
  }

  setToolTip(text: string): void {
    this.hostToolTip = text;
  }

  setContextMenu(menu: HostMenu | null): void {
    this.hostMenu = menu;
    recorded('Tray.setContextMenu', menu === null ? null : HostMenu.plain(menu));
  }

  destroy(): void {
    this.destroyed = true;
    for (const tray of trays) if (tray.destroyed) trays.delete(tray);
  }

  isDestroyed(): boolean {
    return this.destroyed;
  }

  static hostTrays(): HostTray[] {
    return [...trays];
  }
}

const notifications: HostNotification[] = [];

export class HostNotification extends StrictEmitter {
  readonly hostOptions: { title?: string; body?: string; silent?: boolean };

  constructor(options: { title?: string; body?: string; silent?: boolean } = {}) {
    super('Notification', ['show', 'click', 'close', 'failed']);
    this.hostOptions = options;
    // biome-ignore lint/correctness/noConstructorReturn: what the app gets must refuse what is not there.
    return strict('Notification', this);
  }

  static isSupported(): boolean {
    return true;
  }

  show(): void {
    notifications.push(this);
    recorded('Notification.show', this.hostOptions);
  }

  close(): void {
    recorded('Notification.close', this.hostOptions);
  }

  static hostShown(): HostNotification[] {
    return notifications;
  }
}

const blockers = new Map<number, string>();
let lastBlocker = 0;

export const powerSaveBlocker = strict('powerSaveBlocker', {
  start(type: string): number {
    lastBlocker += 1;
    blockers.set(lastBlocker, type);
    recorded('powerSaveBlocker.start', type);
    return lastBlocker;
  },
  stop(id: number): boolean {
    recorded('powerSaveBlocker.stop');
    return blockers.delete(id);
  },
  isStarted: (id: number) => blockers.has(id),
});

/** A test emits its events. */
export const powerMonitor = strict(
  'powerMonitor',
  new StrictEmitter('powerMonitor', [
    'suspend',
    'resume',
    'shutdown',
    'lock-screen',
    'unlock-screen',
    'on-ac',
    'on-battery',
  ]),
);
