import { formatCount, formatPrlx, formatTime, formatTokens } from '../../../shared/format.ts';
import { isTier, type Tier, tiers } from '../../../shared/hardware/tiers.ts';
import type { Snapshot } from '../../bridge.ts';
import { AsOf, Figure } from '../../components/figure.tsx';
import { useNow } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { prlxOf, whyUnknown } from '../../known-amount.ts';

const dayMs = 24 * 60 * 60_000;

/** `98.7 %`, cut and never rounded up: 100 % is said only when nothing is missing. */
function formatShare(share: number | null): string | null {
  if (share === null) return null;
  return `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
}

export function NodeFigures({ snapshot }: { snapshot: Snapshot }) {
  const { identity, registration, earned } = snapshot;
  const tier = registration.tier;
  return (
    <dl className="figures">
      <Figure
        label={t('dashboard.node.id')}
        value={identity.nodeId === null ? null : `#${identity.nodeId}`}
      />
      <Figure
        label={t('dashboard.node.tier')}
        value={tier === null ? null : t('dashboard.node.tierValue', { tier })}
        note={tier !== null && isTier(tier) && tierText(tier)}
      />
      <Figure
        label={t('dashboard.node.stake')}
        value={
          registration.stakePrlx === null
            ? null
            : t('dashboard.node.stakeValue', { amount: formatTokens(registration.stakePrlx) })
        }
        note={<AsOf atMs={registration.asOfMs} />}
      />
      <Figure
        label={t('dashboard.node.rate')}
        value={earned.ratePerDayWei.known ? formatPrlx(BigInt(earned.ratePerDayWei.value), 2) : null}
        note={
          whyUnknown(earned.ratePerDayWei) ??
          t(earned.estimate === null ? 'dashboard.node.notRising' : 'dashboard.node.perDay')
        }
      />
      <Figure
        label={t('dashboard.node.claimable')}
        value={prlxOf(earned.claimableWei, 2)}
        note={
          earned.claimableWei.known ? (
            <AsOf atMs={earned.claimableWei.blockTimeMs} />
          ) : (
            whyUnknown(earned.claimableWei)
          )
        }
      />
      <Figure label={t('dashboard.node.owner')} value={identity.owner && shorten(identity.owner)} />
    </dl>
  );
}

function tierText(tier: Tier): string {
  const { label, multiplierTenths } = tiers[tier];
  return `${label}, ${(multiplierTenths / 10).toFixed(1)}×`;
}

/** `0x93FF…F893`: enough to distinguish wallets, short enough for a figure. */
function shorten(address: string): string {
  return address.length > 14 ? `${address.slice(0, 6)}…${address.slice(-4)}` : address;
}

export function WorkFigures({ snapshot }: { snapshot: Snapshot }) {
  const nowMs = useNow();
  const { heartbeat, serving, uptime } = snapshot;
  const { sinceMs } = uptime;
  const measured = (share: number | null, fromMs: number) => {
    if (share === null) return t('dashboard.figures.notMeasured');
    // A whole day or month is not claimed by a node that was not there for all of it.
    return sinceMs === null || sinceMs <= fromMs
      ? t('dashboard.figures.measuredHere')
      : t('dashboard.figures.measuredSince', { time: formatTime(sinceMs, nowMs) });
  };
  const milliseconds = (ms: number) => t('dashboard.figures.milliseconds', { ms: formatCount(ms) });
  return (
    <>
      <dl className="figures">
        <Figure
          large
          label={t('dashboard.figures.uptimeToday')}
          value={formatShare(uptime.today)}
          note={measured(uptime.today, new Date(uptime.asOfMs).setHours(0, 0, 0, 0))}
        />
        <Figure
          large
          label={t('dashboard.figures.uptimeMonth')}
          value={formatShare(uptime.last30Days)}
          note={measured(uptime.last30Days, uptime.asOfMs - 30 * dayMs)}
        />
        <Figure
          large
          label={t('dashboard.figures.served')}
          value={serving.servedToday === null ? null : formatCount(serving.servedToday)}
          note={t('dashboard.figures.servedNote', {
            served: formatCount(serving.served),
            failed: formatCount(serving.failed),
          })}
        />
        <Figure
          large
          label={t('dashboard.figures.tokens')}
          value={formatCount(serving.outputTokens)}
          note={t('dashboard.figures.tokensNote', { input: formatCount(serving.inputTokens) })}
        />
      </dl>
      <dl className="figures">
        <Figure
          label={t('dashboard.figures.heartbeats')}
          value={heartbeat.lastAttemptAtMs === null ? null : formatCount(heartbeat.accepted)}
          note={
            heartbeat.lastAcceptedAtMs === null
              ? t('dashboard.figures.heartbeatsNoneYet')
              : t('dashboard.figures.heartbeatsNote', {
                  failed: formatCount(heartbeat.failed),
                  time: formatTime(heartbeat.lastAcceptedAtMs, nowMs),
                })
          }
        />
        <Figure
          label={t('dashboard.figures.lateness')}
          value={heartbeat.lastLatenessMs === null ? null : milliseconds(heartbeat.lastLatenessMs)}
          note={
            heartbeat.maxLatenessMs === null
              ? null
              : t('dashboard.figures.latenessNote', { max: milliseconds(heartbeat.maxLatenessMs) })
          }
        />
        <Figure
          label={t('dashboard.figures.waiting')}
          value={formatCount(serving.undelivered)}
          note={t('dashboard.figures.waitingNote')}
        />
        <Figure
          label={t('dashboard.figures.delivered')}
          value={formatCount(serving.delivered)}
          note={t('dashboard.figures.deliveredNote')}
        />
      </dl>
    </>
  );
}
