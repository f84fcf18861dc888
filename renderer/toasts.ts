import { useSyncExternalStore } from 'react';

/** A short message about what was just done, which goes away by itself. */
export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'done' | 'failed';
  /** Takes back what was done; null where that is not possible. */
  readonly undo: (() => unknown) | null;
}

/** More at once are not read; the oldest leaves. */
const most = 3;

let toasts: readonly Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

/** Says `text` at the window's edge; with `undo` there is a button that takes it back. */
export function showToast(
  text: string,
  { undo = null, tone = 'done' }: { undo?: Toast['undo']; tone?: Toast['tone'] } = {},
): void {
  lastId += 1;
  set([...toasts, { id: lastId, text, tone, undo }].slice(-most));
}

export function dismissToast(id: number): void {
  set(toasts.filter((toast) => toast.id !== id));
}

/** Undoes the newest thing that can be undone; false when there is none. */
export function undoToast(id?: number): boolean {
  const toast = toasts.findLast((one) => one.undo !== null && (id === undefined || one.id === id));
  if (!toast) return false;
  dismissToast(toast.id);
  toast.undo?.();
  return true;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(subscribe, () => toasts);
}
