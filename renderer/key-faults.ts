import type { AppState } from './bridge.ts';

type Phase = AppState['node'];

/** Faults of a start that a restored key fixes. */
const fixedByBackup = ['key-expected', 'key-unknown', 'record-missing', 'identity-unreadable'];

/** Faults of a start that writing the record of the key again may fix. */
const fixedByRepair = ['record-missing', 'identity-unreadable'];

/** Whether the key is here and only its record is not. */
export function isFixedByRepair(node: Phase | undefined): boolean {
  return node?.phase === 'failed' && fixedByRepair.includes(node.error.code);
}

/** Whether bringing the key back from a backup is what helps. */
export function isFixedByBackup(node: Phase | undefined): boolean {
  if (node?.phase === 'key-trouble') return node.state.code !== 'key-locked';
  return node?.phase === 'failed' && fixedByBackup.includes(node.error.code);
}

/** Whether the node does not run because of its key. */
export function isAboutKey(node: Phase | undefined): boolean {
  if (node?.phase === 'key-trouble') return true;
  if (node?.phase !== 'failed') return false;
  const { code } = node.error;
  return code === 'node-held' || code.startsWith('passphrase-') || fixedByBackup.includes(code);
}
