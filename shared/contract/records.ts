import * as z from 'zod';
import { lazily } from './lazily.ts';

/** What the daemon has on record of its own work. Times are Unix ms; null is "not known". */

const timeMs = z.number().int();

/** A share of time in which accepted heartbeats held the node online, 0 to 1; null before there is any. */
const share = z.number().min(0).max(1).nullable();

/**
 * Measured here, by this computer's clock: the network has not published how it counts. An accepted heartbeat
 * covers the 20 s that follow it, or less when the next one comes sooner.
 */
export const uptimeSection = z.object({
  /** Of the seconds since midnight, local time, or since the first accepted heartbeat. */
  today: share,
  /** Of the last 30 days, or of the time since the first accepted heartbeat. */
  last30Days: share,
  /** The first accepted heartbeat of this node that is on record. */
  sinceMs: timeMs.nullable(),
  asOfMs: timeMs,
});
export type UptimeReport = z.infer<typeof uptimeSection>;

const request = z.object({
  /** Rises with every request; for asking on from here. */
  seq: z.number().int(),
  requestId: z.string(),
  state: z.enum(['accepted', 'finished', 'failed', 'delivered', 'reported', 'refused', 'expired']),
  model: z.string().nullable(),
  acceptedAtMs: timeMs,
  finishedAtMs: timeMs.nullable(),
  closedAtMs: timeMs.nullable(),
  generationMs: z.number().nullable(),
  inputTokens: z.number().int().nullable(),
  outputTokens: z.number().int().nullable(),
  poe: z.string().nullable(),
  /** Why it failed, a code of the closed list. */
  failure: z.string().nullable(),
});
export type RequestRecord = z.infer<typeof request>;

export const recordsCommands = {
  /** This node's requests, newest first; neither prompts nor answers. `beforeSeq` asks for older ones. */
  'requests.recent': lazily(() => ({
    input: z.strictObject({
      beforeSeq: z.number().int().positive().nullable().default(null),
      limit: z.number().int().min(1).max(200).default(50),
    }),
    output: z.object({ requests: z.array(request), more: z.boolean() }),
  })),
};
