import * as z from 'zod';
import { snapshotChangesSchema, snapshotSchema } from './snapshot.ts';

/**
 * What crosses a transport. The greeting never changes shape across contract versions, so that a
 * client of any version can at least say what runs and how it is.
 */
export const greetingSchema = z.object({
  greeting: z.literal('parallelix-operator'),
  contract: z.number().int(),
  version: z.string(),
  pid: z.number().int(),
  uptimeMs: z.number(),
  nodeId: z.string().nullable(),
  nodeKeyHash: z.string(),
  /** State label and sentence, as text. */
  label: z.string(),
  sentence: z.string(),
  /** Unix ms of this run's first accepted heartbeat; older versions do not say. What an update waits for. */
  firstHeartbeatAcceptedAtMs: z.number().nullable().optional(),
  /** Heartbeats of this run that weren't accepted; older versions do not say. */
  failedHeartbeats: z.number().optional(),
});
export type Greeting = z.infer<typeof greetingSchema>;

export const requestSchema = z.strictObject({
  id: z.number().int().nonnegative(),
  command: z.string().max(64),
  input: z.unknown(),
});

/** The result envelope: a refusal carries a code of the one error list and its facts. */
export const responseSchema = z.union([
  z.object({ id: z.number().int(), ok: z.literal(true), output: z.unknown() }),
  z.object({
    id: z.number().int().nullable(),
    ok: z.literal(false),
    error: z.object({ code: z.string(), details: z.record(z.string(), z.unknown()) }),
  }),
]);
export type Response = z.infer<typeof responseSchema>;

/** Versions rise by one; a client that misses one asks for the snapshot again. */
export const eventSchema = z.union([
  z.object({ event: z.literal('snapshot'), version: z.number().int(), snapshot: snapshotSchema }),
  z.object({ event: z.literal('change'), version: z.number().int(), changes: snapshotChangesSchema }),
]);
export type DaemonEvent = z.infer<typeof eventSchema>;
