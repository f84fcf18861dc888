import './node/no-debugger.ts';
import { join } from 'node:path';
import { app, dialog, Menu, nativeTheme } from 'electron';
import { type AppCommandHandlers, type AppCommandName, isAppCommandName } from '../shared/contract/app.ts';
import type { CommandName } from '../shared/contract/commands.ts';
import { isNodeError, NodeError } from '../shared/errors.ts';
import { describeError } from '../shared/texts/error-text.ts';
import { openSettings } from './daemon/storage/settings.ts';
import { homeDirectory } from './daemon/system/account.ts';
import { systemClock as clock } from './daemon/system/clock.ts';
import { openLogs } from './desktop/app-log.ts';
import { createAppCommands } from './desktop/commands/app-commands.ts';
import { takeAppState } from './desktop/commands/app-state.ts';
import { createDiagnostics } from './desktop/commands/diagnostics.ts';
import { createKeyCommands } from './desktop/commands/key-commands.ts';
import { createMaintenanceCommands } from './desktop/commands/maintenance.ts';
import { createServiceCommands } from './desktop/commands/service-commands.ts';
import { createIpcHost } from './desktop/ipc/host.ts';
import { createNotifier } from './desktop/notifications/notifier.ts';
import { createNotificationRules } from './desktop/notifications/rules.ts';
import { serviceProgramOfApp } from './desktop/service-program.ts';
import { watchForFaults } from './desktop/session/faults.ts';
import { createLoginItem } from './desktop/session/login-item.ts';
import { createPower, needsAwake } from './desktop/session/power.ts';
import { createQuit } from './desktop/session/quit.ts';
import { createTrayActions } from './desktop/tray/actions.ts';
import { showTray, type TrayPresence } from './desktop/tray/presence.ts';
import { createWindows } from './desktop/windows/app-windows.ts';
import { listenForDeepLinks } from './desktop/windows/deep-links.ts';
import { askBackupFile, askBackupPath, askBundlePath } from './desktop/windows/file-dialogs.ts';
import { applicationMenu } from './desktop/windows/menu.ts';
import { registerAppScheme, serveInterface } from './desktop/windows/protocol.ts';
import { openWindowSession, restrictPages } from './desktop/windows/security.ts';
import { resolvePaths } from './node/configuration.ts';
import { createContext } from './node/context.ts';
import { createDaemonManager } from './node/daemon-manager.ts';
import { createKeptPassphrase } from './node/kept-passphrase.ts';
import { officialNode } from './node/official-client.ts';
import { findHostingService } from './node/operations/service/services.ts';
import { productVersion } from './node/product-version.ts';

/** The desktop app: builds the daemon and everything that only a desktop has, and wires them. */

const here = import.meta.dirname;
const rendererDir = join(here, 'renderer');
const preloadFile = join(here, 'preload.cjs');
const iconDir = join(here, '..', '..', 'resources', 'icons', 'tray');

app.enableSandbox();
app.disableHardwareAcceleration();
registerAppScheme();
const deepLinks = listenForDeepLinks({ args: process.argv });
if (app.requestSingleInstanceLock()) app.whenReady().then(startApp).catch(explainAndExit);
else app.quit();

async function startApp(): Promise<void> {
  const { env, platform, argv: args } = process;
  const homeDir = homeDirectory();
  const paths = await resolvePaths({ env, platform, homeDir });
  const keptPassphrase = createKeptPassphrase();
  const context = createContext(
    { paths, env, platform, homeDir, version: productVersion() },
    { clock, askPassphrase: keptPassphrase.ask },
  );
  const { version } = context;
  const userData = app.getPath('userData');

  // What others stand on
  const logs = openLogs(paths, { clock });
  const log = logs.app;
  let hosts = false;
  const onFault = (error: unknown) => {
    log.fault(error);
    // A crash of this app is one of the node that it hosts: checks and the support report read that log.
    if (hosts) logs.node.fault(error);
  };
  watchForFaults({ file: join(userData, 'relaunches.json'), env }, { clock, onFault });
  const settings = await openSettings({ paths }, { clock });

  // The node
  const node = createDaemonManager(context, {
    ...{ settings, keptPassphrase },
    findService: () => findHostingService(context),
    log: logs.node,
    random: Math.random,
  });
  node.onPhase(() => {
    hosts = node.phase.phase === 'hosting';
  });

  // Windows, closed to everything but our own files and our own questions
  restrictPages({ log });
  const session = openWindowSession({ log });
  serveInterface({ rendererDir }, { session });
  Menu.setApplicationMenu(applicationMenu({ platform }));
  const windows = createWindows(
    { preloadFile, boundsDir: userData },
    {
      session,
      isDark: () => nativeTheme.shouldUseDarkColors,
      mayBeWithout: () => tray?.status !== 'none',
      clock,
      log,
    },
  );

  // The desktop around them
  let tray: TrayPresence | null = null;
  const isInstalled = app.isPackaged;
  const loginItem = createLoginItem({ platform, env, homeDir, isInstalled, args });
  const wantsAwake = () => settings.current.desktop.keepAwake && needsAwake(node.snapshot, node.preparation);
  const power = createPower({ wanted: wantsAwake, log });
  const quit = createQuit({
    limitMs: (shuttingDown) => settings.current.timing[shuttingDown ? 'shutdownDrainMs' : 'drainMs'],
    stop: (limitMs) => node.stop(limitMs),
    changed,
    clock,
    log,
  });
  const notify = createNotifier({
    settings: () => settings.current.desktop,
    open: () => windows.show('main'),
  });
  const notifications = createNotificationRules({ clock, notify });

  // Questions and answers
  const official = await officialNode(context);
  const state = () =>
    takeAppState(
      { version, platform, stateDir: paths.stateDir },
      { node, settings, loginItem, power, quit, tray: tray?.status ?? 'unknown', official },
    );
  const ownCommands: AppCommandHandlers = {
    ...createAppCommands(context, {
      state,
      changed,
      node,
      windows,
      settings,
      loginItem,
      quit: () => app.quit(),
    }),
    ...createMaintenanceCommands(context, {
      ...{ settings, askBackupPath: askBackupPath, askBundlePath },
      ...createDiagnostics(context, { settings, node }),
    }),
    ...createKeyCommands(context, { node, settings, askFile: askBackupFile }),
    ...createServiceCommands(context, {
      node,
      program: () =>
        serviceProgramOfApp({
          ...{ appDir: here, resourcesPath: process.resourcesPath, execPath: process.execPath, env, homeDir },
          isElectron: process.versions.electron !== undefined,
        }),
    }),
  };
  const own = (name: AppCommandName, input: unknown) =>
    (ownCommands[name] as (input: unknown) => Promise<unknown>)(input);
  const ipc = createIpcHost({
    windows: windows.contents,
    run: (name, input) =>
      isAppCommandName(name) ? own(name, input) : node.ask(name as CommandName, input as never),
    present: (kind) => ({ app: state(), daemon: node.present(), page: undefined })[kind],
    clock,
    log,
  });

  // Who notifies whom
  function changed(): void {
    nativeTheme.themeSource = settings.current.desktop.theme;
    power.changed();
    tray?.changed();
    ipc.push('app', state());
  }
  const facts = () => ({ phase: node.phase, snapshot: node.snapshot, quitting: quit.quitting !== null });
  node.onPhase(() => {
    notifications.update(facts());
    changed();
  });
  node.onEvent((event) => {
    ipc.push('daemon', event);
    notifications.update(facts());
    const wasAwake = power.active;
    power.changed();
    tray?.changed();
    if (power.active !== wasAwake) ipc.push('app', state());
  });
  windows.onPage((page) => ipc.push('page', page));
  windows.onOpened(() => void app.dock?.show());
  windows.onClosed((left) => {
    if (left > 0 || quit.quitting) return;
    app.dock?.hide();
    if (settings.current.desktop.explainedClosing) return;
    notify({ kind: 'Attention', title: 'The node goes on', body: closingExplained });
    void settings.set('desktop.explainedClosing', true).catch(() => undefined);
  });
  // Closing windows ends nothing; without a listener Electron would quit.
  app.on('window-all-closed', () => {});
  app.on('second-instance', () => windows.show('main'));
  app.on('activate', () => windows.show('main'));
  deepLinks.onPage((page) => windows.show('main', page));

  // Up
  await loginItem.repair();
  changed();
  const act = createTrayActions({ node, windows, log });
  const platformTray = { iconDir, platform, env };
  tray = await showTray(platformTray, { facts, act, clock, onStatus: changed });
  if (!loginItem.startedAtLogin && windows.open === 0) windows.show('main');
  await node.start();
}

const closingExplained =
  'Closing the window does not stop it: it serves and earns in the background. To stop it, choose Quit in the menu of its icon.';

/** There is no window yet to say it in. */
function explainAndExit(error: unknown): void {
  const known = isNodeError(error) ? error : new NodeError('internal-error', {}, { cause: error });
  dialog.showErrorBox('ParalleliX Operator cannot start', describeError(known));
  app.exit(1);
}
