import type { PullReport } from '../shared/contract/ollama.ts';
import type { Snapshot } from '../shared/contract/snapshot.ts';
import type { StateCode } from '../shared/states.ts';
import { sampleSnapshot as sample } from './e2e/renderer-samples.ts';

/** What the desktop's own pieces look at in a snapshot. */
export interface SnapshotChanges {
  servedToday?: number;
  startedAtMs?: number;
  pause?: Snapshot['control']['pause'];
  badges?: Snapshot['badges'];
  pulls?: (Pick<PullReport, 'model' | 'state' | 'sinceMs'> & Partial<PullReport>)[];
}

/** A snapshot in a state whose values are not known. */
export function sampleSnapshot({ code }: { code: StateCode }, changes: SnapshotChanges = {}): Snapshot {
  const plain = sample();
  const {
    servedToday = 0,
    startedAtMs = plain.daemon.startedAtMs,
    pause = null,
    badges = [],
    pulls = [],
  } = changes;
  return {
    ...plain,
    daemon: { ...plain.daemon, startedAtMs },
    state: { code, sinceMs: startedAtMs, params: {} },
    serving: { ...plain.serving, servedToday },
    control: { pause, draining: false },
    badges,
    pulls: pulls.map((pull) => ({
      totalBytes: null,
      completedBytes: 0,
      bytesPerSecond: null,
      leftMs: null,
      layers: [],
      attempt: 1,
      error: null,
      ...pull,
    })),
  };
}
