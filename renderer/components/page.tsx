import { type ReactNode, useEffect, useId, useRef } from 'react';

/** A page: one heading, which takes the focus when the page opens, and a sentence on what it is for. */
export function PageFrame({
  title,
  lead,
  side,
  children,
}: {
  title: string;
  lead?: ReactNode;
  side?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1 tabIndex={-1} data-page-title>
            {title}
          </h1>
          {lead && <p className="soft">{lead}</p>}
        </div>
        {side && <div className="page-side">{side}</div>}
      </header>
      {children}
    </div>
  );
}

export function Section({
  title,
  lead,
  side,
  plain,
  children,
}: {
  title: string;
  lead?: ReactNode;
  side?: ReactNode;
  /** Without a panel around it. */
  plain?: boolean;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={plain ? 'section' : 'section panel'}>
      <header className="section-head">
        <div>
          <h2 id={id}>{title}</h2>
          {lead && <p className="soft small">{lead}</p>}
        </div>
        {side && <div className="section-side">{side}</div>}
      </header>
      {children}
    </section>
  );
}

/** What a place shows that has nothing to show: why, and what brings something here. */
export function Empty({
  title,
  children,
  action,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children && <div className="soft">{children}</div>}
      {action && <div className="empty-action">{action}</div>}
    </div>
  );
}

/** A part of a page that can be opened by its name: it comes into sight when the place names it. */
export function Spot({ name, part, children }: { name: string; part: string | null; children: ReactNode }) {
  const here = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (part === name) here.current?.scrollIntoView();
  }, [part, name]);
  return <div ref={here}>{children}</div>;
}
