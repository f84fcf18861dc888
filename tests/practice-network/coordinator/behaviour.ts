import * as z from 'zod';

/** Everything about the real coordinator that is not published is a switch here [network.md 16]. */
export const behaviourSchema = z.strictObject({
  /** A dispatched request is hidden for leaseMs and then redelivered; or is gone; or stays visible until answered. */
  inbox: z.enum(['lease', 'consume', 'peek']),
  leaseMs: z.int().positive(),
  maxEntries: z.int().positive(),
  entriesKey: z.enum(['requests', 'jobs']),
  idField: z.enum(['id', 'requestId']),
  promptField: z.enum(['prompt', 'input']),
  /** The same entry twice in one answer. */
  duplicateEntries: z.boolean(),

  requeueAfterFailure: z.enum(['same-node', 'other-nodes', 'never']),
  /** A request that failed that often is not requeued any more. */
  maxAttempts: z.int().positive(),

  /** A result is late when it comes that long after the first dispatch. */
  deadlineMs: z.int().positive(),
  /** `refuse`: 409. */
  lateResult: z.enum(['accept', 'refuse']),
  duplicateResult: z.enum(['accept', 'refuse']),
  /** `store-and-409`: the result is taken and counted, and the answer is 409 anyway. */
  successAnswer: z.enum(['2xx', 'store-and-409']),
  /** Body of a successful heartbeat or result answer. */
  answerBody: z.enum(['json', 'empty-200', 'empty-204']),

  /** A node counts as online that long after its last accepted heartbeat. */
  onlineWindowMs: z.int().positive(),
  /** Whether a heartbeat with available:false keeps a node online. */
  unavailableIsOnline: z.boolean(),
  /** How far a heartbeat's timestamp may be from the coordinator's clock. */
  allowedSkewMs: z.int().positive(),
  /** The coordinator's clock (Date header and timestamp check) runs ahead by that much; negative: behind. */
  clockSkewMs: z.int(),
  /** 403 tier_mismatch when the heartbeat's tier is not the registered one. */
  refuseTierMismatch: z.boolean(),
});

export type CoordinatorBehaviour = z.infer<typeof behaviourSchema>;

export const defaultBehaviour: CoordinatorBehaviour = {
  inbox: 'lease',
  leaseMs: 180_000,
  maxEntries: 1,
  entriesKey: 'requests',
  idField: 'id',
  promptField: 'prompt',
  duplicateEntries: false,
  requeueAfterFailure: 'same-node',
  maxAttempts: 3,
  deadlineMs: 120_000,
  lateResult: 'accept',
  duplicateResult: 'accept',
  successAnswer: '2xx',
  answerBody: 'json',
  onlineWindowMs: 30_000,
  unavailableIsOnline: true,
  allowedSkewMs: 5 * 60_000,
  clockSkewMs: 0,
  refuseTierMismatch: false,
};
