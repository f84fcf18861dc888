import type { ReactNode } from 'react';

/**
 * A table of figures that scrolls by itself where it is too wide. `children`: its rows. With `label` it is kept low
 * and scrolls downwards too.
 */
export function FiguresTable({
  headings,
  children,
  label,
}: {
  headings: readonly string[];
  children: ReactNode;
  label?: string;
}) {
  const table = (
    <table className="figures-table">
      <thead>
        <tr>
          {headings.map((heading) => (
            <th key={heading} scope="col">
              {heading}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
  if (label === undefined)
    return (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
      // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields.
      <div className="table-scroll" role="group" aria-label={headings.join(', ')} tabIndex={0}>
        {table}
      </div>
    );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section className="table-scroll table-low" aria-label={label} tabIndex={0}>
      {table}
    </section>
  );
}
