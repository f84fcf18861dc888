import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cdp, connectCdp } from './cdp.ts';
import { startNetworkDoor } from './network-door.ts';
import { switches } from './switches.ts';

/**
 * What opens under the address bar of every window: pages of Chromium's own, which take longer to load than the app's,
 * and which no headless window shows.
 */
export const unusedFeatures = ['WebUIOmniboxPopup', 'WebUIOmniboxFullPopup', 'WebUIOmniboxAimPopup'];

/** Chromium without a desktop's parts is the same browser to a page, and starts and ends at half of the cost. */
const installed = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];

/** The Chromium that tests drive; named by a path that does not exist where there is none. */
export const chromiumProgram =
  process.env.TEST_HOST_CHROMIUM ?? installed.find((path) => existsSync(path)) ?? '/usr/bin/chromium';

/** The one Chromium of a host, started when the first window needs it. */
export interface Chromium {
  readonly cdp: Cdp;
  /** Where a test connects to drive the same pages. */
  readonly endpoint: string;
  stop(): void;
}

let running: Promise<Chromium> | null = null;
let child: ChildProcess | null = null;
let profile: string | null = null;

export function chromium(): Promise<Chromium> {
  running ??= start();
  return running;
}

/** Ends Chromium with this process, however it ends. */
export function stopChromium(): void {
  child?.kill('SIGKILL');
  child = null;
  if (profile !== null) rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
  profile = null;
}

async function start(): Promise<Chromium> {
  // Beside the app's own profile, so that whoever removes that removes this too.
  const folder = process.env.TEST_HOST_USER_DATA ?? tmpdir();
  mkdirSync(folder, { recursive: true });
  profile = mkdtempSync(join(folder, 'plx-chromium-'));
  const door = await startNetworkDoor();
  const started = spawn(
    chromiumProgram,
    [
      '--headless',
      // Chromium's own sandbox needs rights that containers do not give. In tests only.
      '--no-sandbox',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--disable-features=${unusedFeatures.join(',')}`,
      // The app's handler decides over new windows, not Chromium.
      '--disable-popup-blocking',
      '--password-store=basic',
      '--use-mock-keychain',
      '--force-color-profile=srgb',
      '--remote-debugging-port=0',
      // Nobody speaks over it: Chromium ends when it closes, even where this process was killed.
      '--remote-debugging-pipe',
      `--user-data-dir=${profile}`,
      `--proxy-server=127.0.0.1:${door.port}`,
      // Loopback too goes through the door.
      '--proxy-bypass-list=<-loopback>',
      ...(switches.hardwareAcceleration ? [] : ['--disable-gpu']),
      // A window of Chromium's own, which nobody would look at, takes as long as the rest of its start.
      '--no-startup-window',
    ],
    { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] },
  );
  child = started;
  const endpoint = await new Promise<string>((resolve, reject) => {
    let said = '';
    started.once('error', reject);
    started.once('exit', (code) =>
      reject(new Error(`${chromiumProgram} ended with ${code}: ${said.slice(-500)}`)),
    );
    started.stderr?.on('data', (chunk) => {
      said += String(chunk);
      const found = /DevTools listening on (ws:\S+)/.exec(said);
      if (found?.[1]) resolve(found[1]);
    });
  });
  started.stderr?.resume();
  const cdp = await connectCdp(endpoint);
  return {
    cdp,
    endpoint,
    stop: stopChromium,
  };
}
