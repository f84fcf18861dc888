import type { OllamaStatus } from './ollama/watch.ts';
import type { StatePaths } from './storage/paths.ts';
import type { Settings } from './storage/settings.ts';

/** What a daemon is started with. */
export interface DaemonOptions {
  paths: StatePaths;
  env: NodeJS.ProcessEnv;
  version: string;
  settings: Settings;
  mode: 'gpu' | 'cpu';
  /** `fixed`: the operator named it; otherwise a registration found later may replace one that is refused. */
  node: { id: string | null; fixed: boolean; owner: string | null };
  keyStore: string;
  /** `seen`: what a look at it just before has shown. */
  ollama: { url: string; remote: boolean; seen: OllamaStatus | null };
}
