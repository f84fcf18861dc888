import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import type { Clock, Timer } from '../../daemon/system/clock.ts';
import { type Standing, type StandingFacts, standingOf } from '../standing.ts';

/** What can be switched off by itself; the names end those of the settings (`desktop.notifyOffline`). */
export type NotificationKind = 'Offline' | 'Online' | 'Attention' | 'Pull';
export interface AppNotification {
  kind: NotificationKind;
  title: string;
  body: string;
}

/** What a person hears of, as it comes and goes. */
export interface NotificationRules {
  /** Something was reported, or the app stands otherwise with the node: also while there is no snapshot. */
  look(facts: StandingFacts): void;
  stop(): void;
}

/** Shorter than this nobody needs to know. */
const flapMs = 60_000;

interface Incident {
  kind: 'Offline' | 'Attention';
  /** When it began, or when the state that is not told yet did; by a clock that nobody can set. */
  sinceMs: number;
  code: string;
  told: Set<string>;
}

/**
 * Obeys the column `notify` of the tables of states and phases. One notification an incident, told once it has lasted
 * a minute, and its end only if its beginning was told. Being offline is one incident, whatever its reason becomes; of
 * what needs somebody each thing is told once. A node that has no registration, and was not online in this run, has
 * nothing to go offline from.
 */
export function createNotificationRules(modules: {
  clock: Clock;
  notify: (notification: AppNotification) => void;
}): NotificationRules {
  const { clock, notify } = modules;
  let incident: Incident | null = null;
  let toldOffline = false;
  let last: StandingFacts | null = null;
  let timer: Timer | null = null;
  let wasOnline = false;
  const pullsDone = new Set<string>();
  let pullsSeen = false;

  /** A notification says what happened and what it means; what to do is for the window. */
  function tell(kind: NotificationKind, title: string, { what, effect }: Standing): void {
    notify({ kind, title, body: `${what} ${effect}` });
  }

  function incidentKind(standing: Standing, snapshot: Snapshot | null): Incident['kind'] | null {
    if (standing.notify === 'attention') return 'Attention';
    const mayGoOffline = wasOnline || (snapshot !== null && snapshot.identity.nodeId !== null);
    return standing.notify === 'offline' && mayGoOffline ? 'Offline' : null;
  }

  function isTold({ kind, code, told }: Incident): boolean {
    return kind === 'Offline' ? told.size > 0 : told.has(code);
  }

  function mature(): void {
    timer = null;
    if (incident === null || last === null || isTold(incident)) return;
    const leftMs = incident.sinceMs + flapMs - clock.monotonicMs();
    if (leftMs > 0) {
      timer = clock.after(leftMs, mature);
      return;
    }
    incident.told.add(incident.code);
    if (incident.kind === 'Offline') toldOffline = true;
    const standing = standingOf(last, clock.now());
    tell(incident.kind, standing.label, standing);
  }

  function follow(kind: Incident['kind'] | null, code: string): void {
    if (incident?.kind === kind && incident.code === code) return;
    const sinceMs = clock.monotonicMs();
    if (kind === null) incident = null;
    else if (incident?.kind !== kind) incident = { kind, code, sinceMs, told: new Set() };
    // Before anything was told it is the same trouble under another name; after that its own minute counts.
    else incident = { ...incident, code, sinceMs: incident.told.size === 0 ? incident.sinceMs : sinceMs };
    timer?.cancel();
    mature();
  }

  function lookAtStanding(facts: StandingFacts): void {
    const standing = standingOf(facts, clock.now());
    const isOnline = standing.earns === 'yes' || standing.notify === 'online';
    if (isOnline) wasOnline = true;
    if (isOnline && toldOffline) {
      toldOffline = false;
      tell('Online', 'Back online', standing);
    }
    follow(incidentKind(standing, facts.snapshot), standing.code);
  }

  function lookAtPulls({ pulls }: Snapshot): void {
    for (const { model, state, sinceMs } of pulls) {
      const id = `${model} ${sinceMs}`;
      if (state !== 'done' || pullsDone.has(id)) continue;
      pullsDone.add(id);
      // What was done before this app looked is no news.
      if (pullsSeen) notify({ kind: 'Pull', title: 'Model downloaded', body: `${model} is ready to serve.` });
    }
    pullsSeen = true;
  }

  return {
    look(facts) {
      last = facts;
      lookAtStanding(facts);
      if (facts.snapshot !== null) lookAtPulls(facts.snapshot);
    },
    stop: () => timer?.cancel(),
  };
}
