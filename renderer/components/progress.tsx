import { formatBytes, formatDuration } from '../../shared/format.ts';
import { t } from '../i18n/text.ts';

export interface Transfer {
  totalBytes: number | null;
  completedBytes: number;
  bytesPerSecond: number | null;
  leftMs: number | null;
}

/** How far a transfer is, as text and as a bar. Without a total there is no bar that could be wrong. */
export function Progress({ label, transfer }: { label: string; transfer: Transfer }) {
  const { totalBytes, completedBytes, bytesPerSecond, leftMs } = transfer;
  const parts = [
    totalBytes === null
      ? t('everywhere.transfer.soFar', { done: formatBytes(completedBytes) })
      : t('everywhere.transfer.of', { done: formatBytes(completedBytes), total: formatBytes(totalBytes) }),
    bytesPerSecond === null ? null : t('everywhere.transfer.speed', { speed: formatBytes(bytesPerSecond) }),
    leftMs === null ? null : t('everywhere.transfer.left', { left: formatDuration(leftMs) }),
  ];
  return (
    <div className="progress">
      {totalBytes !== null && totalBytes > 0 && (
        <progress aria-label={label} max={totalBytes} value={Math.min(completedBytes, totalBytes)} />
      )}
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
