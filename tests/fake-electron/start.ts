import { pathToFileURL } from 'node:url';
import { chromium, stopChromium } from './chromium.ts';
import { serveControl, tell } from './control.ts';
import * as electron from './electron.ts';
import { letOut } from './network-door.ts';
import { record } from './record.ts';
import { switches } from './switches.ts';
import { answerDialog } from './system.ts';

/**
 * `node --import hooks.ts start.ts MAIN [ARGUMENTS]`: runs an app's main file as Electron would, and is
 * ready once it has been evaluated.
 */
const [node = '', , main = '', ...args] = process.argv;
process.argv = [node, main, ...args];
const resourcesPath = process.env.TEST_HOST_RESOURCES;
if (resourcesPath !== undefined) Object.assign(process, { resourcesPath });
process.once('exit', stopChromium);
Object.assign(globalThis, {
  testHost: { record, letOut, switches, answerDialog, endpoint: async () => (await chromium()).endpoint },
});
serveControl(electron);
await import(pathToFileURL(main).href);
electron.app.hostReady();
tell({ kind: 'ready' });
