import { type StateCode, stateRow } from '../../../shared/states/states.ts';
import type { Tone } from '../../../shared/texts/event-text.ts';

/** The colour of a state: red only where the node does not earn and somebody is to be notified. */
export function toneOfState(code: StateCode): Tone {
  const { earns, notify } = stateRow(code);
  if (earns === 'yes') return 'good';
  return earns === 'no' && notify !== 'none' ? 'bad' : 'warn';
}
