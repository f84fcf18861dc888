import { chainNowMs, cooldownOf } from '../../../shared/wallet/chain-time.ts';
import { cooldownText } from '../../../shared/wallet/text.ts';
import type { Snapshot } from '../../bridge.ts';
import { At } from '../../components/at.tsx';
import { useNow } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';

/** How long the cooldown still runs, by the chain's time; nothing where there is none. */
export function CooldownLeft({ chain }: { chain: Snapshot['chain'] }) {
  const nowMs = useNow();
  const cooldown = cooldownOf(chain, nowMs);
  if (cooldown === null) return null;
  return (
    <p data-cooldown={cooldown.leftMs}>
      <strong>{cooldownText(cooldown)}.</strong>{' '}
      <span className="soft">
        <At
          ms={cooldown.endsAtMs}
          now={(atMs) => chainNowMs(chain, atMs)}
          text={(time) => t(`wallet.cooldownEnds.${cooldown.source}`, { time })}
        />
      </span>
    </p>
  );
}
