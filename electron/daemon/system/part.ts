import type { CommandHandlers } from '../../../shared/contract/commands.ts';
import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import type { TimeEvent } from './time-watch.ts';

/** One part of the running node. What it leaves out it has no share in. */
export interface Part {
  readonly name: string;
  start?(): void;
  stop?(): Promise<void> | void;
  /** Calls back when something has changed that other parts decide by. */
  onFacts?(listener: () => void): unknown;
  /** Calls back when only figures have changed: they are reported, and nobody decides anything by them. */
  onProgress?(listener: () => void): unknown;
  /** The facts of another part have changed. */
  reconsider?(): void;
  /** The computer slept, or its clock was set. */
  onTime?(event: TimeEvent): void;
  /** Its sections of the snapshot: from memory, at once, and without changing anything. */
  report?(): Partial<Snapshot>;
  readonly handlers?: Partial<CommandHandlers>;
}

type Intersection<Union> = (Union extends unknown ? (one: Union) => void : never) extends (
  all: infer All,
) => void
  ? All
  : never;
type ReportOf<Some> = Some extends { report(): infer Report } ? Report : never;
type HandlersOf<Some> = Some extends { handlers: infer Handlers } ? Handlers : never;

/** All sections that the parts report; the compiler sees which are missing. */
export function reportOf<const Parts extends readonly Part[]>(
  parts: Parts,
): Intersection<ReportOf<Parts[number]>> {
  return Object.assign({}, ...parts.map((part) => part.report?.()));
}

/** All commands that the parts answer; the compiler sees which are missing. */
export function handlersOf<const Parts extends readonly Part[]>(
  parts: Parts,
): Intersection<HandlersOf<Parts[number]>> {
  return Object.assign({}, ...parts.map(({ handlers }) => handlers));
}

/** Notifies every part of facts that changed in another one, and `onChange` of everything that is to be reported. */
export function connectParts(parts: readonly Part[], onChange: () => void): void {
  for (const part of parts) {
    part.onFacts?.(() => {
      for (const other of parts) if (other !== part) other.reconsider?.();
      onChange();
    });
    part.onProgress?.(onChange);
  }
}

export function startParts(parts: readonly Part[]): void {
  for (const part of parts) part.start?.();
}

/** Stops them in reverse order; one that fails keeps no other from stopping. */
export async function stopParts(
  parts: readonly Part[],
  { log }: { log: { error(event: string, facts: { part: string; error: string }): void } },
): Promise<void> {
  for (const part of parts.toReversed()) {
    try {
      await part.stop?.();
    } catch (error) {
      log.error('part-not-stopped', { part: part.name, error: String(error) });
    }
  }
}
