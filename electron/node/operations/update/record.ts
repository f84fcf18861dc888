import * as z from 'zod';
import { reasonSchema } from '../../../../shared/contract/reason.ts';
import { readSmallFile, writeFileAtomic } from '../../../daemon/storage/atomic-file.ts';

const handoverSchema = z.object({
  from: z.string(),
  to: z.string(),
  sha256: z.string(),
  /** Whether the old one has to be restarted through a service manager. */
  service: z.string().nullable(),
  stateDir: z.string(),
  startedAtMs: z.number(),
  /** Of the app: whether heartbeats were accepted before, so that the new version can be judged by its own. */
  online: z.boolean().optional(),
  /** Of the app: how often the new version has started. */
  starts: z.int().optional(),
  /** Of the app: the process that brings the old version back if the new one does not serve. */
  watcherPid: z.int().nullable().optional(),
});
export type Handover = z.infer<typeof handoverSchema>;

const failureSchema = z.object({
  version: z.string(),
  sha256: z.string(),
  attempts: z.int().min(1),
  /** It ran and did not serve: trying it again by itself would cost uptime every night. */
  final: z.boolean(),
  reason: reasonSchema,
  atMs: z.number(),
});
export type UpdateFailure = z.infer<typeof failureSchema>;

const recordSchema = z.object({
  schemaVersion: z.literal(1),
  /** On disk before anything is switched, gone when it has ended either way. */
  handover: handoverSchema.nullable(),
  failures: z.array(failureSchema),
  last: z.object({ from: z.string(), to: z.string(), atMs: z.number() }).nullable(),
});
export type UpdateRecord = z.infer<typeof recordSchema>;

/** Where it is kept. */
export interface RecordPlace {
  readonly recordFile: string;
}

const mostAttempts = 3;
const keptFailures = 20;
const nothing: UpdateRecord = { schemaVersion: 1, handover: null, failures: [], last: null };

/** What the updates of this installation did; nothing when it cannot be read. */
export async function readUpdateRecord({ recordFile }: RecordPlace): Promise<UpdateRecord> {
  try {
    return recordSchema.parse(JSON.parse((await readSmallFile(recordFile, 256 * 1024)) ?? 'null'));
  } catch {
    return { ...nothing };
  }
}

/** @throws NodeError `disk-full`, `state-dir-unusable` */
export async function changeUpdateRecord(
  place: RecordPlace,
  change: (record: UpdateRecord) => UpdateRecord,
): Promise<void> {
  const next = change(await readUpdateRecord(place));
  await writeFileAtomic(place.recordFile, `${JSON.stringify(next, null, 2)}\n`, { mode: 0o644 });
}

/** Counts a try that did not end well; of one and the same file, so that a fixed release gets its chance. */
export function withFailure(record: UpdateRecord, failure: Omit<UpdateFailure, 'attempts'>): UpdateRecord {
  const before = record.failures.find(({ sha256 }) => sha256 === failure.sha256);
  const others = record.failures.filter(({ sha256 }) => sha256 !== failure.sha256);
  const counted = {
    ...failure,
    final: failure.final || (before?.final ?? false),
    attempts: (before?.attempts ?? 0) + 1,
  };
  return { ...record, handover: null, failures: [...others, counted].slice(-keptFailures) };
}

export function withSuccess(
  record: UpdateRecord,
  last: { from: string; to: string; atMs: number },
): UpdateRecord {
  const failures = record.failures.filter(({ version }) => version !== last.to);
  return { ...record, handover: null, failures, last };
}

/** Why nobody should try this file without being asked to; null: it may be tried. */
export function heldBack({ failures }: UpdateRecord, sha256: string): UpdateFailure | null {
  const found = failures.find((failure) => failure.sha256 === sha256);
  return found !== undefined && (found.final || found.attempts >= mostAttempts) ? found : null;
}
