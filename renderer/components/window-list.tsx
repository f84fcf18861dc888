import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';

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
  /** With these the first cell of a row is a button that opens it; the arrow keys go from row to row. */
  openLabel?: (item: T) => string;
  onOpen?: (item: T) => void;
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
  openLabel,
  onOpen,
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
  // One stop of the keyboard for all rows; where the row was left, or the first in sight.
  const [currentKey, setCurrentKey] = useState<string | number | null>(null);
  const found = items.findIndex((item) => itemKey(item) === currentKey);
  const current = found >= first && found < last ? found : Math.floor(shownRange.top / rowHeight);
  const focusRow = (index: number) => {
    const item = items[Math.max(0, Math.min(items.length - 1, index))];
    if (item === undefined) return;
    const at = items.indexOf(item) * rowHeight;
    const element = frame.current;
    setCurrentKey(itemKey(item));
    if (!element) return;
    if (at < element.scrollTop) element.scrollTop = at;
    const bottom = element.scrollTop + element.clientHeight - 2 * rowHeight;
    if (at > bottom) element.scrollTop += at - bottom;
    requestAnimationFrame(() =>
      element.querySelector<HTMLElement>(`[data-row="${CSS.escape(String(itemKey(item)))}"]`)?.focus(),
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!onOpen || !(event.target instanceof Element) || !event.target.closest('[data-row]')) return;
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 };
    const step = steps[event.key];
    const to = event.key === 'Home' ? 0 : event.key === 'End' ? items.length - 1 : current + (step ?? 0);
    if (step === undefined && event.key !== 'Home' && event.key !== 'End') return;
    event.preventDefault();
    focusRow(to);
  };
  const atEnd = last >= items.length;
  useEffect(() => {
    if (atEnd) onEnd?.();
  }, [atEnd, onEnd]);

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section className="window-list" ref={frame} tabIndex={0} aria-label={label} onKeyDown={onKeyDown}>
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
                  <td key={columns[column]}>
                    {column === 0 && onOpen && openLabel ? (
                      <button
                        type="button"
                        className="row-open"
                        data-row={itemKey(item)}
                        tabIndex={first + index === current ? 0 : -1}
                        aria-label={openLabel(item)}
                        onClick={() => {
                          setCurrentKey(itemKey(item));
                          onOpen(item);
                        }}
                      >
                        {cell}
                      </button>
                    ) : (
                      cell
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
