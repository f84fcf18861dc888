import { formatDecimal } from '../../../shared/format.ts';
import type { Snapshot } from '../../bridge.ts';
import { AsOf, Facts } from '../../components/figure.tsx';
import { Section } from '../../components/page.tsx';
import { t } from '../../i18n/text.ts';
import { loadOf, useLoadWatch } from '../../load-watch.ts';

const gib = 2 ** 30;

/** The cards that serve, live while the page is seen. */
export function GpuPanel({ hardware }: { hardware: Snapshot['hardware'] }) {
  useLoadWatch();
  const { load } = hardware;
  const counted = hardware.cards.filter((card) => card.counts);
  const cards = counted.length > 0 ? counted : hardware.cards;
  const whole = (value: number | null | undefined) =>
    value === null || value === undefined ? null : Math.round(value);
  return (
    <Section title={t('dashboard.gpu.title')}>
      {cards.length === 0 && <p className="soft">{t('dashboard.gpu.none')}</p>}
      {cards.map((card) => {
        const live = load && loadOf(card, load.cards);
        const percent = whole(live?.utilisationPercent);
        const celsius = whole(live?.temperatureCelsius);
        const watts = whole(live?.powerWatts);
        const used = live?.vramUsedBytes ?? null;
        return (
          <div key={card.uuid ?? card.pciAddress ?? card.name} className="stack">
            <h3>{card.name}</h3>
            <Facts
              label={card.name}
              facts={[
                [t('dashboard.gpu.load'), percent === null ? null : t('dashboard.gpu.percent', { percent })],
                [
                  t('dashboard.gpu.vram'),
                  used === null || card.vramGb === null
                    ? null
                    : t('dashboard.gpu.vramValue', {
                        used: formatDecimal(used / gib, 1),
                        total: card.vramGb,
                      }),
                ],
                [
                  t('dashboard.gpu.temperature'),
                  celsius === null ? null : t('dashboard.gpu.celsius', { celsius }),
                ],
                [t('dashboard.gpu.power'), watts === null ? null : t('dashboard.gpu.watts', { watts })],
              ]}
            />
          </div>
        );
      })}
      {cards.length > 0 && (
        <p className="small faint">{load ? <AsOf atMs={load.asOfMs} alone /> : t('dashboard.gpu.waiting')}</p>
      )}
    </Section>
  );
}
