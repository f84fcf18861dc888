import type { NodePhase } from '../../shared/contract/app.ts';
import type { Snapshot } from '../../shared/contract/snapshot.ts';
import { type PhaseCode, phaseRows } from '../../shared/states/phases.ts';
import type { StateRow } from '../../shared/states/row.ts';
import { describeState, labelOf, type RowText, stateRow, textOf } from '../../shared/states/states.ts';

/** What is known of the node, whoever runs it. */
export interface StandingFacts {
  phase: NodePhase;
  snapshot: Snapshot | null;
  quitting?: boolean;
}

/** Its state, or how the app stands with it while there is none, as text and with its columns. */
export type Standing = RowText & Pick<StateRow, 'code' | 'earns' | 'icon' | 'notify'> & { label: string };

export function standingOf({ phase, snapshot, quitting }: StandingFacts, nowMs: number): Standing {
  if (quitting) return ofPhase('quitting', null, nowMs);
  const state = snapshot?.state ?? (phase.phase === 'key-trouble' ? phase.state : null);
  if (state !== null) {
    const { code, icon, notify } = stateRow(state.code);
    return { ...describeState(state.code, state.params, nowMs), code, icon, notify };
  }
  switch (phase.phase) {
    case 'no-identity':
    case 'other-program':
      return ofPhase(phase.phase, null, nowMs);
    case 'stopped':
    case 'failed':
      return ofPhase(phase.phase, phase.sinceMs, nowMs);
    case 'attached':
      return phase.compatible ? ofPhase('starting', null, nowMs) : otherVersion(phase, nowMs);
    case 'key-trouble':
    case 'hosting':
    case 'starting':
      return ofPhase('starting', null, nowMs);
  }
}

function ofPhase(wanted: PhaseCode, time: number | null, nowMs: number): Standing {
  const row: StateRow = phaseRows.find(({ code }) => code === wanted) ?? phaseRows[0];
  const { code, earns, icon, notify } = row;
  const params = { time };
  return {
    ...textOf(row, params, nowMs),
    label: labelOf(row, params, nowMs),
    ...{ code, earns, icon, notify },
  };
}

/** Of a node of another version only its own texts are known. */
function otherVersion(
  { label, sentence }: Extract<NodePhase, { phase: 'attached' }>,
  nowMs: number,
): Standing {
  const text = ofPhase('other-version', null, nowMs);
  return label === '' ? text : { ...text, label, what: sentence || text.what, sentence };
}
