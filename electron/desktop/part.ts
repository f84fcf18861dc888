import type { DaemonEvent } from '../../shared/contract/messages.ts';

/** One part of the desktop app. What it leaves out it has no share in. */
export interface AppPart {
  readonly name: string;
  /** Comes up; the ones before it in the list are up by then. */
  start?(): Promise<void> | void;
  /** The app ends; `limitMs` is left for work that runs. */
  stop?(limitMs: number): Promise<void> | void;
  /** Something of the app's own state has changed. */
  changed?(): void;
  /** The node is in another phase. The app's state has changed then too, and `changed` follows. */
  onPhase?(): void;
  /** The node has reported something. */
  onEvent?(event: DaemonEvent): void;
}

export async function startAppParts(parts: readonly AppPart[]): Promise<void> {
  for (const part of parts) await part.start?.();
}

/** In reverse order: what the node still reports while it ends is shown. */
export async function stopAppParts(parts: readonly AppPart[], limitMs: number): Promise<void> {
  for (const part of parts.toReversed()) await part.stop?.(limitMs);
}
