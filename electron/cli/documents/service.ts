import * as z from 'zod';
import { document } from './documents.ts';

const scope = z.enum(['user', 'system']);
const activity = z.enum(['running', 'starting', 'stopping', 'restarting', 'stopped', 'failed', 'unknown']);

/** What `service … --json` prints; as stable as `documents.ts` promises. */
export const serviceInstallDocument = z.strictObject({
  ...document('service-install'),
  service: z.string(),
  scope,
  name: z.string(),
  file: z.string(),
  stateDir: z.string(),
  program: z.array(z.string()),
  /** Who a service of the whole computer runs as; null for this user. */
  user: z.string().nullable(),
  /** False: there is no key yet, so it waits for one. */
  started: z.boolean(),
  /** False: the file stood there already, just so. */
  written: z.boolean(),
  /** Where the key was before. */
  key: z.enum(['file', 'keychain', 'missing']),
  keyMoved: z.boolean(),
  /** Null where it does not matter. */
  lingering: z.boolean().nullable(),
  lingerFault: z.string().nullable(),
  /** Variables of this shell that a node reads and a service does not get. */
  unseenVariables: z.array(z.string()),
});

export const serviceUninstallDocument = z.strictObject({
  ...document('service-uninstall'),
  service: z.string(),
  scope,
  stateDir: z.string(),
  removed: z.array(z.string()),
});

export const serviceControlDocument = z.strictObject({
  ...document('service-control'),
  service: z.string(),
  scope,
  action: z.enum(['start', 'stop', 'restart']),
  activity,
  pid: z.number().nullable(),
});

export const serviceStatusDocument = z.strictObject({
  ...document('service-status'),
  service: z.string(),
  scope,
  name: z.string(),
  file: z.string(),
  stateDir: z.string(),
  user: z.string().nullable(),
  /** Of the program that installed it. */
  version: z.string(),
  activity,
  enabled: z.boolean(),
  pid: z.number().nullable(),
  /** Automatic restarts since somebody started it; null where nobody counts. */
  restarts: z.number().nullable(),
  exitCode: z.number().nullable(),
  signal: z.string().nullable(),
  hung: z.boolean(),
  lingering: z.boolean().nullable(),
  /** The node's own state as text; null when it does not answer. */
  nodeState: z.string().nullable(),
});
