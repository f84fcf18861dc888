import { formatCount, formatPrlx } from '../../../shared/format.ts';
import type { Snapshot } from '../../bridge.ts';
import { Figure } from '../../components/figure.tsx';
import { Section } from '../../components/page.tsx';
import { t } from '../../i18n/text.ts';
import { percent, prlxOf, whyUnknown } from '../../known-amount.ts';

const weightText = (of: Snapshot['earned']['weight']) =>
  // In tenths of a wei.
  of.known ? formatPrlx(BigInt(of.value) / 10n, 0) : null;

/** Why so much: this node's part of the stream, derived and as the guide gives it. */
export function Stream({ snapshot }: { snapshot: Snapshot }) {
  const { streamShare, weight, impliedOnlineWeight, observedStreamPerDayWei, guide } = snapshot.earned;
  return (
    <Section title={t('earnings.stream.title')} lead={t('earnings.stream.lead')}>
      <dl className="figures">
        <Figure
          label={t('earnings.stream.weight')}
          value={weightText(weight)}
          note={whyUnknown(weight) ?? t('earnings.stream.weightNote')}
        />
        <Figure
          label={t('earnings.stream.share')}
          value={streamShare.known ? percent(streamShare.value, 3) : null}
          note={whyUnknown(streamShare) ?? t('earnings.stream.derived')}
        />
        <Figure
          label={t('earnings.stream.implied')}
          value={weightText(impliedOnlineWeight)}
          note={whyUnknown(impliedOnlineWeight) ?? t('earnings.stream.derived')}
        />
        <Figure
          label={t('earnings.stream.observed')}
          value={prlxOf(observedStreamPerDayWei, 0)}
          note={whyUnknown(observedStreamPerDayWei) ?? t('earnings.stream.perDay')}
        />
        <Figure
          label={t('earnings.stream.guide')}
          value={`~${formatCount(guide.streamPerDayPrlx)}`}
          note={t('earnings.stream.guideNote', { bucket: formatCount(guide.bucketPrlx) })}
        />
      </dl>
    </Section>
  );
}
