import { NodeError } from '../../../../shared/errors.ts';
import { formatDuration, stamp } from '../../../../shared/format.ts';
import { describeReason } from '../../../../shared/reasons/reason-text.ts';
import { openSettings } from '../../../daemon/storage/settings.ts';
import { checkNode } from '../../../node/operations/checks.ts';
import { type ChangedOver, changeBack, cutOver, type Gap } from '../../../node/operations/cutover/cutover.ts';
import { type CutoverNode, usualPatienceMs } from '../../../node/operations/cutover/node.ts';
import {
  type CutoverStep,
  officialKeyToReturnTo,
  prepareCutover,
} from '../../../node/operations/cutover/prepare.ts';
import {
  endServiceOf,
  type ServiceCutoverNode,
  serviceInstead,
} from '../../../node/operations/cutover/service-node.ts';
import { parseLength } from '../../args/duration.ts';
import type { CommandRun, Invocation } from '../../args/invocation.ts';
import { contextOf } from '../../context.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { resolveConfiguration, resolvePaths } from '../../resolve.ts';
import { checkList } from '../../terminal/check-list.ts';
import { facts, paragraph } from '../../terminal/layout.ts';
import { onInterrupt } from '../../terminal/signals.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { ownProgram } from '../service/service.ts';
import { createOwnNode } from './own-node.ts';

const longestPatienceMs = 60 * 60_000;

export const runSwitch: CommandRun = async (invocation): Promise<ExitCode> => {
  const { flags, clock } = invocation;
  const patienceMs = patienceOf(invocation);
  const paths = await resolvePaths(invocation);
  const context = contextOf(invocation, paths);
  const announce = (step: CutoverStep) => sayStep(invocation, step);
  const ownNode = createOwnNode(invocation, paths);
  if (flags.back) {
    const nodeKeyHash = await officialKeyToReturnTo(context);
    const node: CutoverNode = {
      ...ownNode,
      end: async (started) => (await endServiceOf(context)) && ownNode.end(started),
    };
    return report(
      invocation,
      'back',
      nodeKeyHash,
      await changeBack(context, { node, report: announce }),
      null,
    );
  }
  const service = await serviceInstead(context, { program: ownProgram() });
  const modules = { node: service ?? ownNode, report: announce };
  const { nodeKeyHash, dir } = await prepareCutover(context, {
    settings: await openSettings({ paths }, { clock }),
    check: async () => checkNode(context, await resolveConfiguration(invocation)),
    report: announce,
  });
  const called = new AbortController();
  const stop = onInterrupt(() => called.abort(), { stays: true });
  try {
    const options = { nodeKeyHash, dir, patienceMs, signal: called.signal };
    const changed = await cutOver(context, options, modules);
    return await report(invocation, 'to-ours', nodeKeyHash, changed, service);
  } finally {
    stop();
  }
};

/** To a person as it goes; a document comes at the end, alone. */
function sayStep({ flags, terminal }: Invocation, step: CutoverStep): void {
  if (flags.json) return;
  terminal.out(stepText(terminal, step));
}

function stepText(terminal: Terminal, step: CutoverStep): string {
  switch (step.step) {
    case 'key-imported':
      return step.alreadyHere
        ? 'The key of the official client is here already.'
        : `The key is taken over from ${step.dir}.`;
    case 'checked':
      return step.failed.length === 0
        ? 'Everything that this node needs is in order.'
        : checkList(terminal, step.failed);
    case 'stopping-official':
      return `Stopping and disabling ${step.name} …`;
    case 'starting':
      return 'Starting this node, and waiting for its first accepted heartbeat …';
    case 'taking-back':
      return 'Taking the change-over back …';
    case 'ending':
      return 'Finishing what runs, and stopping this node …';
    case 'starting-official':
      return `Starting ${step.name} …`;
  }
}

/** @throws NodeError `usage` */
function patienceOf({ flags }: Invocation): number {
  if (flags.for === undefined) return usualPatienceMs;
  const patienceMs = parseLength(flags.for);
  if (flags.back) throw new NodeError('usage', { input: '--for', remedy: 'does not go with --back' });
  if (patienceMs !== null && patienceMs >= 1000 && patienceMs <= longestPatienceMs) return patienceMs;
  throw new NodeError('usage', { input: `--for ${flags.for}`, remedy: 'write a time such as 90s, 1s to 1h' });
}

async function report(
  { flags, terminal }: Invocation,
  direction: 'to-ours' | 'back',
  nodeKeyHash: string,
  { service, gap, nodeId, pid }: ChangedOver,
  own: ServiceCutoverNode | null,
): Promise<ExitCode> {
  const installed = own?.installed ?? null;
  if (flags.json) {
    const { printDocument, switchDocument } = await import('../../documents/documents.ts');
    printDocument(terminal, switchDocument, {
      schemaVersion: 1,
      document: 'switch',
      direction,
      nodeKeyHash,
      nodeId,
      official: service,
      service: installed?.label ?? null,
      lingering: installed?.lingering ?? null,
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
    ? installed !== null
      ? serviceText(installed)
      : 'It runs until this computer restarts or: parallelix-operator drain. To have it start by itself, let your service manager run: parallelix-operator start --wait --plain. To go back: parallelix-operator switch --back'
    : 'Its key stays here too. Do not start this node beside it; to change over again: parallelix-operator switch';
  terminal.out(`\n${paragraph(terminal, next)}`);
  return exitCodes.done;
}

function serviceText({
  label,
  lingering,
  lingerFault,
}: NonNullable<ServiceCutoverNode['installed']>): string {
  const stays =
    lingerFault !== null
      ? `It stops when you sign out, because lingering couldn’t be turned on (${describeReason(lingerFault)}). Run: sudo loginctl enable-linger $USER.`
      : lingering
        ? 'It starts with the computer and keeps running when you sign out (lingering is on).'
        : 'It starts when you sign in.';
  return `It runs as the service ${label}. ${stays} Check on it with: parallelix-operator service status. To go back: parallelix-operator switch --back`;
}

function gapText({ minMs, maxMs, lastHeartbeatAtMs, firstHeartbeatAtMs }: Gap): string {
  const seconds = (ms: number) => (ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : formatDuration(ms));
  const [least, most] = [seconds(minMs), seconds(maxMs)];
  const last = lastHeartbeatAtMs === null ? 'not recorded by it' : stamp(lastHeartbeatAtMs);
  const first = firstHeartbeatAtMs === null ? 'not known here' : stamp(firstHeartbeatAtMs);
  const length = least === most ? least : `${least} to ${most}`;
  return `${length} (last heartbeat of the one: ${last}; first accepted of the other: ${first})`;
}
