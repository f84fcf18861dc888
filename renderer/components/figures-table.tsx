import type { ReactNode } from 'react';

/** A table of figures that scrolls sideways by itself where it is too wide. `children`: its rows. */
export function FiguresTable({ headings, children }: { headings: readonly string[]; children: ReactNode }) {
  return (
    <div className="table-scroll">
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
    </div>
  );
}
