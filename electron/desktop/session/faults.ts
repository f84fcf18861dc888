import { readFileSync, writeFileSync } from 'node:fs';
import { app } from 'electron';
import * as z from 'zod';
import type { Clock } from '../../daemon/system/clock.ts';
import { exitCodes } from '../../node/exit-codes.ts';
import { hiddenArgument } from './login-item.ts';
import { nextRelaunch } from './relaunch-rule.ts';

/**
 * An error that nobody caught ends the app with exit code 70: half a node would seem alive and earn
 * nothing. It starts again by itself, without a window, at most 3 times in 10 minutes.
 */
export function watchForFaults(
  options: { file: string; env: NodeJS.ProcessEnv },
  modules: {
    clock: Clock;
    onFault: (error: unknown) => void;
    /** False while somebody else decides which version is started next. */
    mayRelaunch: () => boolean;
  },
): void {
  const { file, env } = options;
  const { clock, onFault, mayRelaunch } = modules;
  const end = (error: unknown) => {
    try {
      onFault(error);
      const next = mayRelaunch() ? nextRelaunch(readTimes(file), clock.now()) : null;
      if (next !== null) {
        writeFileSync(file, JSON.stringify(next));
        // An AppImage's own program is in a place that ends with this process.
        const program = env.APPIMAGE ? { execPath: env.APPIMAGE } : {};
        app.relaunch({ args: relaunchArguments(process.argv), ...program });
      }
    } finally {
      app.exit(exitCodes.internal);
    }
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}

/** Without a window, as nobody asked for one. */
export function relaunchArguments(argv: readonly string[]): string[] {
  const args = argv.slice(1).filter((argument) => argument !== hiddenArgument);
  return [...args, hiddenArgument];
}

function readTimes(file: string): number[] {
  try {
    return z.array(z.number()).parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return [];
  }
}
