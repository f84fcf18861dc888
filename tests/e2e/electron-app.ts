import { _electron } from 'playwright-core';
import type { LaunchOptions, RunningApp } from './app.ts';

/** Runs the app under a real Electron, driven by Playwright. */
export async function launchElectron(
  executablePath: string,
  { main, userData, env, args }: LaunchOptions,
): Promise<RunningApp> {
  const launched = await _electron.launch({
    executablePath,
    // Chromium's sandbox needs rights that containers do not give. In tests only.
    args: [
      main,
      `--user-data-dir=${userData}`,
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ...args,
    ],
    env: Object.fromEntries(
      Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined),
    ),
  });
  const child = launched.process();
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      output += String(chunk);
    });
  return {
    evaluate: (work, arg) => launched.evaluate(work as never, arg as never) as never,
    async page(window = 'main') {
      for (;;) {
        const found = launched.windows().find((page) => page.url().includes(`window=${window}`));
        if (found) return found;
        await launched.waitForEvent('window');
      }
    },
    get output() {
      return output;
    },
    relaunches: [],
    exited: new Promise((resolve) => child.once('exit', resolve)),
    kill: (signal = 'SIGTERM') => void child.kill(signal),
  };
}
