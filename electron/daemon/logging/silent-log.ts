import type { Logger } from './logger.ts';

/** For a short look that is nobody's history: keeps nothing. */
export const silentLog: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  fault() {},
  async close() {},
};
