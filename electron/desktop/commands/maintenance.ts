import { createHash } from 'node:crypto';
import type { CheckReport } from '../../../shared/check-findings.ts';
import type { AppCommandHandlers } from '../../../shared/contract/app.ts';
import type { LogEntryLine, maintenanceCommands } from '../../../shared/contract/maintenance.ts';
import { NodeError } from '../../../shared/errors.ts';
import { createAnswerCache, describeEntry } from '../../../shared/texts/event-text.ts';
import { readComputer } from '../../daemon/hardware/computer.ts';
import { lastLines, parseLogLine } from '../../daemon/logging/log-file.ts';
import { dateStamp, fileError } from '../../daemon/storage/atomic-file.ts';
import type { SettingsStore } from '../../daemon/storage/settings.ts';
import { settingsInForce } from '../../node/configuration.ts';
import type { NodeContext } from '../../node/context.ts';
import { backUpKey } from '../../node/operations/keys/backup.ts';
import { saveSupportReport } from '../../node/operations/support-report.ts';
import type { DesktopLanguage } from '../language.ts';

export interface MaintenanceModules {
  settings: SettingsStore;
  /** Asks the person for the path of the backup; null when it was cancelled. */
  askBackupPath: (proposedName: string) => Promise<string | null>;
  /** Asks the person for the path of the diagnostics; null when it was cancelled. */
  askBundlePath: (proposedName: string) => Promise<string | null>;
  /** The diagnostics for support, made again. */
  bundle: () => Promise<string>;
  /** Every check, by what is in force for the app. */
  check: () => Promise<CheckReport[]>;
  /** In which the log is told. */
  language: Pick<DesktopLanguage, 'say'>;
}

/** Lines before the ones that are shown, where the figures of their answers stand. */
const linesBefore = 100;

/** The care of the node's files from a window: checks, log, backup. */
export function createMaintenanceCommands(
  context: NodeContext,
  modules: MaintenanceModules,
): Pick<AppCommandHandlers, keyof typeof maintenanceCommands> {
  const { settings, askBackupPath, askBundlePath, bundle, check, language } = modules;
  const { paths, clock } = context;
  /** What the person was shown last, by its digest. */
  let read: { text: string; digest: string } | null = null;
  return {
    'diagnostics.computer': () => readComputer({}, { clock }),
    'diagnostics.verify': async () => ({ checks: await check(), asOfMs: clock.now() }),
    'diagnostics.log': async ({ limit }) => ({ lines: await readLog(paths.logFile, limit, language) }),
    async 'diagnostics.bundle'() {
      const text = await bundle();
      read = { text, digest: createHash('sha256').update(text).digest('hex') };
      return read;
    },
    async 'diagnostics.saveBundle'({ digest }) {
      if (read?.digest !== digest) throw new NodeError('bundle-not-read', {});
      const { text } = read;
      const path = await askBundlePath(`parallelix-diagnostics-${dateStamp(clock.now())}.txt`);
      if (path === null) return { saved: null };
      // The dialog has asked about a file that is there.
      await saveSupportReport(path, text, { replaces: true });
      return { saved: { path } };
    },
    async 'key.backup'({ passphrase }) {
      const { coordinatorUrl } = settingsInForce(context, settings).settings;
      const given = { text: passphrase, source: 'this window' };
      const done = await backUpKey(
        context,
        { coordinatorUrl, passphrase: given },
        { file: askBackupPath, passphrase: async () => passphrase },
      );
      return { made: done?.made ?? null };
    },
  };
}

/** @throws NodeError `state-dir-unusable` */
async function readLog(
  logFile: string,
  limit: number,
  language: MaintenanceModules['language'],
): Promise<LogEntryLine[]> {
  const answers = createAnswerCache();
  try {
    const { lines } = await lastLines(logFile, limit + linesBefore);
    const parsed = lines.map(parseLogLine).filter((line) => line !== null);
    const described = parsed.map((line) => {
      answers.see(line);
      const { text } = language.say(() => describeEntry(line, answers));
      return { atMs: line.tMs, level: levelOf(line.level), event: line.event, text };
    });
    return described.slice(-limit);
  } catch (error) {
    throw fileError(error, logFile, 'log');
  }
}

function levelOf(level: string): LogEntryLine['level'] {
  return level === 'debug' || level === 'warn' || level === 'error' ? level : 'info';
}
