import * as z from 'zod';
import { document, stateText } from './documents.ts';

const event = <Name extends string>(name: Name) => ({
  ...document('event'),
  event: z.literal(name),
  tMs: z.number(),
});

/** What `start --json` prints, one document a line. */
export const eventDocument = z.discriminatedUnion('event', [
  z.strictObject({
    ...event('started'),
    version: z.string(),
    pid: z.number(),
    nodeId: z.string().nullable(),
    nodeKeyHash: z.string(),
    tier: z.number(),
    mode: z.string(),
    model: z.string().nullable(),
    coordinatorUrl: z.string(),
    ollamaUrl: z.string(),
    stateDir: z.string(),
    /** Where to register; null when the node id is known. */
    registerLink: z.string().nullable(),
  }),
  z.strictObject({ ...event('state'), state: stateText }),
  z.strictObject({ ...event('heartbeat'), accepted: z.boolean(), reason: z.string().nullable() }),
  z.strictObject({
    ...event('request'),
    requestId: z.string(),
    outcome: z.enum(['served', 'failed', 'waiting', 'refused', 'expired']),
    reason: z.string().nullable(),
    model: z.string().nullable(),
    ms: z.number().nullable(),
    inputTokens: z.number().nullable(),
    outputTokens: z.number().nullable(),
  }),
  z.strictObject({
    ...event('notice'),
    level: z.string(),
    name: z.string(),
    facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  }),
  z.strictObject({
    ...event('stopped'),
    served: z.number(),
    failed: z.number(),
    undelivered: z.number(),
    /** Of the undelivered, those that are no failure reports. */
    answers: z.number(),
  }),
]);
export type EventDocument = z.infer<typeof eventDocument>;
