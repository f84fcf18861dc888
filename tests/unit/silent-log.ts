import type { Logger } from '../../electron/daemon/diagnostics/logger.ts';

/** For parts whose log says nothing that a test is about. */
export const silentLog: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  close: async () => undefined,
};
