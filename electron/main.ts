import './node/no-debugger.ts';
import { join } from 'node:path';
import { app, dialog, Menu } from 'electron';
import { isNodeError, NodeError } from '../shared/errors.ts';
import { describeError } from '../shared/texts/error-text.ts';
import { openSettings } from './daemon/storage/settings.ts';
import { homeDirectory } from './daemon/system/account.ts';
import { systemClock as clock } from './daemon/system/clock.ts';
import { openLogs } from './desktop/app-log.ts';
import { composeApp } from './desktop/compose.ts';
import { createDesktopLanguage } from './desktop/language.ts';
import { startAppParts } from './desktop/part.ts';
import { watchForFaults } from './desktop/session/faults.ts';
import { desktopWords } from './desktop/texts/english.ts';
import { listenForDeepLinks } from './desktop/windows/deep-links.ts';
import { applicationMenu } from './desktop/windows/menu.ts';
import { registerAppScheme, serveInterface } from './desktop/windows/protocol.ts';
import { openWindowSession, restrictPages } from './desktop/windows/security.ts';
import { createContext, type NodeContext } from './node/context.ts';
import { createDaemonManager, type DaemonManager } from './node/daemon-manager.ts';
import { createKeptPassphrase, type KeptPassphrase } from './node/kept-passphrase.ts';
import { officialNode } from './node/official-client.ts';
import { findHostingService } from './node/operations/service/services.ts';
import { productVersion } from './node/product-version.ts';
import { resolvePaths } from './node/state-directory.ts';

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
  const { env, platform } = process;
  const homeDir = homeDirectory();
  const paths = await resolvePaths({ env, platform, homeDir });
  const logs = openLogs(paths, { clock });
  const keptPassphrase = createKeptPassphrase();
  const context = createContext(
    { paths, env, platform, homeDir, version: productVersion() },
    { clock, askPassphrase: keptPassphrase.ask },
  );
  try {
    await startParts(context, { logs, keptPassphrase });
  } catch (error) {
    // What has a code is shown with what to do; of the rest only its stack says anything.
    if (!isNodeError(error)) logs.app.fault(error, 'start-failed');
    throw error;
  }
}

async function startParts(
  context: NodeContext,
  { logs, keptPassphrase }: { logs: ReturnType<typeof openLogs>; keptPassphrase: KeptPassphrase },
): Promise<void> {
  const { env, platform, paths } = context;
  const userData = app.getPath('userData');
  const log = logs.app;
  let node: DaemonManager | null = null;
  let mayRelaunch = () => true;
  const onFault = (error: unknown) => {
    log.fault(error);
    // A crash of this app is one of the node that it hosts: checks and the support report read that log.
    if (node?.phase.phase === 'hosting') logs.node.fault(error);
  };
  watchForFaults(
    { file: join(userData, 'relaunches.json'), env },
    { clock, onFault, mayRelaunch: () => mayRelaunch() },
  );
  const settings = await openSettings({ paths }, { clock });
  node = createDaemonManager(context, {
    ...{ settings, keptPassphrase },
    findService: () => findHostingService(context),
    log: logs.node,
    random: Math.random,
  });

  // Windows, closed to everything but our own files and our own questions
  restrictPages({ log });
  const session = openWindowSession({ log });
  serveInterface({ rendererDir }, { session });
  Menu.setApplicationMenu(applicationMenu({ platform }));

  const official = await officialNode(context);
  const composed = composeApp(
    { appDir: here, preloadFile, iconDir, userData, args: process.argv, official },
    context,
    { node, settings, session, keptPassphrase, log },
  );
  const { parts, windows } = composed;
  mayRelaunch = composed.mayRelaunch;
  // Closing windows ends nothing; without a listener Electron would quit.
  app.on('window-all-closed', () => {});
  app.on('second-instance', () => windows.show('main'));
  app.on('activate', () => windows.show('main'));
  deepLinks.onPage((page) => windows.show('main', page));
  await startAppParts(parts);
}

/** There is no window yet to say it in. */
async function explainAndExit(error: unknown): Promise<void> {
  const known = isNodeError(error) ? error : new NodeError('internal-error', {}, { cause: error });
  // The settings may be what could not be read.
  const language = createDesktopLanguage({
    chosen: () => 'system',
    preferred: () => app.getPreferredSystemLanguages(),
  });
  await language.update().catch(() => false);
  const [title, text] = language.say(() => [desktopWords().cannotStart, describeError(known)] as const);
  dialog.showErrorBox(title, text);
  app.exit(1);
}
