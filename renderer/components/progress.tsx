import { formatBytes, formatDuration } from '../../shared/format.ts';
import { t } from '../i18n/text.ts';

export interface Transfer {
  totalBytes: number | null;
  estimatedBytes?: number | null | undefined;
  completedBytes: number;
  bytesPerSecond: number | null;
  leftMs: number | null;
}

/**
 * How far a transfer is, as text and as a bar: of the total, else of an estimate that is called one. Without either
 * the bar says that something comes and not how far it is; one that has ended has none then.
 */
export function Progress({
  label,
  transfer,
  moving = true,
}: {
  label: string;
  transfer: Transfer;
  /** Whether anything is on its way. */
  moving?: boolean;
}) {
  const { totalBytes, estimatedBytes = null, completedBytes, bytesPerSecond, leftMs } = transfer;
  const done = formatBytes(completedBytes);
  const whole = totalBytes ?? estimatedBytes ?? 0;
  const parts = [
    whole === 0
      ? t('everywhere.transfer.soFar', { done })
      : t(totalBytes === null ? 'everywhere.transfer.ofAbout' : 'everywhere.transfer.of', {
          done,
          total: formatBytes(whole),
        }),
    bytesPerSecond === null ? null : t('everywhere.transfer.speed', { speed: formatBytes(bytesPerSecond) }),
    leftMs === null ? null : t('everywhere.transfer.left', { left: formatDuration(leftMs) }),
  ];
  return (
    <div className="progress">
      {whole > 0 && <progress aria-label={label} max={whole} value={Math.min(completedBytes, whole)} />}
      {whole === 0 && moving && <progress aria-label={label} />}
      <p className="soft small">{parts.filter((part) => part !== null).join(' · ')}</p>
    </div>
  );
}

/** Something that takes a while and cannot say how far it is: the text has to do. */
export function Working({ children }: { children: string }) {
  return (
    <p className="working" role="status">
      <span className="working-dot" aria-hidden="true" />
      {children}
    </p>
  );
}
