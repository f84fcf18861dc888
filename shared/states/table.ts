import type { Row } from './row.ts';
import { networkRows } from './rows-network.ts';
import { workRows } from './rows-work.ts';

/**
 * What the operator is shown: one state at a time, the first row that applies wins. The same codes
 * drive window, tray, `status`, notifications and `status --json`. [states.md]
 *
 * `key-unreachable` is a key that is neither gone nor locked away, `connecting` covers the moments after starting
 * and waking, `ollama-not-running` a run without any heartbeat because Ollama does not answer, and
 * `model-not-loaded` is an Ollama that cannot load the model.
 */
export const states = [...networkRows, ...workRows] as const;

/** Badges are not states: they stand beside any state. */
export const badges = [
  {
    code: 'no-backup',
    what: 'Your node key has no backup.',
    effect: 'If this disk is lost, your stake earns nothing until you unstake and wait 7 days.',
    action: 'Save a backup.',
    button: 'Back up key',
    params: {},
  },
  {
    code: 'tier-accepted',
    what: [
      'Serving with registered tier {a} while this computer shows tier {b}.',
      'Serving with a higher tier than this computer shows.',
    ],
    effect: 'The network may zero this uptime.',
    action: 'Undo this, or connect the registered GPU.',
    button: 'Undo',
    params: { a: 'count', b: 'count' },
  },
] as const satisfies readonly Row[];
