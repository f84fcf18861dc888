import { type ReactNode, useEffect, useRef, useState } from 'react';

/** Rows beyond the visible ones on each side, so that a quick scroll shows no gap. */
const spare = 20;

export interface WindowListProps<T> {
  label: string;
  /** Column headings, in the order of the cells. */
  columns: readonly string[];
  items: readonly T[];
  rowHeight: number;
  itemKey: (item: T) => string | number;
  cells: (item: T) => readonly ReactNode[];
  className: string;
  /** The last rows came into sight. */
  onEnd?: () => void;
}

/**
 * A table of any length of which only the rows in sight are in the document. Rows have one height; what is above
 * and below is stood for by empty room of the same height.
 */
export function WindowList<T>({
  label,
  columns,
  items,
  rowHeight,
  itemKey,
  cells,
  className,
  onEnd,
}: WindowListProps<T>) {
  const frame = useRef<HTMLElement>(null);
  const [shownRange, setShownRange] = useState({ top: 0, height: 600 });
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const updateRange = () => setShownRange({ top: element.scrollTop, height: element.clientHeight });
    updateRange();
    element.addEventListener('scroll', updateRange, { passive: true });
    const sizes = new ResizeObserver(updateRange);
    sizes.observe(element);
    return () => {
      element.removeEventListener('scroll', updateRange);
      sizes.disconnect();
    };
  }, []);

  const first = Math.max(0, Math.floor(shownRange.top / rowHeight) - spare);
  const last = Math.min(items.length, Math.ceil((shownRange.top + shownRange.height) / rowHeight) + spare);
  const atEnd = last >= items.length;
  useEffect(() => {
    if (atEnd) onEnd?.();
  }, [atEnd, onEnd]);

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section className="window-list" ref={frame} tabIndex={0} aria-label={label}>
      <div style={{ paddingTop: first * rowHeight, paddingBottom: (items.length - last) * rowHeight }}>
        <table className={className} aria-rowcount={items.length + 1}>
          <thead>
            <tr aria-rowindex={1}>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {items.slice(first, last).map((item, index) => (
              <tr key={itemKey(item)} aria-rowindex={first + index + 2}>
                {cells(item).map((cell, column) => (
                  <td key={columns[column]}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
