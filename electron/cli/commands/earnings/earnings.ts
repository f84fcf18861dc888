import type { CommandOutput } from '../../../../shared/contract/commands.ts';
import type { Snapshot } from '../../../../shared/contract/snapshot.ts';
import { NodeError } from '../../../../shared/errors.ts';
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
  const paths = await resolvePaths(invocation);
  await withDaemon(invocation, paths, async (daemon) => {
    if (format !== undefined) {
      for await (const text of exportPieces(daemon, { format, nodeId: null })) terminal.write(text);
      return;
    }
    if (flags.watch) return watch(invocation, daemon);
    const { earned, chain, earnings } = await daemon.ask('snapshot', {});
    const claims = await daemon.ask('earnings.claims', { limit: shownClaims });
    if (flags.json) return printJson(invocation, { earned, chain }, claims);
    terminal.out(earningsText(terminal, { earned, chain, earnings }, claims, clock.now()));
  });
  return exitCodes.done;
};

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
