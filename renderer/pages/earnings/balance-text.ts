import { formatDuration, formatPrlx, formatTokens } from '../../../shared/format.ts';
import { tickerWei } from '../../../shared/ticker.ts';
import { ageNowMs, cooldownOf } from '../../../shared/wallet/chain-time.ts';
import type { AskOutput, Snapshot } from '../../bridge.ts';
import { t } from '../../i18n/text.ts';
import { prlxOf, whyUnknown } from '../../known-amount.ts';

type Earned = Snapshot['earned'];

/** A sentence, or one with a moment in it, as `At` writes it in a window. */
export type Said = string | { ms: number; text: (time: string) => string; now?: (nowMs: number) => number };

/** The amount that can be claimed: shown running where it is estimated, and as it was read; null where it is not known. */
export function claimableText(
  { claimableWei, estimate }: Earned,
  nowMs: number,
): { amount: string | null; read: Said | null } {
  // The estimate runs only where there is a reading that it begins with.
  const running = claimableWei.known && estimate !== null;
  if (!claimableWei.known) return { amount: null, read: whyUnknown(claimableWei) };
  const { value, block, blockTimeMs, source } = claimableWei;
  return {
    amount: running ? formatPrlx(tickerWei(estimate, nowMs), 6) : prlxOf(claimableWei, 6),
    read: {
      ms: blockTimeMs,
      now: (atMs) => ageNowMs(claimableWei, atMs),
      text(time) {
        const read = t('earnings.readAt', { amount: formatPrlx(BigInt(value), 18), block, time, source });
        return `${t(running ? 'earnings.estimated' : 'earnings.standing')} ${read}`;
      },
    },
  };
}

export function rateText({ ratePerDayWei, claimableWei, estimate }: Earned): string {
  if (ratePerDayWei.known)
    return t(estimate === null ? 'earnings.lastRate' : 'earnings.rate', {
      amount: formatPrlx(BigInt(ratePerDayWei.value), 2),
    });
  // What stands above for the balance is not said a second time.
  const isSaid = !claimableWei.known && claimableWei.reason === ratePerDayWei.reason;
  return isSaid ? t('earnings.rateUnknown') : `${t('earnings.rateUnknown')} ${whyUnknown(ratePerDayWei)}`;
}

/** What was earned in the usual spans, each with what has to be known about it. */
export function spanTexts(
  earned: Earned,
): { name: string; label: string; value: string | null; note: Said | null }[] {
  const spans = ['today', 'last7Days', 'last30Days', 'last365Days'] as const;
  return [
    ...spans.map((name) => {
      const span = earned[name];
      return {
        name,
        label: t(`earnings.spans.${name}`),
        value: span === null ? null : formatPrlx(BigInt(span.wei), 2),
        note: spanNote(span),
      };
    }),
    {
      name: 'ever',
      label: t('earnings.spans.ever'),
      value: prlxOf(earned.everWei, 2),
      note: whyUnknown(earned.everWei) ?? t('earnings.everNote'),
    },
  ];
}

function spanNote(span: Earned['today']): Said | null {
  if (span === null) return t('earnings.noSamples');
  return span.complete ? null : { ms: span.sinceMs, text: (time) => t('earnings.atLeast', { time }) };
}

/** The coordinator's word on the whole wallet, beside the chain's on this node: the two are read at different times. */
export function lifetimeText({ earned, earnings }: Pick<Snapshot, 'earned' | 'earnings'>): Said {
  const { lifetimePrlx, asOfMs } = earnings;
  if (lifetimePrlx === null || asOfMs === null) return t('earnings.walletLifetimeUnknown');
  const { claimableWei } = earned;
  const isOlder = claimableWei.known && claimableWei.readAtMs > asOfMs;
  return {
    ms: asOfMs,
    text(time) {
      const text = t('earnings.walletLifetime', { amount: formatTokens(lifetimePrlx), time });
      return isOlder ? `${text} ${t('earnings.walletLifetimeOlder')}` : text;
    },
  };
}

type Nodes = AskOutput<'nodes.ofWallet'>;

/** The state of a node, how long its cooldown still runs by the chain's time, and who said it. */
export function nodeStateText(
  node: Pick<Nodes['nodes'][number], 'state' | 'cooldownEndsAtMs' | 'cooldownSource' | 'saidBy'>,
  head: Nodes['head'],
  nowMs: number,
): string {
  const { state, saidBy } = node;
  const cooldown = cooldownOf({ head, node }, nowMs);
  const until =
    cooldown === null
      ? ''
      : cooldown.leftMs > 0
        ? `, ${t('earnings.nodes.left', { duration: formatDuration(cooldown.leftMs) })}`
        : `, ${t('earnings.nodes.withdrawable')}`;
  const who = [
    ...(saidBy.chain === null ? [] : [t('earnings.nodes.chain')]),
    ...(saidBy.coordinator === null ? [] : [t('earnings.nodes.coordinator')]),
  ].join(', ');
  return `${t(`earnings.nodes.states.${state}`)}${until}${who === '' ? '' : ` (${who})`}`;
}
