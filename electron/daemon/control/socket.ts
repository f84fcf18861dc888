import { lstatSync, mkdtempSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, normalize } from 'node:path';
import { NodeError } from '../../../shared/errors.ts';
import type { Logger } from '../logging/logger.ts';
import { errorCode, fileError } from '../storage/atomic-file.ts';
import type { DaemonLock } from '../storage/lock.ts';
import type { StatePaths } from '../storage/paths.ts';
import type { Clock } from '../system/clock.ts';
import { type ControlServer, type ControlServerModules, createControlServer } from './server.ts';

/** What of a daemon is reached through the socket. */
export interface DaemonToServe extends Pick<ControlServerModules, 'handlers' | 'greeting' | 'subscribe'> {
  /** Calls back when something in the snapshot may have changed. */
  onChange(listener: () => void): void;
}

/** A path that does not fit a socket address; Linux allows 107 bytes, macOS 103. */
const socketPathLimitBytes = 100;
const socketFolderPrefix = 'plx-';
const socketName = 'control.sock';

/**
 * One outside the state directory stays behind after a crash, together with its folder. Its path is in a file,
 * which anybody may have written: only a socket in a folder of ours, directly in the one for temporary files, is removed.
 */
function removeLeftSocket(path: string | null): void {
  if (path === null || normalize(path) !== path || basename(path) !== socketName) return;
  const folder = dirname(path);
  if (!temporaryFolders().includes(dirname(folder)) || !basename(folder).startsWith(socketFolderPrefix))
    return;
  try {
    const facts = lstatSync(folder);
    if (!facts.isDirectory() || facts.uid !== process.geteuid?.() || (facts.mode & 0o077) !== 0) return;
    if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() === false) return;
    rmSync(path, { force: true });
    rmdirSync(dirname(path));
  } catch {
    // Not ours, or not empty: it harms nobody.
  }
}

/**
 * Binds the socket in the state directory, or, where that path is too long, in a private one of its own. A service of
 * the whole computer has it in a folder that its group may enter.
 *
 * @throws NodeError `state-dir-unusable` when it cannot be bound, or everybody could enter the folder of a shared one
 */
export async function openControlSocket(
  options: { paths: StatePaths },
  { lock, daemon, clock, log }: { lock: DaemonLock; daemon: DaemonToServe; clock: Clock; log: Logger },
): Promise<ControlServer> {
  const { paths } = options;
  removeLeftSocket(lock.leftSocketPath);
  const shared = paths.sharedSocketFile;
  if (shared !== null) refuseOpenFolder(dirname(shared));
  const fits = shared !== null || Buffer.byteLength(paths.socketFile) <= socketPathLimitBytes;
  const directory = fits ? null : makeFolder();
  const socketPath = shared ?? (directory === null ? paths.socketFile : join(directory, socketName));
  const server = await createControlServer(
    { socketPath, mode: shared === null ? 0o600 : 0o660 },
    { handlers: daemon.handlers, greeting: daemon.greeting, subscribe: daemon.subscribe, clock, log },
  );
  await lock.publish(socketPath);
  let publishing = false;
  daemon.onChange(() => {
    // A full disk kept `control.json` from being written; without it the daemon is hard to find.
    if (lock.controlFault === null || publishing) return;
    publishing = true;
    void lock.publish(socketPath).finally(() => {
      publishing = false;
    });
  });
  return {
    async stop() {
      await server.stop();
      try {
        if (directory !== null) rmSync(dirname(socketPath), { recursive: true, force: true });
      } catch (error) {
        log.warn('control-socket-left', { reason: errorCode(error) });
      }
    },
  };
}

/** TMPDIR can name a folder that is not there. */
const temporaryFolders = () => [tmpdir(), '/tmp', '/var/tmp'];

/** @throws NodeError `state-dir-unusable`, `disk-full` */
function makeFolder(): string {
  let fault: unknown = null;
  for (const folder of temporaryFolders()) {
    try {
      return mkdtempSync(join(folder, socketFolderPrefix));
    } catch (error) {
      fault ??= error;
    }
  }
  throw fileError(fault, tmpdir(), 'temporary');
}

function refuseOpenFolder(path: string): void {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  if (mode !== undefined && (mode & 0o007) === 0) return;
  const reason = mode === undefined ? 'no-such-folder' : 'open-to-everybody';
  throw new NodeError('state-dir-unusable', { path, reason });
}
