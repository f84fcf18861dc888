import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import type { Clock, Timer } from '../../daemon/system/clock.ts';
import type { DesktopLanguage } from '../language.ts';
import { type Standing, type StandingFacts, standingOf } from '../standing.ts';
import { desktopWords } from '../texts/english.ts';

/** What can be switched off by itself; the names end those of the settings (`desktop.notifyOffline`). */
export type NotificationKind =
  | 'Offline'
  | 'Online'
  | 'Attention'
  | 'Pull'
  | 'Earnings'
  | 'Cooldown'
  | 'Update';
export interface AppNotification {
  kind: NotificationKind;
  title: string;
  body: string;
}

/** What a person is notified of, as it comes and goes. */
export interface NotificationRules {
  /** Something was reported, or the app stands otherwise with the node: also while there is no snapshot. */
  update(facts: StandingFacts): void;
  stop(): void;
}

/** Shorter than this nobody needs to know. */
const flapMs = 60_000;

interface Incident {
  kind: 'Offline' | 'Attention';
  /** When it began, or when the state that is not reported yet did; by a clock that nobody can set. */
  sinceMs: number;
  code: string;
  notified: Set<string>;
}

/**
 * Obeys the column `notify` of the tables of states and phases. One notification an incident, shown once it has lasted
 * a minute, and its end only if its beginning was shown. Being offline is one incident, whatever its reason becomes; of
 * what needs somebody each thing is told once. A node that has no registration, and was not online in this run, has
 * nothing to go offline from.
 */
export function createNotificationRules(modules: {
  clock: Clock;
  notify: (notification: AppNotification) => void;
  language: Pick<DesktopLanguage, 'say'>;
}): NotificationRules {
  const { clock, notify, language } = modules;
  let incident: Incident | null = null;
  let notifiedOffline = false;
  let last: StandingFacts | null = null;
  let timer: Timer | null = null;
  let wasOnline = false;
  const pullsDone = new Set<string>();
  let pullsSeen = false;

  /** A notification says what happened and what it means; what to do is for the window. */
  function notifyOf(kind: NotificationKind, title: string, { what, effect }: Standing): void {
    notify({ kind, title, body: `${what} ${effect}` });
  }

  function standingHere(facts: StandingFacts): Standing {
    return language.say(() => standingOf(facts, clock.now()));
  }

  function incidentKind(standing: Standing, snapshot: Snapshot | null): Incident['kind'] | null {
    if (standing.notify === 'attention') return 'Attention';
    const mayGoOffline = wasOnline || (snapshot !== null && snapshot.identity.nodeId !== null);
    return standing.notify === 'offline' && mayGoOffline ? 'Offline' : null;
  }

  function isNotified({ kind, code, notified }: Incident): boolean {
    return kind === 'Offline' ? notified.size > 0 : notified.has(code);
  }

  function mature(): void {
    timer = null;
    if (incident === null || last === null || isNotified(incident)) return;
    const leftMs = incident.sinceMs + flapMs - clock.monotonicMs();
    if (leftMs > 0) {
      timer = clock.after(leftMs, mature);
      return;
    }
    incident.notified.add(incident.code);
    if (incident.kind === 'Offline') notifiedOffline = true;
    const standing = standingHere(last);
    notifyOf(incident.kind, standing.label, standing);
  }

  function follow(kind: Incident['kind'] | null, code: string): void {
    if (incident?.kind === kind && incident.code === code) return;
    const sinceMs = clock.monotonicMs();
    if (kind === null) incident = null;
    else if (incident?.kind !== kind) incident = { kind, code, sinceMs, notified: new Set() };
    // Before anything was shown it is the same trouble under another name; after that its own minute counts.
    else incident = { ...incident, code, sinceMs: incident.notified.size === 0 ? incident.sinceMs : sinceMs };
    timer?.cancel();
    mature();
  }

  function updateStanding(facts: StandingFacts): void {
    const standing = standingHere(facts);
    const isOnline = standing.earns === 'yes' || standing.notify === 'online';
    if (isOnline) wasOnline = true;
    if (isOnline && notifiedOffline) {
      notifiedOffline = false;
      notifyOf(
        'Online',
        language.say(() => desktopWords().notifications.backOnline),
        standing,
      );
    }
    follow(incidentKind(standing, facts.snapshot), standing.code);
  }

  function updatePulls({ pulls }: Snapshot): void {
    for (const { model, state, sinceMs } of pulls) {
      const id = `${model} ${sinceMs}`;
      if (state !== 'done' || pullsDone.has(id)) continue;
      pullsDone.add(id);
      // What was done before this app started watching is no news.
      if (pullsSeen) notify({ kind: 'Pull', ...language.say(() => pullDone(model)) });
    }
    pullsSeen = true;
  }

  return {
    update(facts) {
      last = facts;
      updateStanding(facts);
      if (facts.snapshot !== null) updatePulls(facts.snapshot);
    },
    stop: () => timer?.cancel(),
  };
}

function pullDone(model: string): { title: string; body: string } {
  const { downloaded, readyToServe } = desktopWords().notifications;
  return { title: downloaded, body: readyToServe(model) };
}
