import * as z from 'zod';
import { cardSchema, findingSchema, tierArithmetic } from '../../../shared/contract/hardware.ts';
import { document } from './documents.ts';

/** What `probe --json` prints; stable in the sense of `documents.ts`. */
export const probeDocument = z.strictObject({
  ...document('probe'),
  tier: z.number(),
  label: z.string(),
  multiplier: z.string(),
  gpu: z.string().nullable(),
  vramGb: z.number().nullable(),
  cores: z.number(),
  ramGb: z.number(),
  cards: z.array(z.strictObject(cardSchema.shape)),
  findings: z.array(z.strictObject(findingSchema.shape)),
  arithmetic: z.strictObject(tierArithmetic.shape),
  /** What a model may fill; `basis` says of which memory. Null bytes: the memory is not known. */
  modelBudget: z.strictObject({
    bytes: z.number().nullable(),
    basis: z.enum(['vram', 'unified-memory', 'ram']),
  }),
  /** Memory that this process may use where that is less than what is installed. */
  ramLimitBytes: z.number().nullable(),
  /** Processors that this process may use where that is less than what is installed. */
  cpuLimit: z.number().nullable(),
  /** Changes when a driver does. */
  driverStamp: z.string().nullable(),
  /** UUIDs that were chosen for Ollama; null: all cards. */
  chosenCards: z.array(z.string()).nullable(),
  /** Why registering waits until the person accepts tier 1; null: nothing blocks it. */
  registrationHold: z.string().nullable(),
  kept: z.boolean(),
  probedAtMs: z.number(),
});
