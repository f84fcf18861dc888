import type { BadgeCode, StateCode } from '../../../shared/states/states.ts';
import type { AskName, Page } from '../../bridge.ts';
import type { explain } from '../../i18n/en/explain.ts';

export type Topic = keyof typeof explain;

/** What the button of a state or badge does. `fallback`: where to go when the host cannot do it. */
export type StateAction =
  | { kind: 'ask'; name: Extract<AskName, 'resume' | 'ollama.start' | 'app.quit' | 'key.unlockKeychain'> }
  | { kind: 'accept-tier'; accept: boolean }
  | { kind: 'page'; page: Page; part?: string }
  | { kind: 'explain'; topic: Topic };

const open = (topic: Topic): StateAction => ({ kind: 'explain', topic });
const page = (name: Page, part?: string): StateAction =>
  part === undefined ? { kind: 'page', page: name } : { kind: 'page', page: name, part };

/** One entry a state: a new row of the table does not compile without one. Null: the row has no button. */
export const stateActions: { readonly [C in StateCode]: StateAction | null } = {
  'key-missing': page('onboarding', 'key'),
  'key-differs': page('onboarding', 'key'),
  'key-locked': { kind: 'ask', name: 'key.unlockKeychain' },
  'key-unreachable': page('onboarding', 'key'),
  // What a wallet is asked for stands in words before anything opens.
  'not-registered': page('onboarding', 'register'),
  retired: open('retired'),
  withdrawable: page('onboarding', 'exit'),
  cooling: page('onboarding', 'exit'),
  refused: open('refused'),
  'clock-skew': open('clock-skew'),
  'no-network': page('diagnostics'),
  'coordinator-down': open('coordinator-down'),
  'disk-full': open('disk-full'),
  'disk-read-only': open('disk-read-only'),
  'disk-failing': open('disk-failing'),
  'ollama-missing': page('models'),
  'ollama-starting': null,
  'ollama-not-running': { kind: 'ask', name: 'ollama.start' },
  'ollama-down': { kind: 'ask', name: 'ollama.start' },
  'no-model': page('models'),
  'model-loading': null,
  'model-not-loaded': page('models'),
  'answers-failing': page('diagnostics'),
  'tier-high': open('tier-high'),
  paused: { kind: 'ask', name: 'resume' },
  draining: { kind: 'ask', name: 'app.quit' },
  connecting: null,
  'gpu-on-cpu': open('gpu-on-cpu'),
  'tier-low': open('tier-low'),
  backlog: page('dashboard', 'requests'),
  woke: page('settings'),
  serving: null,
  ready: null,
};

export const badgeActions: { readonly [C in BadgeCode]: StateAction } = {
  'no-backup': page('settings', 'key'),
  'tier-accepted': { kind: 'accept-tier', accept: false },
};
