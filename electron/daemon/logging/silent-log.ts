import type { Logger } from './logger.ts';

/** For a short check that needs no log: keeps nothing. */
export const silentLog: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  fault() {},
  async close() {},
};
