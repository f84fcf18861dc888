import { homedir } from 'node:os';
import { statePaths } from '../../electron/daemon/storage/paths.ts';
import { systemClock as clock } from '../../electron/daemon/system/clock.ts';
import { reachDaemon } from '../../electron/node/daemon-link.ts';
import { t } from '../../renderer/i18n/text.ts';
import {
  claimableText,
  lifetimeText,
  nodeStateText,
  rateText,
  type Said,
  spanTexts,
} from '../../renderer/pages/earnings/balance-text.ts';
import type { Snapshot } from '../../shared/contract/snapshot.ts';
import { formatMomentSeen, unknown } from '../../shared/format.ts';
import type { Chain } from './chain/chain.ts';

const patienceMs = 60_000;

/** What the earnings window says of the running node, made by the window's own functions, and the contract's word beside it. */
export async function readWindow({
  stateDir,
  nodeId,
  chain,
}: {
  stateDir: string;
  nodeId: string;
  chain: Chain;
}): Promise<{ lines: string[]; readWei: bigint | null; contractWei: bigint | null }> {
  const paths = statePaths({ stateDir, env: {}, platform: process.platform, homeDir: homedir() });
  const daemon = await reachDaemon({ paths, clock });
  try {
    const untilMs = performance.now() + patienceMs;
    const seen = async (isEnough: (snapshot: Snapshot) => boolean): Promise<Snapshot> => {
      for (;;) {
        await daemon.ask('chain.watch', { forMs: 60_000 });
        const snapshot = await daemon.ask('snapshot', {});
        if (isEnough(snapshot) || performance.now() > untilMs) return snapshot;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    };
    await seen(({ earned }) => earned.claimableWei.known);
    await chain.increaseTime(120);
    const snapshot = await seen(({ earned }) => earned.claimableWei.known && earned.ratePerDayWei.known);
    const { earned, chain: read } = snapshot;
    const nowMs = clock.now();
    const claimable = claimableText(earned, nowMs);
    const said = (words: Said | null) =>
      typeof words === 'object' && words !== null
        ? words.text(formatMomentSeen(words.ms, words.now?.(nowMs) ?? nowMs))
        : (words ?? '');
    const lines = [
      `${t('earnings.claimable')}: ${claimable.amount ?? unknown} ${t('earnings.unit')}`,
      said(claimable.read),
      rateText(earned),
      ...spanTexts(earned).map(
        ({ label, value, note }) => `${label}: ${value ?? unknown}${note === null ? '' : ` (${said(note)})`}`,
      ),
      said(lifetimeText(snapshot)),
      ...(read.node === null ? [] : [`#${nodeId}: ${nodeStateText(read.node, read.head, nowMs)}`]),
    ];
    const { claimableWei } = earned;
    return {
      lines,
      readWei: claimableWei.known ? BigInt(claimableWei.value) : null,
      contractWei: claimableWei.known ? await chain.earnedWei(nodeId, claimableWei.block) : null,
    };
  } finally {
    await daemon.close();
  }
}
