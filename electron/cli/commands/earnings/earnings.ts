import type { CommandOutput } from '../../../../shared/contract/commands.ts';
import type { Snapshot } from '../../../../shared/contract/snapshot.ts';
import { NodeError } from '../../../../shared/errors.ts';
import { readNodeId } from '../../../../shared/ids.ts';
import type { ControlClient } from '../../../daemon/control/client.ts';
import { sleep } from '../../../daemon/system/clock.ts';
import { exportPieces } from '../../../node/operations/earnings-export.ts';
import type { CommandRun, Invocation } from '../../args/invocation.ts';
import { withDaemon } from '../../daemon-link.ts';
import { exitCodes } from '../../exit-codes.ts';
import { resolvePaths } from '../../resolve.ts';
import { earningsText, watchLine } from './text.ts';

type Claims = CommandOutput<'earnings.claims'>;

const shownClaims = 10;
/** In one question. */
const claimsAtOnce = 200;
const watchForMs = 60_000;
const askEveryMs = 2000;

/** What the node earns: once, as it changes, or everything on record as a file. */
export const runEarnings: CommandRun = async (invocation) => {
  const { flags, terminal, clock } = invocation;
  const format = flags.export;
  if (format !== undefined && format !== 'csv' && format !== 'json')
    throw new NodeError('usage', { input: `--export ${format}`, remedy: 'give csv or json' });
  if (format !== undefined && flags.watch)
    throw new NodeError('usage', { input: '--export --watch', remedy: 'give one of them, or none' });
  const nodeId = nodeGiven(flags.node, format !== undefined);
  const wantedClaims = claimsGiven(flags.claims);
  const paths = await resolvePaths(invocation);
  await withDaemon(invocation, paths, async (daemon) => {
    if (format !== undefined) {
      for await (const text of exportPieces(daemon, { format, nodeId })) terminal.write(text);
      return;
    }
    if (flags.watch) return watch(invocation, daemon);
    const { earned, chain, earnings } = await daemon.ask('snapshot', {});
    const claims = await newestClaims(daemon, wantedClaims);
    if (flags.json) return printJson(invocation, { earned, chain }, claims);
    terminal.out(earningsText(terminal, { earned, chain, earnings }, claims, clock.now()));
  });
  return exitCodes.done;
};

/** As many as are wanted, asked for in pages. */
async function newestClaims(daemon: ControlClient, wanted: number): Promise<Claims> {
  const limitOf = (left: number) => Math.min(claimsAtOnce, left);
  let page = await daemon.ask('earnings.claims', { limit: limitOf(wanted) });
  const { claims } = page;
  for (let last = claims.at(-1); page.more && claims.length < wanted && last; last = claims.at(-1)) {
    const before = { block: last.block, logIndex: last.logIndex };
    page = await daemon.ask('earnings.claims', { before, limit: limitOf(wanted - claims.length) });
    claims.push(...page.claims);
  }
  return { ...page, claims };
}

/** @throws NodeError `usage` */
function claimsGiven(text: string | undefined): number {
  if (text === undefined) return shownClaims;
  if (text === 'all') return Number.POSITIVE_INFINITY;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new NodeError('usage', { input: `--claims ${text}`, remedy: 'give a number, or all' });
}

/** @throws NodeError `usage` */
function nodeGiven(text: string | undefined, isExport: boolean): string | null {
  if (text === undefined) return null;
  if (!isExport) throw new NodeError('usage', { input: '--node', remedy: 'give it with --export' });
  const nodeId = readNodeId(text);
  if (nodeId !== null) return nodeId;
  throw new NodeError('usage', { input: `--node ${text}`, remedy: 'give the number of a node' });
}

/** A line for every reading, until it is interrupted or the node ends. */
async function watch(invocation: Invocation, daemon: ControlClient): Promise<void> {
  const { clock, terminal, flags } = invocation;
  let last = '';
  for (;;) {
    await daemon.ask('chain.watch', { forMs: watchForMs });
    const { earned, chain } = await daemon.ask('snapshot', {});
    const reading = JSON.stringify([earned.claimableWei, earned.estimate === null]);
    if (reading !== last) {
      last = reading;
      if (flags.json) await printJson(invocation, { earned, chain }, null);
      else terminal.out(watchLine(earned, clock.now()));
    }
    await sleep(clock, askEveryMs, new AbortController().signal);
  }
}

async function printJson(
  { terminal }: Invocation,
  { earned, chain }: Pick<Snapshot, 'earned' | 'chain'>,
  claims: Claims | null,
): Promise<void> {
  const { printDocument } = await import('../../documents/documents.ts');
  const { earningsDocument } = await import('../../documents/earnings.ts');
  const { head, node } = chain;
  printDocument(terminal, earningsDocument, {
    schemaVersion: 1,
    document: 'earnings',
    head,
    node,
    earned,
    claims,
  });
}
