import { rmSync } from 'node:fs';
import { app, Menu, nativeTheme, type Session } from 'electron';
import { type AppState, isAppCommandName } from '../../shared/contract/app.ts';
import type { CommandName } from '../../shared/contract/commands.ts';
import type { Logger } from '../daemon/logging/logger.ts';
import type { SettingsStore } from '../daemon/storage/settings.ts';
import type { NodeContext } from '../node/context.ts';
import type { DaemonManager } from '../node/daemon-manager.ts';
import type { KeptPassphrase } from '../node/kept-passphrase.ts';
import { createCommandLineTool } from '../node/operations/command-line-tool.ts';
import { takeAppState } from './commands/app-state.ts';
import { createDiagnostics } from './commands/diagnostics.ts';
import { createMigration } from './commands/migration.ts';
import { createOwnCommands } from './commands/own-commands.ts';
import { createIpcHost } from './ipc/host.ts';
import { createDesktopLanguage, type DesktopLanguage } from './language.ts';
import { createEarningPart } from './notifications/earning-part.ts';
import { createNotifier, type Notifier } from './notifications/notifier.ts';
import { createNotificationRules } from './notifications/rules.ts';
import { createUpdateMoment } from './notifications/update-moment.ts';
import { type AppPart, stopAppParts } from './part.ts';
import { cliFolderOf, serviceProgramOfApp } from './service-program.ts';
import { createLoginItem } from './session/login-item.ts';
import { createMenuEntry, type MenuEntry } from './session/menu-entry.ts';
import { createPower, needsAwake, type Power } from './session/power.ts';
import { createQuit } from './session/quit.ts';
import { desktopWords } from './texts/english.ts';
import { createTrayActions } from './tray/actions.ts';
import { showTray, type TrayPresence } from './tray/presence.ts';
import { createUpdatePart } from './updates/part.ts';
import { createWindows, type Windows } from './windows/app-windows.ts';
import { createFileDialogs } from './windows/file-dialogs.ts';
import { applicationMenu } from './windows/menu.ts';

export interface AppOptions {
  /** Where the app's own script lies. */
  appDir: string;
  preloadFile: string;
  iconDir: string;
  userData: string;
  args: readonly string[];
  official: AppState['official'];
}

export interface AppModules {
  node: DaemonManager;
  settings: SettingsStore;
  session: Session;
  keptPassphrase: KeptPassphrase;
  log: Logger;
}

/**
 * The desktop app, put together and not yet started: its parts in the order in which they start; they stop in the
 * other. Who is told of what is what a part says of itself.
 */
export function composeApp(
  options: AppOptions,
  context: NodeContext,
  modules: AppModules,
): { parts: readonly AppPart[]; windows: Windows; mayRelaunch: () => boolean } {
  const { appDir, preloadFile, iconDir, userData, args, official } = options;
  const { platform, env, homeDir, version, paths, clock } = context;
  const { node, settings, session, keptPassphrase, log } = modules;
  let tray: TrayPresence | null = null;
  let parts: readonly AppPart[] = [];
  let inMenu: Awaited<ReturnType<MenuEntry['look']>> = 'unsupported';
  const changed = () => {
    for (const part of parts) part.changed?.();
  };

  const language = createDesktopLanguage({
    chosen: () => settings.current.desktop.language,
    preferred: () => app.getPreferredSystemLanguages(),
  });
  const windows = createWindows(
    { preloadFile, boundsDir: userData },
    {
      ...{ session, clock, log, language },
      isDark: () => nativeTheme.shouldUseDarkColors,
      mayBeWithout: () => tray?.status !== 'none',
    },
  );
  const loginItem = createLoginItem({ platform, env, homeDir, isInstalled: app.isPackaged, args });
  const wantsAwake = () => settings.current.desktop.keepAwake && needsAwake(node.snapshot, node.preparation);
  const power = createPower({ wanted: wantsAwake, log });
  const quit = createQuit({
    limitMs: (shuttingDown) => settings.current.timing[shuttingDown ? 'shutdownDrainMs' : 'drainMs'],
    stop: (limitMs) => stopAppParts(parts, limitMs),
    ...{ changed, clock, log },
  });
  const notifier = createNotifier({
    settings: () => settings.current.desktop,
    open: () => windows.show('main'),
  });
  const { notify } = notifier;
  const notifications = createNotificationRules({ clock, notify, language });
  const program = () => programOf(appDir, context);
  const menuEntry = createMenuEntry(context);
  const commandLineTool = createCommandLineTool(
    { cliFolder: cliFolderOf(process.resourcesPath), fromImage: Boolean(env.APPIMAGE) },
    context,
  );
  const { check } = createDiagnostics(context, { settings, node });
  const migration = createMigration(context, { node, settings, check, program, changed });
  const needsPerson = () => windows.open > 0 || keptPassphrase.kept;
  const updating = createUpdatePart({ userData }, context, {
    ...{ node, settings, quit, log, changed, needsPerson, random: Math.random },
    migrating: () => migration.state?.state === 'running',
    windowsOpen: () => windows.open,
    leaveDesktop() {
      windows.closeAll();
      tray?.stop();
    },
  });
  const facts = () => ({ phase: node.phase, snapshot: node.snapshot, quitting: quit.quitting !== null });
  const state = () =>
    takeAppState(
      { version, platform, stateDir: paths.stateDir, language: language.current },
      {
        ...{ node, settings, loginItem, power, quit, official, inMenu },
        tray: tray?.status ?? 'unknown',
        migration: migration.state,
        update: updating.updates.state,
      },
    );
  const own = createOwnCommands(context, {
    ...{ state, changed, node, windows, settings, loginItem, program, migration, language },
    dialogs: createFileDialogs(language),
    updates: updating.updates,
    places: { commandLineTool, menuEntry },
    uninstall: { installed: updating.installed, exit: (withFolder) => exitApp(withFolder ? userData : null) },
    testNotification: () => notifier.test(language.say(notificationTest)),
    quit: () => app.quit(),
  });
  const ipc = createIpcHost({
    windows: windows.contents,
    run: (name, input) =>
      isAppCommandName(name) ? own(name, input) : node.ask(name as CommandName, input as never),
    present: (kind) => ({ app: state(), daemon: node.present(), page: undefined })[kind],
    ...{ clock, log },
  });
  windows.onPage((page) => ipc.push('page', page));
  windows.onOpened(() => void app.dock?.show());
  windows.onClosed((left) => {
    // Nobody is disturbed any more by what waited for it.
    changed();
    if (left > 0 || quit.quitting) return;
    app.dock?.hide();
    explainClosing(settings, notify, language);
  });

  const tellOfUpdate = createUpdateMoment({
    ...{ notify, needsPerson, language },
    told: () => settings.current.desktop.notifiedVersion,
    remember: (to) => void settings.set('desktop.notifiedVersion', to).catch(() => undefined),
  });
  // Lost with a disk that takes nothing now; the notification has said it.
  const rememberFirst = () => void settings.set('desktop.firstEarned', true).then(changed, () => undefined);
  const updateNotifications = () => notifications.update(facts());
  parts = [
    languagePart(language, windows, { platform, changed }),
    themePart(settings),
    {
      name: 'notifications',
      changed: () => tellOfUpdate(updating.updates.state),
      onPhase: updateNotifications,
      onEvent: updateNotifications,
      stop: () => notifications.stop(),
    },
    createEarningPart({ userData }, { node, clock, notify, language, onFirst: rememberFirst }),
    { name: 'login item', start: () => loginItem.repair() },
    {
      name: 'menu entry',
      async start() {
        await menuEntry.repair().catch((error) => log.fault(error));
        inMenu = await menuEntry.look();
      },
    },
    powerPart(power, changed),
    {
      name: 'tray',
      async start() {
        changed();
        const act = createTrayActions({ node, windows, log });
        tray = await showTray({ iconDir, platform, env }, { facts, act, clock, language, onStatus: changed });
      },
      changed: () => tray?.changed(),
      onEvent: () => tray?.changed(),
    },
    {
      name: 'windows',
      start() {
        if (!loginItem.startedAtLogin && windows.open === 0) windows.show('main');
      },
      changed: () => ipc.push('app', state()),
      onEvent: (event) => ipc.push('daemon', event),
    },
    { name: 'node', start: () => node.start(), stop: (limitMs) => node.stop(limitMs) },
    // Rolled back before the node ends: the official client isn't left stopped.
    { name: 'migration', stop: () => migration.stop() },
    updating,
  ];
  node.onPhase(() => {
    for (const part of parts) part.onPhase?.();
    changed();
  });
  node.onEvent((event) => {
    for (const part of parts) part.onEvent?.(event);
  });
  return { parts, windows, mayRelaunch: () => updating.mayRelaunch };
}

function notificationTest(): { title: string; body: string } {
  const { product, notifications } = desktopWords();
  return { title: product, body: notifications.test };
}

/** @param folder goes last of all: windows and browser write there until they end */
function exitApp(folder: string | null): void {
  if (folder !== null)
    process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  app.exit(0);
}

/** What a service of this app runs. */
function programOf(appDir: string, { env, homeDir }: NodeContext): ReturnType<typeof serviceProgramOfApp> {
  return serviceProgramOfApp({
    ...{ appDir, resourcesPath: process.resourcesPath, execPath: process.execPath, env, homeDir },
    isElectron: process.versions.electron !== undefined,
  });
}

/** Another language is spoken at once: in the windows, the tray and the menu. */
function languagePart(
  language: DesktopLanguage,
  windows: Windows,
  { platform, changed }: { platform: NodeJS.Platform; changed: () => void },
): AppPart {
  const sayInMenu = () => Menu.setApplicationMenu(language.say(() => applicationMenu({ platform })));
  const update = async () => {
    if (!(await language.update())) return;
    windows.rename();
    sayInMenu();
    changed();
  };
  return {
    name: 'language',
    start: update,
    changed: () => void update(),
  };
}

function themePart(settings: SettingsStore): AppPart {
  return {
    name: 'theme',
    changed() {
      nativeTheme.themeSource = settings.current.desktop.theme;
    },
  };
}

/** What the node reports may begin or end its wish that the computer stay awake; the windows say which holds. */
function powerPart(power: Power, changed: () => void): AppPart {
  return {
    name: 'power',
    changed: () => power.changed(),
    onEvent() {
      const before = power.active;
      power.changed();
      if (power.active !== before) changed();
    },
  };
}

/** Once: who closes the last window may think that the node has ended. */
function explainClosing(
  settings: SettingsStore,
  notify: Notifier['notify'],
  language: DesktopLanguage,
): void {
  if (settings.current.desktop.explainedClosing) return;
  notify({ kind: 'Attention', ...language.say(() => desktopWords().notifications.closing) });
  void settings.set('desktop.explainedClosing', true).catch(() => undefined);
}
