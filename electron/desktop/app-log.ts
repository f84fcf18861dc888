import { hostname } from 'node:os';
import { join } from 'node:path';
import { createLogger, type Logger } from '../daemon/logging/logger.ts';
import { createRedactor } from '../daemon/logging/redaction.ts';
import type { StatePaths } from '../daemon/storage/paths.ts';
import { homeDirectory, userName } from '../daemon/system/account.ts';
import type { Clock } from '../daemon/system/clock.ts';

/**
 * The app's own log and that of a daemon it hosts. Two files: while the app is attached, the daemon's
 * belongs to another program.
 */
export function openLogs(paths: StatePaths, { clock }: { clock: Clock }): { app: Logger; node: Logger } {
  const redactor = createRedactor({ homeDir: homeDirectory(), userName: userName(), hostName: hostname() });
  const open = (file: string) => createLogger({ file, level: 'info' }, { clock, redactor });
  return { app: open(join(paths.logDir, 'app.log')), node: open(paths.logFile) };
}
