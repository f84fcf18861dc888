import { homedir } from 'node:os';
import { join } from 'node:path';
import { app, dialog, Menu, nativeTheme } from 'electron';
import { type AppCommandHandlers, type AppCommandName, isAppCommandName } from '../shared/contract/app.ts';
import type { CommandName } from '../shared/contract/commands.ts';
import { describeError } from '../shared/error-text.ts';
import { isNodeError, NodeError } from '../shared/errors.ts';
import { productVersion } from './cli/product-version.ts';
import { systemClock as clock } from './daemon/clock.ts';
import { createKeychainStore } from './daemon/identity/keychain/store.ts';
import { createPassphraseSource } from './daemon/identity/passphrase.ts';
import { statePaths } from './daemon/storage/paths.ts';
import { openSettings } from './daemon/storage/settings.ts';
import { createAppCommands } from './desktop/app-commands.ts';
import { openLogs } from './desktop/app-log.ts';
import { takeAppState } from './desktop/app-state.ts';
import { createBundle } from './desktop/bundle.ts';
import { createCheckUp } from './desktop/check-up.ts';
import { listenForDeepLinks } from './desktop/deep-links.ts';
import { watchForFaults } from './desktop/faults.ts';
import { askBackupFile, askBackupPlace, askBundlePlace } from './desktop/file-dialogs.ts';
import { createIpcHost } from './desktop/ipc.ts';
import { createKeyCommands } from './desktop/key-commands.ts';
import { createLoginItem } from './desktop/login-item.ts';
import { applicationMenu } from './desktop/menu.ts';
import { createNodeHost } from './desktop/node-host.ts';
import { createNotificationRules } from './desktop/notification-rules.ts';
import { createNotifier } from './desktop/notifications.ts';
import { findOfficial } from './desktop/official.ts';
import { createPower, needsAwake } from './desktop/power.ts';
import { registerAppScheme, serveInterface } from './desktop/protocol.ts';
import { createQuit } from './desktop/quit.ts';
import { openWindowSession, restrictPages } from './desktop/security.ts';
import { createTrayActions } from './desktop/tray-actions.ts';
import { showTray, type TrayPresence } from './desktop/tray-presence.ts';
import { createUpkeepCommands } from './desktop/upkeep.ts';
import { createWindows } from './desktop/windows.ts';

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
  const version = productVersion();
  const paths = statePaths({ env, platform, homeDir: homedir() });
  const computer = { paths, version, platform, env, homeDir: homedir() };
  const userData = app.getPath('userData');

  // What others stand on
  const logs = openLogs(paths, { clock });
  const log = logs.app;
  const onFault = (error: unknown) => log.error('crashed', { error: String(error) });
  watchForFaults({ file: join(userData, 'relaunches.json'), env }, { clock, onFault });
  const settings = await openSettings({ paths }, { clock });
  const keychain = createKeychainStore({ platform, env }, { clock });

  // The node
  const node = createNodeHost(
    { paths, version, env },
    { settings, keychain, clock, log: logs.node, random: Math.random },
  );

  const passphrase = createPassphraseSource({ env }, { ask: node.askPassphrase });

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
  const loginItem = createLoginItem({ platform, env, homeDir: homedir(), isInstalled, args });
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
  const official = await findOfficial({ homeDir: homedir() });
  const state = () =>
    takeAppState(
      { version, platform, stateDir: paths.stateDir },
      { node, settings, loginItem, power, quit, tray: tray?.status ?? 'unknown', official },
    );
  const check = createCheckUp(computer, { settings, node, clock });
  const ownCommands: AppCommandHandlers = {
    ...createAppCommands(
      { paths, version },
      { state, changed, node, windows, settings, loginItem, keychain, quit: () => app.quit(), clock },
    ),
    ...createUpkeepCommands(
      { paths },
      {
        ...{ settings, keychain, passphrase, clock, check },
        askPlace: askBackupPlace,
        askBundlePlace,
        bundle: createBundle(computer, { node, settings, check, clock }),
      },
    ),
    ...createKeyCommands(computer, { node, settings, keychain, passphrase, askFile: askBackupFile, clock }),
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

  // What tells whom
  function changed(): void {
    nativeTheme.themeSource = settings.current.desktop.theme;
    power.changed();
    tray?.changed();
    ipc.push('app', state());
  }
  node.onPhase(changed);
  node.onEvent((event) => {
    ipc.push('daemon', event);
    if (node.snapshot) notifications.look(node.snapshot);
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
  const facts = () => ({ phase: node.phase, snapshot: node.snapshot, quitting: quit.quitting !== null });
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
