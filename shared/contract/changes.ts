import type { DaemonEvent } from './messages.ts';
import type { Snapshot, SnapshotSection } from './snapshot.ts';

/** What a daemon last reported, and the number of that report. */
export interface Reported {
  readonly version: number;
  readonly snapshot: Snapshot;
}

/** The sections of `snapshot` that differ from what was last reported; null when none does. */
export function changesSince(
  reported: ReadonlyMap<string, string>,
  snapshot: Snapshot,
): Partial<Snapshot> | null {
  const sections = Object.keys(snapshot) as SnapshotSection[];
  const changed = sections.filter((section) => JSON.stringify(snapshot[section]) !== reported.get(section));
  if (changed.length === 0) return null;
  return Object.fromEntries(changed.map((section) => [section, snapshot[section]]));
}

/** What `changesSince` compares with: every section as it was reported. */
export function sectionsOf(snapshot: Snapshot): Map<string, string> {
  return new Map(Object.entries(snapshot).map(([section, value]) => [section, JSON.stringify(value)]));
}

/** Whether `event` comes right after `known`; otherwise one was missed, and the snapshot has to be asked for again. */
export function follows(known: Reported | null, event: DaemonEvent): boolean {
  return event.event === 'snapshot' || (known !== null && event.version === known.version + 1);
}

/** The report after `event`: whole sections are replaced. Null while no snapshot was received. */
export function applyEvent(known: Reported | null, event: DaemonEvent): Reported | null {
  const { version } = event;
  if (event.event === 'snapshot') return { version, snapshot: event.snapshot };
  // A section that is present is whole; `Partial` only says that it may be absent.
  return known && { version, snapshot: { ...known.snapshot, ...event.changes } as Snapshot };
}
