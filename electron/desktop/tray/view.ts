import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import { formatCount, formatDecimal, formatPrlx, unknown } from '../../../shared/format.ts';
import type { StateIcon } from '../../../shared/states/row.ts';
import { cooldownOf } from '../../../shared/wallet/chain-time.ts';
import { cooldownText } from '../../../shared/wallet/text.ts';
import { type StandingFacts, standingOf } from '../standing.ts';
import { desktopWords } from '../texts/english.ts';

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
  const { product, tray } = desktopWords();
  // Menus are narrow: what happened; what it means and what to do is for the window.
  const items: TrayItem[] = [{ kind: 'text', label: withoutAges(what).replace(/\.$/, '') }];
  if (snapshot)
    items.push(...figures(snapshot, facts.nowMs).map((text) => ({ kind: 'text', label: text }) as const));
  items.push({ kind: 'line' }, action(tray.open, 'open'), action(tray.earnings, 'earnings'));
  if (snapshot && snapshot.identity.nodeId !== null)
    items.push(action(tray.copyId(snapshot.identity.nodeId), 'copy-id', !quitting));
  items.push({ kind: 'line' });
  items.push(...work(facts), { kind: 'line' });
  items.push(action(quitting ? tray.quitNow : quitLabel(facts), 'quit'));
  return { icon, tooltip: `${product}: ${label}`, items };
}

function action(label: string, name: TrayAction, enabled = true): TrayItem {
  return { kind: 'action', label, action: name, enabled };
}

/** A menu that counts minutes would be set again every minute, and close under somebody's hand. */
function withoutAges(text: string): string {
  return text.replace(/ \((?:(?:in|vor) [^()]+|[^()]+ ago)\)/g, '');
}

/** Cut, not rounded: there is no 100 % before it is whole. */
function share(part: number | null): string {
  return part === null ? unknown : `${formatDecimal(Math.floor(part * 1000) / 10, 1)} %`;
}

/** Figures not known yet are dashes. */
function figures({ serving, uptime, earned, chain }: Snapshot, nowMs: number): string[] {
  const cooldown = cooldownOf(chain, nowMs);
  const { tray } = desktopWords();
  return [
    ...(cooldown === null ? [] : [cooldownText(cooldown)]),
    tray.uptime(share(uptime.today)),
    tray.requests(serving.servedToday === null ? unknown : formatCount(serving.servedToday)),
    ...earning(earned),
  ];
}

/** From the chain; a rate is no rate while the node is offline. */
function earning({ ratePerDayWei, estimate, claimableWei }: Snapshot['earned']): string[] {
  const { tray } = desktopWords();
  const rate = ratePerDayWei.known ? tray.perDay(formatPrlx(BigInt(ratePerDayWei.value), 2)) : unknown;
  return [
    tray.earning(ratePerDayWei.known && estimate === null ? tray.notEarning : rate),
    tray.claimable(claimableWei.known ? `${formatPrlx(BigInt(claimableWei.value), 2)} PRLX` : unknown),
  ];
}

function work({ phase, snapshot, quitting }: TrayFacts): TrayItem[] {
  const { tray } = desktopWords();
  if (phase.phase === 'stopped' || phase.phase === 'failed') return [action(tray.start, 'start', !quitting)];
  const paused = snapshot?.control.pause !== null && snapshot !== null;
  if (paused) return [action(tray.resume, 'resume', !quitting)];
  const enabled = snapshot !== null && !quitting;
  const lengths = [
    action(tray.oneHour, 'pause-1h', enabled),
    action(tray.eightHours, 'pause-8h', enabled),
    action(tray.untilResumed, 'pause-until-resumed', enabled),
  ];
  return [{ kind: 'menu', label: tray.pause, items: lengths, enabled }];
}

/** Quitting an attached app leaves the node alone. */
function quitLabel({ phase }: TrayFacts): string {
  const { tray } = desktopWords();
  return phase.phase === 'attached' ? tray.quitApp : tray.quit;
}
