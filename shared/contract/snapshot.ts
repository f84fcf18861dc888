import * as z from 'zod';
import type { BadgeCode, StateCode } from '../states/states.ts';
import { badges, states } from '../states/table.ts';
import { chainSection } from './chain.ts';
import { earnedSection } from './earnings.ts';
import { hardwareSection } from './hardware.ts';
import { installSection, ollamaSection, pullsSection, selfTestsSection } from './ollama.ts';
import { reasonSchema } from './reason.ts';
import { uptimeSection } from './records.ts';

/**
 * Everything a daemon reports, in sections that are replaced whole when they change. Times are
 * Unix ms, lengths ms, amounts decimal strings; null is "not known". Every figure that can age
 * carries `asOfMs`.
 */

const timeMs = z.number().int();
const params = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));
const stateCodes = states.map((state) => state.code) as [StateCode, ...StateCode[]];
const badgeCodes = badges.map((badge) => badge.code) as [BadgeCode, ...BadgeCode[]];

const daemon = z.object({
  pid: z.number().int(),
  version: z.string(),
  startedAtMs: timeMs,
  stateDir: z.string(),
  network: z.object({ coordinatorUrl: z.string(), rpcUrl: z.string().nullable() }),
});

const identity = z.object({
  nodeId: z.string().nullable(),
  nodeAddress: z.string(),
  nodeKeyHash: z.string(),
  owner: z.string().nullable(),
  keyStore: z.string(),
});

const state = z.object({ code: z.enum(stateCodes), sinceMs: timeMs, params });

const badge = z.object({ code: z.enum(badgeCodes), params });

const registration = z.object({
  status: z.enum(['registered', 'not-registered', 'unknown']),
  tier: z.number().int().nullable(),
  stakePrlx: z.string().nullable(),
  asOfMs: timeMs.nullable(),
});

const heartbeat = z.object({
  accepted: z.number().int(),
  failed: z.number().int(),
  firstAcceptedAtMs: timeMs.nullable(),
  lastAcceptedAtMs: timeMs.nullable(),
  lastAttemptAtMs: timeMs.nullable(),
  failingSinceMs: timeMs.nullable(),
  lastFailure: reasonSchema.nullable(),
  intervalMs: z.number(),
  /** How late the last beat left, against the time it was due. */
  lastLatenessMs: z.number().nullable(),
  maxLatenessMs: z.number().nullable(),
  clockSkewMs: z.number().nullable(),
});

const serving = z.object({
  available: z.boolean(),
  running: z.array(
    z.object({
      requestId: z.string(),
      model: z.string(),
      acceptedAtMs: timeMs,
      /** Of the answer so far, as its stream comes; null before it can be measured. */
      tokensPerSecond: z.number().nullable(),
    }),
  ),
  queued: z.number().int(),
  concurrency: z.number().int(),
  /** Counts since this process started. */
  served: z.number().int(),
  /** Delivered since midnight, local time, by this run and earlier ones. */
  servedToday: z.number().int().nullable(),
  failed: z.number().int(),
  refusedEntries: z.number().int(),
  duplicates: z.number().int(),
  /** Results refused because the network says that it has one already (409). */
  conflicts: z.number().int(),
  withoutCounts: z.number().int(),
  inputTokens: z.number().int(),
  outputTokens: z.number().int(),
  lastRequestAtMs: timeMs.nullable(),
  /** Finished work not yet acknowledged, this identity's only. */
  undelivered: z.number().int(),
  oldestUndeliveredAtMs: timeMs.nullable(),
  /** Rows of another identity: listed, never posted. */
  foreign: z.number().int(),
  /** Counts over the whole journal. */
  delivered: z.number().int(),
  expired: z.number().int(),
  refused: z.number().int(),
});

const earnings = z.object({
  /** Lifetime earnings of the owner's wallet, all its nodes, as the coordinator states them. */
  lifetimePrlx: z.string().nullable(),
  source: z.literal('coordinator'),
  asOfMs: timeMs.nullable(),
});

const control = z.object({
  pause: z.object({ sinceMs: timeMs, untilMs: timeMs.nullable() }).nullable(),
  draining: z.boolean(),
});

export const snapshotSections = {
  daemon,
  identity,
  state,
  badges: z.array(badge),
  registration,
  heartbeat,
  uptime: uptimeSection,
  serving,
  ollama: ollamaSection,
  pulls: pullsSection,
  install: installSection,
  selfTests: selfTestsSection,
  hardware: hardwareSection,
  chain: chainSection,
  earnings,
  earned: earnedSection,
  control,
};
export const snapshotSchema = z.object(snapshotSections);
export const snapshotChangesSchema = snapshotSchema.partial();

export type Snapshot = z.infer<typeof snapshotSchema>;
export type SnapshotSection = keyof Snapshot;
