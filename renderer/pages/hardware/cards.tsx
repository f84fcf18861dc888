import { formatBytes } from '../../../shared/format.ts';
import type { Snapshot } from '../../bridge.ts';
import { AsOf, Facts } from '../../components/figure.tsx';
import { FailureNotice } from '../../components/notice.tsx';
import { Empty } from '../../components/page.tsx';
import { Switch } from '../../components/switch.tsx';
import { t } from '../../i18n/text.ts';
import { type Load, loadOf, useLoadWatch } from '../../load-watch.ts';
import { useSaving } from '../../saved.ts';

type HardwareReport = Snapshot['hardware'];
type Card = HardwareReport['cards'][number];

/** The list of chosen cards after a switch; null when all are chosen, which stays right when one is added. */
function chooseCard(cards: readonly Card[], chosen: readonly string[] | null, uuid: string, on: boolean) {
  const all = cards.map((card) => card.uuid).filter((id) => id !== null);
  const next = all.filter((id) => (id === uuid ? on : (chosen?.includes(id) ?? true)));
  return next.length === all.length ? null : next;
}

export function Cards({ hardware }: { hardware: HardwareReport }) {
  useLoadWatch();
  const { pending, failure, saveSetting } = useSaving();
  const { cards, load, chosenCards, gpu } = hardware;
  const choose = (uuid: string, on: boolean) => {
    const chosen = chooseCard(cards, chosenCards, uuid, on);
    void saveSetting('hardware.cards', chosen?.join(',') ?? null, t('hardware.cards.choice'));
  };
  if (cards.length === 0)
    return (
      <Empty title={t('hardware.cards.none')}>
        <p>{t('hardware.cards.noneBody')}</p>
      </Empty>
    );
  // Of two cards of one name the first decides.
  const deciding = cards.find((card) => card.counts && card.name === gpu);
  const choosable = cards.filter((card) => card.uuid !== null).length > 1;
  return (
    <>
      <ul className="cards">
        {cards.map((card) => (
          <li key={card.uuid ?? card.pciAddress ?? card.name} className="card">
            <CardHead card={card} decides={card === deciding} />
            <CardFacts card={card} load={load && loadOf(card, load.cards)} />
            {choosable && card.uuid !== null && (
              <Switch
                label={t('hardware.cards.useWhich', { card: card.name })}
                on={chosenCards?.includes(card.uuid) ?? true}
                disabled={pending}
                onChange={(on) => choose(card.uuid as string, on)}
              />
            )}
          </li>
        ))}
      </ul>
      <FailureNotice failure={failure} />
      <p className="small faint">
        {load ? (
          <>
            {t('hardware.cards.live')}, <AsOf atMs={load.asOfMs} />
          </>
        ) : (
          t('hardware.cards.notLive')
        )}
      </p>
      {choosable && <p className="small soft">{t('hardware.cards.restart')}</p>}
    </>
  );
}

function CardHead({ card, decides }: { card: Card; decides: boolean }) {
  const role = decides ? 'decides' : card.counts ? 'counted' : 'notCounted';
  return (
    <div className="card-head">
      <div>
        <h3>{card.name}</h3>
        <p className="small soft">
          {t(`hardware.cards.kind.${card.kind}`)} · {t('hardware.cards.alone', { tier: card.tier })}
        </p>
      </div>
      <span className={decides ? 'tag tag-strong' : 'tag'}>{t(`hardware.cards.${role}`)}</span>
    </div>
  );
}

function CardFacts({ card, load }: { card: Card; load: Load | null }) {
  const whole = (value: number | null | undefined) =>
    value === null || value === undefined ? null : Math.round(value);
  const percent = whole(load?.utilisationPercent);
  const celsius = whole(load?.temperatureCelsius);
  const watts = whole(load?.powerWatts);
  const used = load?.vramUsedBytes ?? null;
  return (
    <>
      <Facts
        label={card.name}
        facts={[
          [
            t('hardware.cards.vram'),
            card.vramGb === null ? null : t('hardware.tier.gb', { gb: card.vramGb }),
          ],
          [t('hardware.cards.memoryUsed'), used === null ? null : formatBytes(used)],
          [t('hardware.cards.load'), percent === null ? null : t('hardware.cards.percent', { percent })],
          [
            t('hardware.cards.temperature'),
            celsius === null ? null : t('hardware.cards.celsius', { celsius }),
          ],
          [t('hardware.cards.power'), watts === null ? null : t('hardware.cards.watts', { watts })],
          [t('hardware.cards.driver'), card.driver],
        ]}
      />
      {card.sharedBytes !== null && card.sharedBytes > 0 && (
        <p className="small soft">{t('hardware.cards.shared', { shared: formatBytes(card.sharedBytes) })}</p>
      )}
    </>
  );
}
