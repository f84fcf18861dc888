import type { NodePhase } from '../../../shared/contract/app.ts';
import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import { formatCount, formatDuration, unknown } from '../../../shared/format.ts';
import { describeState, type Params, type StateCode } from '../../../shared/states/states.ts';

/** What the tray says, as a function of what is known. */
export type TrayIcon = 'serving' | 'ready' | 'paused' | 'attention' | 'offline';
export type TrayAction =
  | 'open'
  | 'earnings'
  | 'pause-1h'
  | 'pause-8h'
  | 'pause-until-resumed'
  | 'resume'
  | 'start'
  | 'quit';
export type TrayItem =
  | { kind: 'text'; label: string }
  | { kind: 'line' }
  | { kind: 'action'; label: string; action: TrayAction; enabled: boolean };

export interface TrayView {
  icon: TrayIcon;
  tooltip: string;
  items: readonly TrayItem[];
}

export interface TrayFacts {
  phase: NodePhase;
  snapshot: Snapshot | null;
  quitting: boolean;
  nowMs: number;
}

/** In these the node is up, and takes no work because somebody or something wants it so. */
const pausedStates: ReadonlySet<StateCode> = new Set([
  'paused',
  'scheduled',
  'yielding',
  'on-battery',
  'too-hot',
  'draining',
]);
const offlineStates: ReadonlySet<StateCode> = new Set([
  'no-network',
  'coordinator-down',
  'connecting',
  'ollama-starting',
  'model-loading',
]);
const workingStates: ReadonlySet<StateCode> = new Set(['serving', 'backlog']);
const readyStates: ReadonlySet<StateCode> = new Set(['ready', 'woke', 'tier-low', 'gpu-on-cpu']);

/** Which of the five pictures stands for a state. */
export function iconOf(code: StateCode): TrayIcon {
  if (workingStates.has(code)) return 'serving';
  if (readyStates.has(code)) return 'ready';
  if (pausedStates.has(code)) return 'paused';
  return offlineStates.has(code) ? 'offline' : 'attention';
}

export function trayView(facts: TrayFacts): TrayView {
  const { icon, label, sentence } = headOf(facts);
  const { snapshot, quitting } = facts;
  const items: TrayItem[] = [{ kind: 'text', label: sentence }];
  if (snapshot)
    items.push(...figures(snapshot, facts.nowMs).map((text) => ({ kind: 'text', label: text }) as const));
  items.push({ kind: 'line' }, action('Open ParalleliX Operator', 'open'), action('Earnings', 'earnings'), {
    kind: 'line',
  });
  items.push(...work(facts), { kind: 'line' });
  items.push(action(quitting ? 'Quit now, without finishing' : quitLabel(facts), 'quit'));
  return { icon, tooltip: `ParalleliX Operator: ${label}`, items };
}

function action(label: string, name: TrayAction, enabled = true): TrayItem {
  return { kind: 'action', label, action: name, enabled };
}

function headOf({ phase, snapshot, quitting, nowMs }: TrayFacts): {
  icon: TrayIcon;
  label: string;
  sentence: string;
} {
  if (quitting)
    return {
      icon: 'paused',
      label: 'Finishing',
      sentence: 'Work in flight is being finished, then the app ends',
    };
  if (snapshot) return stateHead(snapshot.state.code, snapshot.state.params, nowMs);
  switch (phase.phase) {
    case 'key-trouble':
      return stateHead(phase.state.code, phase.state.params, nowMs);
    case 'attached':
      return { icon: 'ready', label: phase.label, sentence: phase.sentence };
    case 'no-identity':
      return {
        icon: 'attention',
        label: 'Not set up',
        sentence: 'No node is set up here yet; open the app to begin',
      };
    case 'failed':
      return {
        icon: 'attention',
        label: 'Not running',
        sentence: 'The node could not start and earns nothing; open the app',
      };
    case 'stopped':
      return { icon: 'offline', label: 'Stopped', sentence: 'The node is stopped and earns nothing' };
    default:
      return { icon: 'offline', label: 'Starting', sentence: 'The node is starting' };
  }
}

function stateHead(code: StateCode, params: Params, nowMs: number) {
  const { label, sentence } = describeState(code, params, nowMs);
  // Menus are narrow: what happened, without what to do, which the window says.
  return { icon: iconOf(code), label, sentence: `${label}: ${sentence.split(';')[0]}` };
}

/** Cut, not rounded: there is no 100 % before it is whole. */
function share(part: number | null): string {
  return part === null ? unknown : `${(Math.floor(part * 1000) / 10).toFixed(1)} %`;
}

/** Figures not known yet are dashes. */
function figures({ daemon, serving, uptime }: Snapshot, nowMs: number): string[] {
  return [
    `Running for ${formatDuration(nowMs - daemon.startedAtMs)}`,
    `Online today, measured here: ${share(uptime.today)}`,
    `Served today: ${serving.servedToday === null ? unknown : formatCount(serving.servedToday)}`,
    // No rate is published by the network, and none is computed yet.
    `Earning rate: ${unknown}`,
  ];
}

function work({ phase, snapshot, quitting }: TrayFacts): TrayItem[] {
  if (phase.phase === 'stopped' || phase.phase === 'failed')
    return [action('Start the node', 'start', !quitting)];
  const paused = snapshot?.control.pause !== null && snapshot !== null;
  if (paused) return [action('Resume', 'resume', !quitting)];
  const enabled = snapshot !== null && !quitting;
  return [
    action('Pause for 1 hour', 'pause-1h', enabled),
    action('Pause for 8 hours', 'pause-8h', enabled),
    action('Pause until resumed', 'pause-until-resumed', enabled),
  ];
}

/** Quitting an attached app leaves the node alone. */
function quitLabel({ phase }: TrayFacts): string {
  return phase.phase === 'attached' ? 'Quit; the node goes on' : 'Finish work and quit';
}
