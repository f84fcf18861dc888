import type { Snapshot } from '../../../../shared/contract/snapshot.ts';
import { isNodeError } from '../../../../shared/errors.ts';
import { formatDuration } from '../../../../shared/format.ts';
import { describeBadge, describeState } from '../../../../shared/states/states.ts';
import { describeError } from '../../../../shared/texts/error-text.ts';
import type { ControlClient } from '../../../daemon/control/client.ts';
import { readIdentityRecord } from '../../../daemon/storage/identity-record.ts';
import type { StatePaths } from '../../../daemon/storage/paths.ts';
import { refuseClosedService } from '../../../node/system-service-socket.ts';
import type { CommandRun, Invocation } from '../../args/invocation.ts';
import { reachDaemon } from '../../daemon-link.ts';
import type { StatusDocument } from '../../documents/status.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { resolvePaths } from '../../resolve.ts';
import { facts, paragraph } from '../../terminal/layout.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { recentRequests } from './recent.ts';
import { statusText } from './text.ts';

export const runStatus: CommandRun = async (invocation) => {
  const paths = await resolvePaths(invocation);
  let daemon: ControlClient;
  try {
    daemon = await reachDaemon(invocation, paths);
  } catch (error) {
    if (!isNodeError(error, 'no-daemon')) throw error;
    await refuseClosedService(paths);
    return printNoDaemon(invocation, paths);
  }
  try {
    if (!daemon.compatible) return await printGreeting(invocation, paths, daemon);
    if (invocation.flags.watch) {
      const { watchStatus } = await import('./watch.ts');
      const print = async (snapshot: Snapshot) => void printSnapshot(invocation, paths, daemon, snapshot);
      return await watchStatus(invocation, daemon, print);
    }
    return await printSnapshot(invocation, paths, daemon, await daemon.ask('snapshot', {}));
  } finally {
    daemon.close();
  }
};

const nothingKnown = {
  daemon: null,
  identity: null,
  registration: null,
  heartbeat: null,
  uptime: null,
  serving: null,
  ollama: null,
  pulls: null,
  install: null,
  selfTests: null,
  hardware: null,
  chain: null,
  earnings: null,
  earned: null,
  control: null,
};

async function printSnapshot(
  { flags, terminal, clock }: Invocation,
  paths: StatePaths,
  daemon: ControlClient,
  snapshot: Snapshot,
): Promise<ExitCode> {
  const { pid, version, contract, uptimeMs } = daemon.greeting;
  const { state, badges, ...sections } = snapshot;
  const nowMs = clock.now();
  if (flags.json) {
    await printStatus(terminal, {
      schemaVersion: 1,
      document: 'status',
      running: true,
      compatible: true,
      process: { pid, version, contract, uptimeMs },
      state: { ...state, ...describeState(state.code, state.params, nowMs) },
      badges: badges.map(({ code, params }) => ({ code, params, ...describeBadge(code, params, nowMs) })),
      ...sections,
      onDisk: await onDisk(paths),
    });
    return exitCodes.done;
  }
  const recent = await recentRequests(daemon);
  terminal.out(statusText(terminal, snapshot, { recent, uptimeMs, nowMs, verbose: flags.verbose === true }));
  return exitCodes.done;
}

/** Loaded for a document alone: its schema holds all that a node reports. */
async function printStatus(terminal: Terminal, status: StatusDocument): Promise<void> {
  const { printDocument } = await import('../../documents/documents.ts');
  const { statusDocument } = await import('../../documents/status.ts');
  printDocument(terminal, statusDocument, status);
}

/** A node of another version: its own texts are all that can be trusted. */
async function printGreeting(
  { flags, terminal }: Invocation,
  paths: StatePaths,
  { greeting }: ControlClient,
): Promise<ExitCode> {
  const { pid, version, contract, uptimeMs, label, sentence, nodeId } = greeting;
  if (flags.json) {
    await printStatus(terminal, {
      schemaVersion: 1,
      document: 'status',
      running: true,
      compatible: false,
      process: { pid, version, contract, uptimeMs },
      // One sentence is all that the other version says of it.
      state: {
        ...{ code: null, label, sentence, what: sentence, effect: null, action: null },
        ...{ button: null, earns: null, sinceMs: null, params: {} },
      },
      badges: [],
      ...nothingKnown,
      onDisk: await onDisk(paths),
    });
    return exitCodes.done;
  }
  terminal.out(`${terminal.bold(`● ${label}`)}\n${paragraph(terminal, sentence)}\n`);
  terminal.out(
    facts(terminal, [
      ['node', nodeId ?? 'not registered yet'],
      ['process', `${pid}, up ${formatDuration(uptimeMs)}, version ${version}`],
    ]),
  );
  terminal.out(
    `\n${paragraph(terminal, 'Another version runs this node, so this program can only show its state. Restart it with: parallelix-operator restart')}`,
  );
  return exitCodes.done;
}

async function printNoDaemon(invocation: Invocation, paths: StatePaths): Promise<ExitCode> {
  const { flags, terminal } = invocation;
  const found = await onDisk(paths);
  if (flags.json) {
    await printStatus(terminal, {
      schemaVersion: 1,
      document: 'status',
      running: false,
      compatible: null,
      process: null,
      state: null,
      badges: [],
      ...nothingKnown,
      onDisk: found,
    });
    return exitCodes.noDaemon;
  }
  const { identity } = found;
  const next =
    identity === null
      ? 'Set it up with: parallelix-operator setup'
      : `Start it with: ${await startCommand(invocation, paths)}`;
  terminal.out(`${terminal.bold('● Not running')}`);
  terminal.out(`${paragraph(terminal, `No node is running here, so you’re not earning. ${next}`)}\n`);
  terminal.out(
    facts(terminal, [
      ['node', identity?.nodeId ?? (identity === null ? 'no key yet' : 'not registered yet')],
      ...(identity?.nodeKeyHash ? ([['key', identity.nodeKeyHash]] as const) : []),
      ...(identity?.problem ? ([['problem', identity.problem]] as const) : []),
      ['directory', paths.stateDir],
    ]),
  );
  return exitCodes.noDaemon;
}

/** Where a service has the node, that one is started. */
async function startCommand(
  { env, platform, homeDir, clock }: Invocation,
  paths: StatePaths,
): Promise<string> {
  const { serviceOfState } = await import('../../../node/operations/service/services.ts');
  const service = await serviceOfState({ env, platform, homeDir, clock, paths });
  return service === null ? 'parallelix-operator start' : 'parallelix-operator service start';
}

async function onDisk(paths: StatePaths) {
  const nobody = { nodeKeyHash: null, nodeAddress: null, nodeId: null, owner: null, keyStore: null };
  try {
    const record = await readIdentityRecord(paths.identityFile);
    if (record === null) return { stateDir: paths.stateDir, identity: null };
    const { nodeKeyHash, nodeAddress, nodeId, owner, keyStore } = record;
    return {
      stateDir: paths.stateDir,
      identity: { nodeKeyHash, nodeAddress, nodeId, owner, keyStore, problem: null },
    };
  } catch (error) {
    if (!isNodeError(error)) throw error;
    return { stateDir: paths.stateDir, identity: { ...nobody, problem: describeError(error) } };
  }
}
