import { createHash } from 'node:crypto';
import { lstat } from 'node:fs/promises';
import type { CheckReport } from '../../../shared/check-findings.ts';
import type { AppCommandHandlers } from '../../../shared/contract/app.ts';
import type { LogEntryLine, upkeepCommands } from '../../../shared/contract/maintenance.ts';
import { NodeError } from '../../../shared/errors.ts';
import { createAnswerBook, describeEntry } from '../../../shared/texts/event-text.ts';
import { makeBackup } from '../../daemon/identity/backup.ts';
import { createFileKeyStore } from '../../daemon/identity/file-store.ts';
import type { KeychainKeyStore } from '../../daemon/identity/key-store.ts';
import { judgeNewPassphrase, type PassphraseSource } from '../../daemon/identity/passphrase.ts';
import { lastLines, parseLogLine } from '../../daemon/logging/log-file.ts';
import { dateStamp, fileError, writeFileAtomic } from '../../daemon/storage/atomic-file.ts';
import { readIdentityRecord } from '../../daemon/storage/identity-record.ts';
import type { StatePaths } from '../../daemon/storage/paths.ts';
import type { SettingsStore } from '../../daemon/storage/settings.ts';
import { isLoopbackHost } from '../../daemon/storage/settings-fields.ts';
import { bundleNotWritten } from '../../daemon/support-report/sources.ts';
import type { Clock } from '../../daemon/system/clock.ts';

export interface UpkeepModules {
  settings: SettingsStore;
  keychain: KeychainKeyStore;
  /** Opens a key file that lies under a passphrase. */
  passphrase: PassphraseSource;
  clock: Clock;
  /** Asks the person where the backup is to lie; null when it was called off. */
  askPlace: (proposedName: string) => Promise<string | null>;
  /** Asks the person where the diagnostics are to lie; null when it was called off. */
  askBundlePlace: (proposedName: string) => Promise<string | null>;
  /** The diagnostics for support, made anew. */
  bundle: () => Promise<string>;
  /** Every check, by what is in force for the app. */
  check: () => Promise<CheckReport[]>;
}

const ethereumMainnet = 1;
/** Lines before the ones that are shown, where the figures of their answers stand. */
const linesBefore = 100;

/** The care of the node's files from a window: checks, log, backup. */
export function createUpkeepCommands(
  { paths }: { paths: StatePaths },
  modules: UpkeepModules,
): Pick<AppCommandHandlers, keyof typeof upkeepCommands> {
  const {
    settings,
    keychain,
    passphrase: keyPassphrase,
    clock,
    askPlace,
    askBundlePlace,
    bundle,
    check,
  } = modules;
  /** What the person was shown last, by its digest. */
  let read: { text: string; digest: string } | null = null;
  return {
    'diagnostics.verify': async () => ({ checks: await check(), asOfMs: clock.now() }),
    'diagnostics.log': async ({ limit }) => ({ lines: await readLog(paths.logFile, limit) }),
    async 'diagnostics.bundle'() {
      const text = await bundle();
      read = { text, digest: createHash('sha256').update(text).digest('hex') };
      return read;
    },
    async 'diagnostics.saveBundle'({ digest }) {
      if (read?.digest !== digest) throw new NodeError('bundle-not-read', {});
      const { text } = read;
      const path = await askBundlePlace(`parallelix-diagnostics-${dateStamp(clock.now())}.txt`);
      if (path === null) return { saved: null };
      await writeFileAtomic(path, text).catch((error: unknown) => {
        throw bundleNotWritten(path, error);
      });
      return { saved: { path } };
    },
    async 'key.backup'({ passphrase }) {
      judgeNewPassphrase(passphrase, 'this window');
      const record = await readIdentityRecord(paths.identityFile);
      if (record === null) throw new NodeError('no-identity', { stateDir: paths.stateDir });
      const node = record.nodeId === null ? record.nodeAddress.slice(0, 10) : `node-${record.nodeId}`;
      const file = await askPlace(`parallelix-${node}-key.json`);
      if (file === null) return { made: null };
      // The dialog may have let an older backup be chosen; none is ever overwritten.
      if ((await lstat(file).catch(() => null)) !== null)
        throw new NodeError('backup-exists', { path: file });
      const { coordinatorUrl } = settings.current;
      const practice = isLoopbackHost(new URL(coordinatorUrl).hostname);
      const fileStore = createFileKeyStore({ keyFile: paths.keyFile, passphrase: keyPassphrase });
      const store = record.keyStore === 'file' ? fileStore : keychain;
      const network = { coordinatorUrl, chainId: practice ? null : ethereumMainnet };
      return { made: await makeBackup({ paths, file, passphrase, record, network }, { clock, store }) };
    },
  };
}

/** @throws NodeError `state-dir-unusable` */
async function readLog(logFile: string, limit: number): Promise<LogEntryLine[]> {
  const answers = createAnswerBook();
  try {
    const { lines } = await lastLines(logFile, limit + linesBefore);
    const parsed = lines.map(parseLogLine).filter((line) => line !== null);
    const told = parsed.map((line) => {
      answers.see(line);
      const { text } = describeEntry(line, answers);
      return { atMs: line.tMs, level: levelOf(line.level), event: line.event, text };
    });
    return told.slice(-limit);
  } catch (error) {
    throw fileError(error, logFile);
  }
}

function levelOf(level: string): LogEntryLine['level'] {
  return level === 'debug' || level === 'warn' || level === 'error' ? level : 'info';
}
