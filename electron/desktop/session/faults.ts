import { app } from 'electron';
import type { Clock } from '../../daemon/system/clock.ts';
import { exitCodes } from '../../node/exit-codes.ts';
import { hiddenArgument } from './login-item.ts';
import { earlierRelaunches, keepRelaunches, nextRelaunch } from './relaunch-rule.ts';

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
  /** A log on a full disk must not keep the app from coming back. */
  const tell = (error: unknown) => {
    try {
      onFault(error);
    } catch {
      // The first error is the one that counts.
    }
  };
  const end = (error: unknown) => {
    tell(error);
    try {
      const { argv } = process;
      const next = mayRelaunch() ? nextRelaunch(earlierRelaunches(file, argv), clock.now()) : null;
      if (next !== null) {
        // An AppImage's own program is in a place that ends with this process.
        const program = env.APPIMAGE ? { execPath: env.APPIMAGE } : {};
        app.relaunch({ args: relaunchArguments(keepRelaunches(file, next, argv)), ...program });
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
