import * as z from 'zod';
import type { Terminal } from '../terminal/terminal.ts';

/**
 * What `--json` prints. Stable: a field is added, never taken away or given another meaning without
 * a new `schemaVersion`. Times are Unix ms, lengths ms, amounts decimal text; null is "not known".
 */
const schemaVersion = z.literal(1);
/** The head of every document. */
export const document = <Name extends string>(name: Name) => ({ schemaVersion, document: z.literal(name) });

const earns = z.enum(['yes', 'no', 'unknown']);
const source = z.enum(['flag', 'environment', 'saved', 'default']);
export const parameters = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));

export const stateText = z.strictObject({
  /** Null when the running node is of another version: then only its texts are known. */
  code: z.string().nullable(),
  label: z.string(),
  /** The three that follow it, in one. */
  sentence: z.string(),
  what: z.string(),
  effect: z.string().nullable(),
  action: z.string().nullable(),
  button: z.string().nullable(),
  earns: earns.nullable(),
  sinceMs: z.number().nullable(),
  params: parameters,
});

export const switchDocument = z.strictObject({
  ...document('switch'),
  direction: z.enum(['to-ours', 'back']),
  nodeKeyHash: z.string(),
  nodeId: z.string().nullable(),
  /** Null when no service of the official client was there to stop or start. */
  official: z.strictObject({ kind: z.string(), name: z.string(), enabled: z.boolean() }).nullable(),
  /** The service that runs our node now; null where it runs without one. */
  service: z.string().nullable(),
  /** Whether that service goes on without a login; null where that does not matter. */
  lingering: z.boolean().nullable(),
  /** Between the last heartbeat of one and the first of the other; where one is not known, at least and at most. */
  gapMinMs: z.number().nullable(),
  gapMaxMs: z.number().nullable(),
  lastHeartbeatAtMs: z.number().nullable(),
  firstHeartbeatAtMs: z.number().nullable(),
  pid: z.number().nullable(),
});

const checkEntry = z.strictObject({
  id: z.string(),
  result: z.enum(['ok', 'warning', 'failed', 'not-checked']),
  finding: z.string(),
  means: z.string(),
  action: z.string().nullable(),
  facts: parameters,
});

export const verifyDocument = z.strictObject({
  ...document('verify'),
  ok: z.boolean(),
  counts: z.strictObject({
    ok: z.number(),
    warning: z.number(),
    failed: z.number(),
    'not-checked': z.number(),
  }),
  checks: z.array(checkEntry),
});

export const diagnosticsDocument = z.strictObject({
  ...document('diagnostics'),
  /** Where it was written; null when it is `text`. */
  path: z.string().nullable(),
  text: z.string().nullable(),
});

/** Holds nothing that changes by itself, so that the same situation gives the same document. */
export const setupDocument = z.strictObject({
  ...document('setup'),
  complete: z.boolean(),
  steps: z.array(
    z.strictObject({ id: z.string(), done: z.boolean(), means: z.string(), next: z.string().nullable() }),
  ),
  tier: z.number(),
  nodeKeyHash: z.string().nullable(),
  nodeAddress: z.string().nullable(),
  keyFile: z.string(),
  registerLink: z.string().nullable(),
  /** Why registering waits until the person accepts tier 1; null: nothing blocks it, or it is accepted. */
  registrationHold: z.string().nullable(),
  nodeId: z.string().nullable(),
  owner: z.string().nullable(),
  registeredTier: z.number().nullable(),
  /** What the chain says of the tier, against what was probed now. */
  tierMatch: z.enum(['same', 'declared-higher', 'declared-lower', 'unknown']),
  model: z.string().nullable(),
  checks: z.array(z.strictObject({ id: z.string(), result: z.string(), finding: z.string() })),
});

export const pauseDocument = z.strictObject({
  ...document('pause'),
  sinceMs: z.number(),
  untilMs: z.number().nullable(),
});
export const resumeDocument = z.strictObject({ ...document('resume'), wasPaused: z.boolean() });
export const drainDocument = z.strictObject({
  ...document('drain'),
  pid: z.number(),
  limitMs: z.number(),
  ended: z.boolean(),
});

const settingEntry = z.strictObject({
  name: z.string(),
  value: z.unknown(),
  source,
  default: z.unknown(),
  bounds: z.string(),
  meaning: z.string(),
});
export const configDocument = z.strictObject({
  ...document('config'),
  stateDir: z.strictObject({ value: z.string(), source }),
  nodeId: z.strictObject({ value: z.string().nullable(), source }),
  owner: z.strictObject({ value: z.string().nullable(), source }),
  settings: z.array(settingEntry),
});
export const settingDocument = z.strictObject({
  ...document('setting'),
  ...settingEntry.shape,
  /** A node is running that goes on with the old value until it is restarted; null when nothing was changed. */
  needsRestart: z.boolean().nullable(),
});

export const versionDocument = z.strictObject({
  ...document('version'),
  version: z.string(),
  node: z.string(),
  platform: z.string(),
  arch: z.string(),
});

const errorDocument = z.strictObject({
  ...document('error'),
  error: z.strictObject({
    code: z.string(),
    message: z.string(),
    details: z.record(z.string(), z.unknown()),
  }),
  exitCode: z.number(),
});
/** Written without the schemas, which would cost a failing command their loading. */
export type ErrorDocument = z.input<typeof errorDocument>;

/** Prints a document: what its schema declares. What it does not is left out; what it declares and is not there is a fault. */
export function printDocument<S extends z.ZodType>(terminal: Terminal, schema: S, value: z.input<S>): void {
  const parsed = schema.safeParse(value);
  terminal.out(
    JSON.stringify(parsed.success ? parsed.data : schema.parse(withoutUndeclared(value, parsed.error))),
  );
}

function withoutUndeclared(value: unknown, { issues }: z.ZodError): unknown {
  const copy = structuredClone(value);
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue;
    const holder = issue.path.reduce<unknown>(
      (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
      copy,
    );
    for (const key of issue.keys) delete (holder as Record<string, unknown>)[key];
  }
  return copy;
}
