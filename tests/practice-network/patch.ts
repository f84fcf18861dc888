/** A partial change as zod infers it: a field may be absent or undefined, both mean "as it was". */
export type PatchOf<T> = { [K in keyof T]?: T[K] | undefined };

/** `current` with every field that `patch` names; the original stays untouched. */
export function withPatch<T extends object>(current: T, patch: PatchOf<T>): T {
  const named = Object.entries(patch).filter(([, value]) => value !== undefined);
  return { ...current, ...(Object.fromEntries(named) as Partial<T>) };
}
