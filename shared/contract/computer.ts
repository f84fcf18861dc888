import * as z from 'zod';

/** What a person calls this computer by; null is "not known". Nothing of it decides anything: VRAM and tier stand in `hardware.ts`. */
export const computerSchema = z.object({
  processor: z.string().nullable(),
  physicalCores: z.number().int().nullable(),
  /** With its version, as it calls itself. */
  system: z.string().nullable(),
  battery: z.object({ percent: z.number().nullable(), charging: z.boolean() }).nullable(),
  /** Whether there is a battery; null where that could not be read. */
  hasBattery: z.boolean().nullable(),
  /** Null where they could not be read. */
  disks: z
    .array(
      z.object({
        name: z.string(),
        kind: z.enum(['SSD', 'HDD']).nullable(),
        bytes: z.number().nullable(),
      }),
    )
    .nullable(),
});
export type Computer = z.infer<typeof computerSchema>;
