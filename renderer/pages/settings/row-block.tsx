import type { ReactNode } from 'react';
import { type RowId, rowText } from './row-text.ts';

/** A row that is more, or less, than one setting: its title and help are those of the other rows. */
export function RowBlock({
  id,
  wide,
  help = rowText(id).help,
  children,
}: {
  id: RowId;
  wide?: boolean;
  help?: string | undefined;
  children: ReactNode;
}) {
  const { title } = rowText(id);
  return (
    <li className={wide ? 'setting setting-wide' : 'setting'} data-row={id}>
      <div className="setting-text">
        <p className="setting-title">{title}</p>
        {help !== undefined && <p className="small soft">{help}</p>}
      </div>
      <div className="setting-control">{children}</div>
    </li>
  );
}
