import * as z from 'zod';
import { lazily } from './lazily.ts';

/** What the daemon has on record of the last day or month: time online, what interrupted it, and the work done. */

const timeMs = z.number().int();
const count = z.number().int().nonnegative();

/** Why a node was offline, the strongest first: where several hold, the first is told. */
export const outageReasons = [
  'asleep',
  'stopped',
  'crashed',
  'key',
  'not-staked',
  'no-internet',
  'parallelix-down',
  'rejected',
  'ollama',
] as const;
export type OutageReason = (typeof outageReasons)[number];

const slot = z.object({
  startMs: timeMs,
  endMs: timeMs,
  /** Share of the slot's known time online, 0 to 1; null where nothing is on record. */
  online: z.number().min(0).max(1).nullable(),
  /** Heartbeats that were not accepted; null where that is not on record, also of a daemon that keeps none. */
  missed: count.nullable().default(null),
  /** Accepted in the slot, whatever became of them; null where older rows are not looked at. */
  requests: count.nullable(),
  failed: count.nullable(),
  outputTokens: count.nullable(),
});
export type ActivitySlot = z.infer<typeof slot>;

const outage = z.object({
  startMs: timeMs,
  /** Null: it has not ended. */
  endMs: timeMs.nullable(),
  lengthMs: z.number().nonnegative(),
  /** Null: nothing was noted. */
  reason: z.enum(outageReasons).nullable(),
});
export type Outage = z.infer<typeof outage>;

export const activityCommands = {
  /** `day`: 24 h in slots of 15 min; `month`: 30 days in slots of 6 h. */
  activity: lazily(() => ({
    input: z.strictObject({ range: z.enum(['day', 'month']) }),
    output: z.object({
      asOfMs: timeMs,
      /** The first accepted heartbeat on record; null before there is any. */
      sinceMs: timeMs.nullable(),
      /** Of the range, or of the time since the first accepted heartbeat. */
      online: z.number().min(0).max(1).nullable(),
      slots: z.array(slot).max(120),
      /** Newest first, the 100 newest at most; `outageCount` counts all. */
      outages: z.array(outage).max(100),
      outageCount: count,
      longestOutageMs: z.number().nullable(),
      /** Heartbeats of the range that were not accepted, as far as they are on record: since then. */
      missed: count.nullable().default(null),
      missedSinceMs: timeMs.nullable().default(null),
      requests: z.object({
        delivered: count,
        failed: count,
        /** Of the failed ones: they took too long. */
        deadlineMissed: count,
        /** The newest delivered ones, of which the figures below are; 0: they are null. */
        measured: count,
        p50Ms: z.number().nullable(),
        p95Ms: z.number().nullable(),
        tokensPerSecond: z.number().nullable(),
      }),
    }),
  })),
};
