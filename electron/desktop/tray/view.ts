import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import { formatCount, formatPrlx, unknown } from '../../../shared/format.ts';
import type { StateIcon } from '../../../shared/states/row.ts';
import { cooldownOf } from '../../../shared/wallet/chain-time.ts';
import { cooldownText } from '../../../shared/wallet/text.ts';
import { type StandingFacts, standingOf } from '../standing.ts';

/** What the tray says, as a function of what is known. */
export type TrayAction =
  | 'open'
  | 'earnings'
  | 'pause-1h'
  | 'pause-8h'
  | 'pause-until-resumed'
  | 'resume'
  | 'copy-id'
  | 'start'
  | 'quit';
export type TrayItem =
  | { kind: 'text'; label: string }
  | { kind: 'line' }
  | { kind: 'action'; label: string; action: TrayAction; enabled: boolean }
  | { kind: 'menu'; label: string; items: readonly TrayItem[]; enabled: boolean };

export interface TrayView {
  icon: StateIcon;
  tooltip: string;
  items: readonly TrayItem[];
}

export interface TrayFacts extends StandingFacts {
  quitting: boolean;
  nowMs: number;
}

export function trayView(facts: TrayFacts): TrayView {
  const { icon, label, what } = standingOf(facts, facts.nowMs);
  const { snapshot, quitting } = facts;
  // Menus are narrow: what happened; what it means and what to do is for the window.
  const items: TrayItem[] = [{ kind: 'text', label: withoutAges(what).replace(/\.$/, '') }];
  if (snapshot)
    items.push(...figures(snapshot, facts.nowMs).map((text) => ({ kind: 'text', label: text }) as const));
  items.push({ kind: 'line' }, action('Open ParalleliX Operator', 'open'), action('Earnings', 'earnings'));
  if (snapshot && snapshot.identity.nodeId !== null)
    items.push(action(`Copy Node ID (${snapshot.identity.nodeId})`, 'copy-id', !quitting));
  items.push({ kind: 'line' });
  items.push(...work(facts), { kind: 'line' });
  items.push(action(quitting ? 'Quit Now' : quitLabel(facts), 'quit'));
  return { icon, tooltip: `ParalleliX Operator: ${label}`, items };
}

function action(label: string, name: TrayAction, enabled = true): TrayItem {
  return { kind: 'action', label, action: name, enabled };
}

/** A menu that counts minutes would be set again every minute, and close under somebody's hand. */
function withoutAges(text: string): string {
  return text.replace(/ \((?:in [^()]+|[^()]+ ago)\)/g, '');
}

/** Cut, not rounded: there is no 100 % before it is whole. */
function share(part: number | null): string {
  return part === null ? unknown : `${(Math.floor(part * 1000) / 10).toFixed(1)} %`;
}

/** Figures not known yet are dashes. */
function figures({ serving, uptime, earned, chain }: Snapshot, nowMs: number): string[] {
  const cooldown = cooldownOf(chain, nowMs);
  return [
    ...(cooldown === null ? [] : [cooldownText(cooldown)]),
    `Uptime today: ${share(uptime.today)}`,
    `Requests today: ${serving.servedToday === null ? unknown : formatCount(serving.servedToday)}`,
    ...earning(earned),
  ];
}

/** From the chain; a rate is no rate while the node is offline. */
function earning({ ratePerDayWei, estimate, claimableWei }: Snapshot['earned']): string[] {
  const rate = ratePerDayWei.known ? `${formatPrlx(BigInt(ratePerDayWei.value), 2)} PRLX a day` : unknown;
  return [
    `Earning: ${ratePerDayWei.known && estimate === null ? 'not earning' : rate}`,
    `Claimable: ${claimableWei.known ? `${formatPrlx(BigInt(claimableWei.value), 2)} PRLX` : unknown}`,
  ];
}

function work({ phase, snapshot, quitting }: TrayFacts): TrayItem[] {
  if (phase.phase === 'stopped' || phase.phase === 'failed')
    return [action('Start Node', 'start', !quitting)];
  const paused = snapshot?.control.pause !== null && snapshot !== null;
  if (paused) return [action('Resume', 'resume', !quitting)];
  const enabled = snapshot !== null && !quitting;
  const lengths = [
    action('For 1 Hour', 'pause-1h', enabled),
    action('For 8 Hours', 'pause-8h', enabled),
    action('Until I Resume', 'pause-until-resumed', enabled),
  ];
  return [{ kind: 'menu', label: 'Pause', items: lengths, enabled }];
}

/** Quitting an attached app leaves the node alone. */
function quitLabel({ phase }: TrayFacts): string {
  return phase.phase === 'attached' ? 'Quit App' : 'Quit';
}
