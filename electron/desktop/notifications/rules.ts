import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import {
  type BadgeCode,
  describeBadge,
  describeState,
  type StateCode,
} from '../../../shared/states/states.ts';
import type { Clock, Timer } from '../../daemon/system/clock.ts';

/** What can be switched off by itself; the names end those of the settings (`desktop.notifyOffline`). */
export type NotificationKind = 'Offline' | 'Online' | 'Attention' | 'Cooldown' | 'Update' | 'Pull';
export interface AppNotification {
  kind: NotificationKind;
  title: string;
  body: string;
}

/** What a person hears of, as it comes and goes. */
export interface NotificationRules {
  /** Something was reported. */
  look(snapshot: Snapshot): void;
  stop(): void;
}

/** Shorter than this nobody needs to know. */
const flapMs = 60_000;

/** No heartbeat is accepted, or none is sent, through no wish of the person. */
const offline: ReadonlySet<StateCode> = new Set([
  'refused',
  'no-network',
  'coordinator-down',
  'not-registered',
  'retired',
  'ollama-not-running',
  'ollama-missing',
  'no-model',
]);
/** Somebody has to do something; the node may be online meanwhile. */
const attention: ReadonlySet<StateCode> = new Set([
  'key-missing',
  'key-differs',
  'key-locked',
  'key-unreachable',
  'clock-skew',
  'disk-full',
  'ollama-down',
  'tier-high',
  'too-hot',
  'gpu-on-cpu',
]);
const online: ReadonlySet<StateCode> = new Set([
  'serving',
  'ready',
  'backlog',
  'woke',
  'tier-low',
  'gpu-on-cpu',
  'paused',
]);

type Incident = { kind: 'Offline' | 'Attention'; code: StateCode; sinceMs: number; told: boolean };

/**
 * One notification an incident: told once it has lasted a minute, and its end only if its beginning was
 * told. A node that was never online in this run has nothing to go offline from.
 */
export function createNotificationRules(modules: {
  clock: Clock;
  notify: (notification: AppNotification) => void;
}): NotificationRules {
  const { clock, notify } = modules;
  let incident: Incident | null = null;
  let toldOffline = false;
  let last: Snapshot | null = null;
  let timer: Timer | null = null;
  let wasOnline = false;
  const pullsDone = new Set<string>();
  let pullsSeen = false;
  let cooling: 'no' | 'cooling' | 'told' = 'no';
  const badgesTold = new Set<BadgeCode>();

  function tell(kind: NotificationKind, text: { label?: string; sentence: string }, fallback: string): void {
    // A notification says what happened and what it means; what to do is for the window.
    const [happened = '', means] = text.sentence.split('; ');
    notify({
      kind,
      title: text.label ?? fallback,
      body: means === undefined ? happened : `${happened}; ${means}.`,
    });
  }

  function incidentOf(code: StateCode): Incident['kind'] | null {
    if (attention.has(code)) return 'Attention';
    return offline.has(code) && wasOnline ? 'Offline' : null;
  }

  function mature(): void {
    timer = null;
    if (incident === null || incident.told || last === null) return;
    const leftMs = incident.sinceMs + flapMs - clock.monotonicMs();
    if (leftMs > 0) {
      timer = clock.after(leftMs, mature);
      return;
    }
    incident.told = true;
    if (incident.kind === 'Offline') toldOffline = true;
    const { code, params } = last.state;
    tell(incident.kind, describeState(code, params, clock.now()), 'ParalleliX Operator');
  }

  function lookAtState({ state }: Snapshot): void {
    const { code, params } = state;
    const kind = incidentOf(code);
    if (online.has(code)) wasOnline = true;
    if (kind === null) {
      incident = null;
      timer?.cancel();
      timer = null;
      if (!online.has(code) || !toldOffline) return;
      toldOffline = false;
      tell('Online', { ...describeState(code, params, clock.now()), label: 'Back online' }, '');
      return;
    }
    // Another reason for the same trouble is the same incident; another kind of trouble is not.
    if (incident?.kind === kind) return;
    incident = { kind, code, sinceMs: clock.monotonicMs(), told: false };
    timer?.cancel();
    mature();
  }

  function lookAtCooldown({ state: { code, params } }: Snapshot): void {
    if (code === 'cooling') cooling = 'cooling';
    if (code === 'withdrawable' && cooling === 'cooling') {
      cooling = 'told';
      tell('Cooldown', describeState(code, params, clock.now()), '');
    }
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

  function lookAtUpdate({ badges }: Snapshot): void {
    const ready = badges.find(({ code }) => code === 'update-ready');
    if (!ready) return void badgesTold.delete('update-ready');
    if (badgesTold.has(ready.code)) return;
    badgesTold.add(ready.code);
    tell('Update', describeBadge(ready.code, ready.params, clock.now()), 'Update ready');
  }

  return {
    look(snapshot) {
      last = snapshot;
      lookAtState(snapshot);
      lookAtCooldown(snapshot);
      lookAtPulls(snapshot);
      lookAtUpdate(snapshot);
    },
    stop: () => timer?.cancel(),
  };
}
