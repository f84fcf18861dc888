import type { CoordinatorBehaviour } from './behaviour.ts';
import type { LedgerBook, WorkRecord } from './ledger.ts';

export interface Submission {
  /** Default: the next of req_0001, req_0002… */
  id?: string | undefined;
  model?: string | undefined;
  system?: string | undefined;
  /** Only this node gets it. */
  nodeId?: string | undefined;
}

/** The requests, and who may see which of them now. */
export interface WorkQueue {
  submit(prompt: string, submission?: Submission): string;
  /** The requests to hand to that node now; they count as dispatched. */
  take(nodeId: string): WorkRecord[];
  isLate(record: WorkRecord): boolean;
  answered(record: WorkRecord): void;
  /** A failure report, or a result with a wrong proof: requeued or given up, as the behaviour says. */
  failed(record: WorkRecord, nodeId: string): void;
}

interface Place {
  record: WorkRecord;
  forNode: string | null;
  hiddenUntilMs: number;
  excluded: Set<string>;
  attempts: number;
}

export function createWorkQueue(behaviour: () => CoordinatorBehaviour, ledger: LedgerBook): WorkQueue {
  /** Open requests only, in the order of submission. */
  const places = new Map<string, Place>();
  let lastNumber = 0;

  function end(record: WorkRecord, outcome: 'answered' | 'failed'): void {
    places.delete(record.requestId);
    record.outcome = outcome;
    record.endedAtMs = performance.now();
    ledger.changed();
  }

  return {
    submit(prompt, submission = {}) {
      const requestId = submission.id ?? `req_${String(++lastNumber).padStart(4, '0')}`;
      if (ledger.request(requestId)) throw new Error(`practice network: request ${requestId} exists already`);
      const record: WorkRecord = {
        requestId,
        prompt,
        system: submission.system ?? null,
        model: submission.model ?? null,
        submittedAtMs: performance.now(),
        dispatches: [],
        results: [],
        failures: [],
        outcome: 'open',
        endedAtMs: null,
      };
      const forNode = submission.nodeId ?? null;
      places.set(requestId, { record, forNode, hiddenUntilMs: 0, excluded: new Set(), attempts: 0 });
      ledger.submitted(record);
      return requestId;
    },
    take(nodeId) {
      const nowMs = performance.now();
      const { inbox, leaseMs, maxEntries } = behaviour();
      const taken: WorkRecord[] = [];
      for (const place of places.values()) {
        if (taken.length === maxEntries) break;
        if (place.hiddenUntilMs > nowMs || place.excluded.has(nodeId)) continue;
        if (place.forNode !== null && place.forNode !== nodeId) continue;
        const hiddenForMs = { lease: leaseMs, consume: Number.POSITIVE_INFINITY, peek: 0 }[inbox];
        place.hiddenUntilMs = nowMs + hiddenForMs;
        place.record.dispatches.push({ nodeId, atMs: nowMs });
        taken.push(place.record);
      }
      return taken;
    },
    isLate(record) {
      const first = record.dispatches[0];
      return first !== undefined && performance.now() - first.atMs > behaviour().deadlineMs;
    },
    answered: (record) => end(record, 'answered'),
    failed(record, nodeId) {
      const place = places.get(record.requestId);
      if (!place) return;
      const { requeueAfterFailure, maxAttempts } = behaviour();
      place.attempts += 1;
      if (requeueAfterFailure === 'never' || place.attempts >= maxAttempts) return end(record, 'failed');
      if (requeueAfterFailure === 'other-nodes') place.excluded.add(nodeId);
      place.hiddenUntilMs = 0;
      ledger.changed();
    },
  };
}
