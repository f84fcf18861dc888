import { formatMoment } from '../../../shared/format.ts';
import { Button } from '../../components/button.tsx';
import { t } from '../../i18n/text.ts';

const ranges = ['day', 'month'] as const;
export type Range = (typeof ranges)[number];

/** Which range a chart shows, and whether as a picture or as a table. */
export function RangeButtons({
  range,
  onRange,
  asTable,
  onTable,
}: {
  range: Range;
  onRange: (range: Range) => void;
  asTable: boolean;
  onTable: (asTable: boolean) => void;
}) {
  return (
    <div className="button-row">
      {ranges.map((one) => (
        <Button key={one} variant="quiet" pressed={one === range} onPress={() => onRange(one)}>
          {t(`dashboard.range.${one}`)}
        </Button>
      ))}
      <Button variant="quiet" pressed={asTable} onPress={() => onTable(!asTable)}>
        {t('dashboard.showTable')}
      </Button>
    </div>
  );
}

/** `2026-11-27 14:15`: a slot of a chart by its beginning. */
export function slotTime(startMs: number): string {
  return formatMoment(startMs);
}
