import { isNodeError, NodeError } from '../../../../shared/errors.ts';
import { formatDuration, stamp } from '../../../../shared/format.ts';
import { officialDirectory, readOfficialNode } from '../../../daemon/incumbent/files.ts';
import { takeOverSettings } from '../../../daemon/incumbent/settings.ts';
import { readIdentityRecord } from '../../../daemon/storage/identity-record.ts';
import { findDaemon } from '../../../daemon/storage/lock.ts';
import type { StatePaths } from '../../../daemon/storage/paths.ts';
import { openSettings } from '../../../daemon/storage/settings.ts';
import { parseLength } from '../../args/duration.ts';
import type { CommandRun, Invocation } from '../../args/invocation.ts';
import { checkUp } from '../../checks.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { resolveConfiguration, resolvePaths } from '../../resolve.ts';
import { checkList } from '../../terminal/check-list.ts';
import { facts, paragraph } from '../../terminal/layout.ts';
import { adopt } from '../key/adoption.ts';
import { type ChangedOver, changeBack, changeOver, type Gap } from './cutover.ts';

const usualPatienceMs = 60_000;
const longestPatienceMs = 60 * 60_000;

export const runSwitch: CommandRun = async (invocation): Promise<ExitCode> => {
  const { flags, terminal } = invocation;
  const patienceMs = patienceOf(invocation);
  const paths = await resolvePaths(invocation);
  const say = (text: string) => {
    if (!flags.json) terminal.out(text);
  };
  if (flags.back) {
    const nodeKeyHash = await requireOfficialKey(invocation, paths);
    return report(invocation, 'back', nodeKeyHash, await changeBack(invocation, paths, { say }));
  }
  const { nodeKeyHash, dir } = await takeOver(invocation, paths, say);
  await requireHealth(invocation, say);
  const called = new AbortController();
  const stop = holdSignals(called);
  try {
    const options = { nodeKeyHash, dir, patienceMs, signal: called.signal, say };
    return await report(invocation, 'to-ours', nodeKeyHash, await changeOver(invocation, paths, options));
  } finally {
    stop();
  }
};

/** @throws NodeError `usage` */
function patienceOf({ flags }: Invocation): number {
  if (flags.for === undefined) return usualPatienceMs;
  const patienceMs = parseLength(flags.for);
  if (flags.back) throw new NodeError('usage', { input: '--for', remedy: 'does not go with --back' });
  if (patienceMs !== null && patienceMs >= 1000 && patienceMs <= longestPatienceMs) return patienceMs;
  throw new NodeError('usage', { input: `--for ${flags.for}`, remedy: 'write a time such as 90s, 1s to 1h' });
}

/** A change-over that is called off in the middle is taken back, not left where it is. */
function holdSignals(called: AbortController): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const abort = () => called.abort();
  for (const signal of signals) process.on(signal, abort);
  return () => {
    for (const signal of signals) process.off(signal, abort);
  };
}

/** The key of the official client becomes ours too; its files are only read, and it goes on serving. */
async function takeOver(
  invocation: Invocation,
  paths: StatePaths,
  say: (text: string) => void,
): Promise<{ nodeKeyHash: string; dir: string }> {
  const { homeDir, clock } = invocation;
  const dir = officialDirectory(homeDir);
  const official = await readOfficialNode({ dir });
  const { nodeKeyHash, privateKey, nodeId, owner } = official;
  const record = await readIdentityRecord(paths.identityFile);
  // A node of ours that runs with this very key needs nothing more.
  const isOurs = record?.nodeKeyHash === nodeKeyHash;
  const serves = isOurs && (await findDaemon(paths, { clock })) !== null;
  if (!serves) {
    const incoming = { privateKey, nodeId, owner, source: dir };
    const adopting = adopt(invocation, paths, { incoming, differentKey: false, hold: false });
    const { adopted } = await adopting.catch((error: unknown) => {
      // A call that was killed had started it: it was not to be found yet, and has come up meanwhile.
      if (isOurs && isNodeError(error, 'other-daemon')) return { adopted: { alreadyHere: true } };
      throw error;
    });
    say(
      adopted.alreadyHere
        ? 'The key of the official client is here already.'
        : `The key is taken over from ${dir}.`,
    );
    await takeOverSettings(await openSettings({ paths }, { clock }), official);
  }
  return { nodeKeyHash, dir };
}

/** Nothing is stopped for a node that could not serve. */
async function requireHealth(invocation: Invocation, say: (text: string) => void): Promise<void> {
  const { terminal } = invocation;
  const checks = await checkUp(invocation, await resolveConfiguration(invocation));
  // That the official client runs, and ours does not, is why we are here.
  const failed = checks.filter(
    ({ id, result }) => result === 'failed' && id !== 'official' && id !== 'daemon',
  );
  const [first] = failed;
  if (first === undefined) return say('Everything that this node needs is in order.');
  say(checkList(terminal, failed));
  throw new NodeError('switch-failed', {
    reason: first.means.replace(/\.$/, ''),
    official: 'nothing was stopped, and the official client goes on',
  });
}

/** @throws NodeError `official-missing`, `key-differs` when going back would bring another node */
async function requireOfficialKey({ homeDir }: Invocation, paths: StatePaths): Promise<string> {
  const dir = officialDirectory(homeDir);
  const { nodeKeyHash } = await readOfficialNode({ dir, keyOnly: true });
  const record = await readIdentityRecord(paths.identityFile).catch((error: unknown) => {
    if (isNodeError(error, 'identity-unreadable')) return null;
    throw error;
  });
  if (record !== null && record.nodeKeyHash !== nodeKeyHash) {
    throw new NodeError('key-differs', { expected: record.nodeKeyHash, found: nodeKeyHash, place: dir });
  }
  return nodeKeyHash;
}

async function report(
  { flags, terminal }: Invocation,
  direction: 'to-ours' | 'back',
  nodeKeyHash: string,
  { service, gap, nodeId, pid }: ChangedOver,
): Promise<ExitCode> {
  if (flags.json) {
    const { printDocument, switchDocument } = await import('../../documents/documents.ts');
    printDocument(terminal, switchDocument, {
      schemaVersion: 1,
      document: 'switch',
      direction,
      nodeKeyHash,
      nodeId,
      official: service,
      gapMinMs: gap?.minMs ?? null,
      gapMaxMs: gap?.maxMs ?? null,
      lastHeartbeatAtMs: gap?.lastHeartbeatAtMs ?? null,
      firstHeartbeatAtMs: gap?.firstHeartbeatAtMs ?? null,
      pid,
    });
    return exitCodes.done;
  }
  const ours = direction === 'to-ours';
  const head = ours ? 'This node serves now.' : 'The official client serves again.';
  terminal.out(`\n${terminal.paint('good', '✓')} ${terminal.bold(head)}\n`);
  terminal.out(
    facts(terminal, [
      ['node', nodeId ?? '—'],
      ['gap', gap === null ? 'none that can be told' : gapText(gap)],
      ['process', pid === null ? '—' : String(pid)],
    ]),
  );
  const next = ours
    ? 'It runs until this computer restarts or: parallelix-operator drain. To have it start by itself, let your service manager run: parallelix-operator start --wait --plain. To go back: parallelix-operator switch --back'
    : 'Its key stays here too. Do not start this node beside it; to change over again: parallelix-operator switch';
  terminal.out(`\n${paragraph(terminal, next)}`);
  return exitCodes.done;
}

function gapText({ minMs, maxMs, lastHeartbeatAtMs, firstHeartbeatAtMs }: Gap): string {
  const seconds = (ms: number) => (ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : formatDuration(ms));
  const [least, most] = [seconds(minMs), seconds(maxMs)];
  const last = lastHeartbeatAtMs === null ? 'not recorded by it' : stamp(lastHeartbeatAtMs);
  const first = firstHeartbeatAtMs === null ? 'not known here' : stamp(firstHeartbeatAtMs);
  const length = least === most ? least : `${least} to ${most}`;
  return `${length} (last heartbeat of the one: ${last}; first accepted of the other: ${first})`;
}
