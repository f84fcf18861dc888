import { arch, hostname, release } from 'node:os';
import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import { isNodeError, NodeError } from '../../../shared/errors.ts';
import { readComputer } from '../../daemon/hardware/computer.ts';
import { createFileKeyStore } from '../../daemon/identity/file-store.ts';
import { findPassphrase } from '../../daemon/identity/passphrase.ts';
import { lastLines } from '../../daemon/logging/log-file.ts';
import { createFile, fileError, writeFileAtomic } from '../../daemon/storage/atomic-file.ts';
import { bundleLogLines, composeBundle } from '../../daemon/support-report/report.ts';
import { userName } from '../../daemon/system/account.ts';
import { type Configuration, describeSettings } from '../configuration.ts';
import type { NodeContext } from '../context.ts';
import { runningSnapshot } from '../daemon-link.ts';
import { checkNode } from './checks.ts';

/**
 * The support report of a node, as `composeBundle` makes it, with the facts of this computer and every check made again.
 *
 * @throws NodeError `bundle-refused`, `state-dir-unusable`, `ca-file-unreadable`
 */
export async function makeSupportReport(
  context: NodeContext,
  configuration: Configuration,
  modules: {
    /** What the running node reports, where the host knows it; asked over the control socket otherwise. */
    snapshot?: () => Promise<Snapshot | null>;
    /** Who runs the node, as text. */
    host: (snapshot: Snapshot | null) => string;
  },
): Promise<string> {
  const { paths, version, platform, homeDir, clock } = context;
  const snapshot = await (modules.snapshot ?? (() => runningSnapshot(context)))();
  const [checks, computer] = await Promise.all([
    checkNode(context, configuration, { snapshot: async () => snapshot }),
    readComputer({}, { clock }),
  ]);
  const { lines } = await lastLines(paths.logFile, bundleLogLines).catch((error: unknown) => {
    throw fileError(error, paths.logFile, 'log');
  });
  return composeBundle({
    ...{ snapshot, checks, version, computer },
    node: modules.host(snapshot),
    settings: describeSettings(configuration.store, configuration),
    atMs: clock.now(),
    system: { platform, release: release(), arch: arch(), nodeVersion: `v${process.versions.node}` },
    log: lines,
    sensitive: { secrets: await secretsOf(context), homeDir, userName: userName(), hostName: hostname() },
  });
}

/**
 * Writes it where a person wants it.
 *
 * @param options `replaces`: the person has agreed that a file there goes
 * @throws NodeError `bundle-not-written`
 */
export async function saveSupportReport(
  path: string,
  text: string,
  { replaces }: { replaces: boolean },
): Promise<void> {
  try {
    if (replaces) return await writeFileAtomic(path, text);
    if (await createFile(path, text)) return;
  } catch (error) {
    throw notWritten(path, error);
  }
  throw new NodeError('bundle-not-written', { path, reason: 'already-exists' });
}

function notWritten(path: string, error: unknown): NodeError {
  const reason = isNodeError(error, 'state-dir-unusable')
    ? error.details.reason
    : isNodeError(error, 'disk-full') || isNodeError(error, 'file-failed')
      ? error.details.reason
      : 'unexpected error';
  return new NodeError('bundle-not-written', { path, reason });
}

/** What is at hand of what must never be in it; a key in a keychain is not asked for. */
async function secretsOf({ paths, env }: NodeContext): Promise<string[]> {
  const key = await createFileKeyStore({ keyFile: paths.keyFile })
    .readAny()
    .catch(() => null);
  const passphrase = await findPassphrase(env).catch(() => null);
  return [key, passphrase].filter((secret) => secret !== null);
}
