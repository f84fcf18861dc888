import { existsSync } from 'node:fs';
import type { AppState } from '../../shared/contract/app.ts';
import { officialDirectory, officialKeyHash } from '../daemon/incumbent/files.ts';

/** The node of the official client on this computer, so that changing over can be offered; null where there is none. */
export async function findOfficial({ homeDir }: { homeDir: string }): Promise<AppState['official']> {
  const path = officialDirectory(homeDir);
  return existsSync(path) ? { path, nodeKeyHash: await officialKeyHash(path) } : null;
}
