import { arch, hostname, release } from 'node:os';
import type { CheckReport } from '../../../shared/check-findings.ts';
import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import { isNodeError, NodeError } from '../../../shared/errors.ts';
import { createFileKeyStore } from '../identity/file-store.ts';
import { findPassphrase } from '../identity/passphrase.ts';
import { lastLines } from '../logging/log-file.ts';
import { fileError } from '../storage/atomic-file.ts';
import type { StatePaths } from '../storage/paths.ts';
import type { SettingDescription } from '../storage/settings.ts';
import { userName } from '../system/account.ts';
import type { Clock } from '../system/clock.ts';
import { bundleLogLines, composeBundle } from './report.ts';

/**
 * The diagnostics bundle of a state directory, as `composeBundle` makes it, with the facts of this computer.
 *
 * @throws NodeError `bundle-refused`, `state-dir-unusable`
 */
export async function makeBundle(
  options: { paths: StatePaths; version: string; platform: string; env: NodeJS.ProcessEnv; homeDir: string },
  modules: {
    clock: Clock;
    /** What runs, in words. */
    node: string;
    snapshot: Snapshot | null;
    settings: readonly SettingDescription[];
    checks: readonly CheckReport[];
  },
): Promise<string> {
  const { paths, version, platform, env, homeDir } = options;
  const { clock, ...known } = modules;
  const { lines } = await lastLines(paths.logFile, bundleLogLines).catch((error: unknown) => {
    throw fileError(error, paths.logFile);
  });
  return composeBundle({
    ...known,
    atMs: clock.now(),
    version,
    system: `${platform} ${release()} ${arch()}, Node v${process.versions.node}`,
    log: lines,
    sensitive: { secrets: await secretsOf(paths, env), homeDir, userName: userName(), hostName: hostname() },
  });
}

/** Why the bundle could not be saved at `path`, from what writing the file said. */
export function bundleNotWritten(path: string, error: unknown): NodeError {
  const reason = isNodeError(error, 'state-dir-unusable')
    ? error.details.reason
    : isNodeError(error, 'disk-full')
      ? 'the disk is full'
      : 'unexpected error';
  return new NodeError('bundle-not-written', { path, reason });
}

/** What is at hand of what must never be in it; a key in a keychain is not asked for. */
async function secretsOf(paths: StatePaths, env: NodeJS.ProcessEnv): Promise<string[]> {
  const key = await createFileKeyStore({ keyFile: paths.keyFile })
    .readAny()
    .catch(() => null);
  const passphrase = await findPassphrase(env).catch(() => null);
  return [key, passphrase].filter((secret) => secret !== null);
}
