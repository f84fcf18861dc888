import type { DatabaseSync } from 'node:sqlite';
import type { HttpClient } from './http/client.ts';
import type { BackupWatch } from './identity/backup-index.ts';
import type { NodeKey } from './identity/node-key.ts';
import type { Logger } from './logging/logger.ts';
import type { Machine } from './machine.ts';
import type { OllamaStatus } from './ollama/models/watch.ts';
import type { StatePaths } from './storage/paths.ts';
import type { Settings } from './storage/settings.ts';
import type { Clock } from './system/clock.ts';

/** What a daemon is started with. */
export interface DaemonOptions {
  paths: StatePaths;
  env: NodeJS.ProcessEnv;
  version: string;
  settings: Settings;
  /** `fixed`: the operator named it; otherwise a registration found later may replace one that is refused. */
  node: { id: string | null; fixed: boolean; owner: string | null };
  keyStore: string;
  /** `known`: its status, checked just before. */
  ollama: { url: string; remote: boolean; known: OllamaStatus | null };
}

/** What a daemon is made of. Whoever opened the database and the HTTP clients closes them, after it has ended. */
export interface DaemonModules {
  nodeKey: NodeKey;
  database: DatabaseSync;
  machine: Pick<Machine, 'probe' | 'ollamaHttp' | 'internetHttp' | 'chainHttp' | 'modelsVolume'>;
  /** Heartbeats have a client, and so connections, of their own. */
  heartbeatHttp: HttpClient;
  coordinatorHttp: HttpClient;
  /** Whether a backup of the key was ever made. */
  backups: BackupWatch;
  hasNetworkInterface: () => boolean;
  saveSetting: (name: string, value: unknown) => Promise<void>;
  saveRegistration: (found: { nodeId: string; owner: string }) => Promise<void>;
  clock: Clock;
  log: Logger;
  random: () => number;
}
