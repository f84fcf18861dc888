import { minimumStakePrlx, weiPerPrlx } from '../../../../shared/earnings/stream.ts';
import { NodeError } from '../../../../shared/errors.ts';
import { parsePrlx } from '../../../../shared/format.ts';
import type { WalletAction } from '../../../../shared/wallet/calls.ts';
import type { Precondition } from '../../../../shared/wallet/preconditions.ts';
import type { NodeContext } from '../../../node/context.ts';
import { knownHardware } from '../../../node/hardware.ts';
import { openInBrowser } from '../../../node/operations/open-link.ts';
import { planWalletAction } from '../../../node/operations/wallet-action.ts';
import type { CommandRun, Invocation } from '../../args/invocation.ts';
import { contextOf } from '../../context.ts';
import { exitCodes } from '../../exit-codes.ts';
import { resolvePaths } from '../../resolve.ts';
import { terminalQrCode } from '../../terminal/qr-code.ts';
import { checkRegistrationBlock } from '../../tier-acceptance.ts';
import { walletGiven } from '../key/adoption.ts';
import { walletText } from './text.ts';

/** What a wallet does for a node: printed and opened, never signed or sent. */
function runWallet(action: WalletAction): CommandRun {
  return async (invocation) => {
    const { flags, terminal } = invocation;
    const stakeWei = stakeGiven(flags.stake);
    const address = walletGiven(flags.wallet);
    const paths = await resolvePaths(invocation);
    const context = contextOf(invocation, paths);
    const plan = await planWalletAction(context, { action, stakeWei, address });
    const preconditions = [...plan.preconditions, ...(await tierHold(invocation, action, context))];
    const blocked = preconditions.some(({ blocks }) => blocks);
    const link = plan.calls.at(-1)?.link;
    const opened = flags.open && !blocked && link !== undefined ? await openInBrowser(context, link) : null;
    const code = blocked ? exitCodes.notReady : exitCodes.done;
    if (flags.json) {
      const { printDocument } = await import('../../documents/documents.ts');
      const { walletDocument } = await import('../../documents/wallet.ts');
      const { fee, nowMs: _now, ...facts } = plan;
      const feeWei = fee?.known === true ? fee.value : null;
      printDocument(terminal, walletDocument, {
        schemaVersion: 1,
        document: 'wallet-call',
        action,
        ...facts,
        calls: plan.calls.map((call) => ({ ...call, arguments: [...call.arguments] })),
        preconditions,
        feeWei,
        opened,
      });
      return code;
    }
    const picture =
      blocked || link === undefined ? null : terminalQrCode(terminal, plan.calls.at(-1)?.walletLink ?? link);
    terminal.out(walletText(terminal, { action, plan: { ...plan, preconditions }, stakeWei }));
    if (picture !== null)
      terminal.out(`\n${picture}\n  Scan it with your phone to open this in your wallet’s browser.`);
    if (opened === false) terminal.err('Note: no browser could be opened here; open the link yourself.');
    return code;
  };
}

export const runRegister = runWallet('register');
export const runClaim = runWallet('claim');
export const runUnstake = runWallet('request-unstake');
export const runCancelUnstake = runWallet('cancel-unstake');
export const runWithdraw = runWallet('withdraw');

/** Registering waits while a GPU may only be out of order; asked or by flag, a person may accept tier 1. */
async function tierHold(
  invocation: Invocation,
  action: WalletAction,
  context: NodeContext,
): Promise<Precondition[]> {
  if (action !== 'register') return [];
  const held = await checkRegistrationBlock(invocation, await knownHardware(context, context.paths));
  return held === null ? [] : [{ code: 'registration-held', blocks: true, fact: held.code }];
}

/** @throws NodeError `usage` */
function stakeGiven(text: string | undefined): bigint {
  if (text === undefined) return minimumStakePrlx * weiPerPrlx;
  const wei = parsePrlx(text.replaceAll(',', ''));
  if (wei !== null && wei > 0n) return wei;
  throw new NodeError('usage', {
    input: `--stake ${text}`,
    remedy: 'give a number of PRLX, for example 50000',
  });
}
