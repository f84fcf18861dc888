/** The bundled text of `computer-worker.ts`, put here by the build; null where the sources run as they are. */
export const computerWorkerText: (() => string) | null = null;
