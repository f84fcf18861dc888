/** What can become of a model that is pulled. */
export const pullStates = [
  'queued',
  'checking',
  'needs-consent',
  'pulling',
  'verifying',
  'stalled',
  'no-room',
  'failed',
  'cancelled',
  'done',
] as const;
export type PullState = (typeof pullStates)[number];

const underWay: ReadonlySet<PullState> = new Set<PullState>(['queued', 'checking', 'pulling', 'verifying']);

/** Whether a pull is on its way or waits for its turn, as opposed to having ended or waiting for a person. */
export function isPullUnderWay(state: PullState): boolean {
  return underWay.has(state);
}
