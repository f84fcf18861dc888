import type { RequestRecord } from '../../../../shared/contract/records.ts';
import type { Snapshot } from '../../../../shared/contract/snapshot.ts';
import { formatPrlx, formatTime, formatTokens, unknown } from '../../../../shared/format.ts';
import { unknownText } from '../../../../shared/wallet/text.ts';

/** What can be claimed, and how fast it grows. */
export function earningText({ earned, earnings }: Snapshot): string {
  const { claimableWei, ratePerDayWei, today } = earned;
  const parts = [
    claimableWei.known
      ? `${formatPrlx(BigInt(claimableWei.value))} PRLX to claim`
      : `${unknown} (${unknownText(claimableWei.reason)})`,
  ];
  if (ratePerDayWei.known) parts.push(`${formatPrlx(BigInt(ratePerDayWei.value), 2)} PRLX a day`);
  if (today !== null)
    parts.push(`${today.complete ? '' : 'at least '}${formatPrlx(BigInt(today.wei), 2)} PRLX today`);
  if (!claimableWei.known && earnings.lifetimePrlx !== null)
    parts.push(`${formatTokens(earnings.lifetimePrlx)} PRLX by all your nodes so far`);
  return parts.join(' · ');
}

/** Measured on this computer; the network has not published how it counts. */
export function uptimeText({ today, last30Days, sinceMs }: Snapshot['uptime'], nowMs: number): string {
  const parts = [`${share(today)} today`, `${share(last30Days)} in 30 days`];
  if (sinceMs !== null) parts.push(`first heartbeat ${formatTime(sinceMs, nowMs)}`);
  return parts.join(' · ');
}

/** Cut, not rounded: there is no 100 % before it is whole. */
const share = (part: number | null) =>
  part === null ? unknown : `${(Math.floor(part * 1000) / 10).toFixed(1)} %`;

/** The middle speed of the newest answers, else that of the speed test. */
export function speedText({ ollama, selfTests }: Snapshot, recent: readonly RequestRecord[]): string {
  const speeds = recent
    .flatMap(({ outputTokens, generationMs }) =>
      outputTokens !== null && generationMs !== null && generationMs > 0 && outputTokens > 0
        ? [(outputTokens * 1000) / generationMs]
        : [],
    )
    .toSorted((one, other) => one - other);
  const middle = speeds[Math.floor(speeds.length / 2)];
  if (middle !== undefined)
    return `${rate(middle)} in the last ${speeds.length === 1 ? 'answer' : `${speeds.length} answers (median)`}`;
  const tested = selfTests.find(({ model, state }) => model === ollama.defaultModel && state === 'done');
  const measured = tested?.generationTokensPerSecond ?? null;
  return measured === null ? unknown : `${rate(measured)}, by the speed test`;
}

const rate = (perSecond: number) =>
  `${perSecond >= 10 ? Math.round(perSecond) : perSecond.toFixed(1)} tokens/s`;
