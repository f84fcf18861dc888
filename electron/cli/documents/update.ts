import * as z from 'zod';

const head = <Name extends string>(name: Name) => ({
  schemaVersion: z.literal(1),
  document: z.literal(name),
});

/** What `update --json` prints; as stable as `documents.ts` promises. */
export const updateDocument = z.strictObject({
  ...head('update'),
  /** What put this program here; only `install.sh` leaves updating to the program. */
  installedBy: z.enum(['install.sh', 'deb', 'rpm', 'app', 'checkout', 'unknown']),
  /** The version that is installed now, after what was done. */
  installed: z.string(),
  /** Null where nobody was asked. */
  offered: z.string().nullable(),
  publishedAt: z.string().nullable(),
  notes: z.string().nullable(),
  /** There is a version to update to. */
  available: z.boolean(),
  /** This command has installed it. */
  updated: z.boolean(),
  /** The version that was there before; null when nothing was installed. */
  from: z.string().nullable(),
  /** What became of the running node; null when nothing was installed. */
  node: z.enum(['none', 'taken-over', 'restarted', 'elsewhere']).nullable(),
  pid: z.number().nullable(),
  /** Heartbeats of the new version are accepted; null when nothing was installed. */
  online: z.boolean().nullable(),
  /** The offered version failed here before, and why. */
  failedBefore: z.string().nullable(),
  /** How else it is updated; null when this program does it. */
  command: z.string().nullable(),
});

export const updateScheduleDocument = z.strictObject({
  ...head('update-schedule'),
  scheduled: z.boolean(),
  window: z.string().nullable(),
  timer: z.string(),
});
