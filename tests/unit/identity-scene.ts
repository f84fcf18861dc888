import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { systemClock } from '../../electron/daemon/clock.ts';
import { createFileKeyStore } from '../../electron/daemon/identity/file-store.ts';
import { createIdentity, type IdentityModules } from '../../electron/daemon/identity/identity.ts';
import { ensureStateDir, type StatePaths } from '../../electron/daemon/storage/paths.ts';
import { filesUnder, temporaryState } from './storage-sandbox.ts';

const atMs = Date.UTC(2026, 0, 2, 3, 4, 5);
export const clock = { ...systemClock, now: () => atMs };
export const owner = `0x${'Ab'.repeat(20)}`;

export function modulesFor(paths: StatePaths, journalNamesKey: string | null = null): IdentityModules {
  const fileStore = createFileKeyStore({ keyFile: paths.keyFile });
  return { clock, fileStore, journalNamesKey: () => journalNamesKey };
}

export async function identityState() {
  const paths = await temporaryState();
  await ensureStateDir(paths, { clock });
  return { paths, modules: modulesFor(paths) };
}

export async function existing() {
  const { paths, modules } = await identityState();
  const registration = { nodeId: '4217', owner };
  const made = await createIdentity({ paths, registration }, modules);
  return { paths, modules, ...made, privateKey: readFileSync(paths.keyFile, 'utf8') };
}

/** Every private key that lies anywhere under a state directory. */
export function keysUnder(folder: string): Set<string> {
  const files = [...filesUnder(folder)].filter(([path]) => basename(path).endsWith('.key'));
  return new Set(files.map(([, text]) => text.trim()).filter((text) => /^[0-9a-f]{64}$/.test(text)));
}

export function removeFile(path: string): Promise<void> {
  return rm(path, { recursive: true });
}
