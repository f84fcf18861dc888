import type { OutageReason } from './contract/activity.ts';
import type { StateCode } from './states/states.ts';

/** Why a node in this state has no accepted heartbeat; null for states in which it can have one. */
export function outageReasonOf(code: StateCode): OutageReason | null {
  return reasons[code];
}

const reasons: Readonly<Record<StateCode, OutageReason | null>> = {
  'key-missing': 'key',
  'key-differs': 'key',
  'key-locked': 'key',
  'key-unreachable': 'key',
  'not-registered': 'not-staked',
  retired: 'not-staked',
  withdrawable: 'not-staked',
  cooling: 'not-staked',
  refused: 'rejected',
  'clock-skew': null,
  'no-network': 'no-internet',
  'coordinator-down': 'parallelix-down',
  'disk-full': null,
  'disk-read-only': null,
  'disk-failing': null,
  'ollama-missing': 'ollama',
  'ollama-starting': 'ollama',
  'ollama-not-running': 'ollama',
  'ollama-down': null,
  'no-model': 'ollama',
  'model-loading': null,
  'model-not-loaded': null,
  'answers-failing': null,
  'tier-high': null,
  paused: null,
  draining: null,
  connecting: null,
  'gpu-on-cpu': null,
  'tier-low': null,
  backlog: null,
  woke: null,
  serving: null,
  ready: null,
};
