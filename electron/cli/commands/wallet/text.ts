import { formatPrlx } from '../../../../shared/format.ts';
import { exactPrlx, type WalletAction, type WalletCall } from '../../../../shared/wallet/calls.ts';
import { missingFunds } from '../../../../shared/wallet/funds.ts';
import {
  callInWords,
  formatEther,
  preconditionText,
  unknownText,
  walletSteps,
  walletWords,
} from '../../../../shared/wallet/text.ts';
import type { WalletPlan } from '../../../node/operations/wallet-action.ts';
import { facts, paragraph } from '../../terminal/layout.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** Everything before a wallet is opened: what stands against it, the calls in words, and where to go. */
export function walletText(
  terminal: Terminal,
  of: { action: WalletAction; plan: WalletPlan; stakeWei: bigint },
): string {
  const { action, plan, stakeWei } = of;
  const { calls, preconditions, owner, fee, rawCall, funds, nowMs } = plan;
  const blocked = preconditions.some(({ blocks }) => blocks);
  const last = calls.at(-1);
  const checks = preconditions.map((one) =>
    paragraph(
      terminal,
      `${terminal.paint(one.blocks ? 'bad' : 'warn', one.blocks ? '✗' : '!')} ${preconditionText(one, nowMs)}`,
    ),
  );
  if (last === undefined)
    return [terminal.bold(walletWords().titles[action]), ...checks, remedy(terminal)].join('\n');
  const doubts = calls.flatMap((call) => walletWords().doubts[call.action] ?? []);
  return [
    terminal.bold(walletWords().titles[action]),
    paragraph(terminal, walletWords().meanings[action]),
    ...checks,
    ...(funds === null ? [] : fundLines(terminal, funds, stakeWei)),
    ...calls.flatMap((call) => ['', callText(terminal, call)]),
    '',
    facts(terminal, [
      ['wallet', owner ?? 'the one that stakes'],
      ...(fee === null || blocked
        ? []
        : [
            [
              'fee',
              fee.known ? `about ${formatEther(BigInt(fee.value))}` : `— (${unknownText(fee.reason)})`,
            ] as [string, string],
          ]),
      ...(blocked
        ? []
        : ([
            ['Console', last.link],
            ['in wallet', last.walletLink],
          ] as [string, string][])),
      ...(rawCall === null || blocked ? [] : [['raw call', rawCall.data] as [string, string]]),
    ]),
    ...(blocked ? [] : walletSteps(last).map((step) => paragraph(terminal, step))),
    ...doubts.map((doubt) => paragraph(terminal, doubt)),
    paragraph(terminal, 'Your wallet signs. This program signs and sends nothing on the chain.'),
  ].join('\n');
}

/** Where no contract is known to be the network's. */
function remedy(terminal: Terminal): string {
  return paragraph(
    terminal,
    'If you know them, set chain.token, chain.registry and chain.rewards with: parallelix-operator config set NAME ADDRESS',
  );
}

function callText(terminal: Terminal, call: WalletCall): string {
  return [
    `  ${terminal.bold(callInWords(call))}`,
    facts(terminal, [
      ['contract', `${call.contract.name} ${call.contract.address}`],
      ...call.arguments.map(({ name, value, note }): [string, string] => [
        name,
        value === null ? 'not known yet' : note === undefined ? value : `${value} (${note})`,
      ]),
      ['chain', `${call.chain.name} (${call.chain.id})`],
    ]),
  ].join('\n');
}

function fundLines(terminal: Terminal, look: NonNullable<WalletPlan['funds']>, stakeWei: bigint): string[] {
  const { prlxWei, toBuyWei, approveWei, noEther } = missingFunds(look, stakeWei);
  const amount = ({ known, ...rest }: typeof look.prlxWei, unit: (wei: bigint) => string) =>
    known && 'value' in rest
      ? unit(BigInt(rest.value))
      : `— (${unknownText('reason' in rest ? rest.reason : null)})`;
  const prlx = (wei: bigint) => `${formatPrlx(wei)} PRLX`;
  const lines = [
    facts(terminal, [
      ['PRLX', amount(look.prlxWei, prlx)],
      ['approved', amount(look.allowanceWei, prlx)],
      ['ETH', amount(look.ethWei, formatEther)],
    ]),
  ];
  if (prlxWei !== null && prlxWei > 0n)
    lines.push(
      paragraph(
        terminal,
        `Missing: ${exactPrlx(prlxWei)} PRLX. Buying on a DEX costs 4 %, so buy at least ${formatPrlx((toBuyWei ?? 0n) + 99_999_999_999_999n)} PRLX.`,
      ),
    );
  if (approveWei !== null && approveWei > 0n) lines.push(paragraph(terminal, 'Missing: the approval below.'));
  if (noEther) lines.push(paragraph(terminal, 'Missing: ETH for gas.'));
  return lines;
}
