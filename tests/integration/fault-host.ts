import { type Clock, systemClock } from '../../electron/daemon/clock.ts';
import { createLogger, type LogEntry, type LoggerOptions } from '../../electron/daemon/diagnostics/logger.ts';
import { createRedactor } from '../../electron/daemon/diagnostics/redaction.ts';
import { type HostedDaemon, hostDaemon } from '../../electron/daemon/host.ts';
import { parseOllamaAddress } from '../../electron/daemon/ollama/address.ts';
import { type StatePaths, statePaths } from '../../electron/daemon/storage/paths.ts';
import { openSettings, type Settings } from '../../electron/daemon/storage/settings.ts';

export interface FaultHostOptions {
  stateDir: string;
  ollamaUrl: string;
  /** In place of the saved one, as a flag would be. */
  coordinatorUrl?: string;
  log?: Omit<LoggerOptions, 'file'>;
}

export function pathsOf(stateDir: string): StatePaths {
  return statePaths({ stateDir, env: {}, platform: process.platform, homeDir: '/nonexistent' });
}

/** Starts the real daemon in this process on a state directory as it is, faults and all. */
export async function hostHere(
  options: FaultHostOptions,
  modules: { clock?: Clock; sink?: (entry: LogEntry) => void } = {},
): Promise<{ host: HostedDaemon; settings: Settings }> {
  const { clock = systemClock, sink } = modules;
  const paths = pathsOf(options.stateDir);
  const redactor = createRedactor({ homeDir: '/nonexistent', userName: '', hostName: '' });
  const log = createLogger(
    { level: 'debug', ...options.log, file: paths.logFile },
    { clock, redactor, ...(sink ? { sink } : {}) },
  );
  const settingsStore = await openSettings({ paths }, { clock });
  for (const { kind } of settingsStore.notices) log.warn('settings-notice', { kind });
  const { coordinatorUrl = settingsStore.current.coordinatorUrl } = options;
  const settings = { ...settingsStore.current, coordinatorUrl };
  const host = await hostDaemon(
    {
      paths,
      version: '0.0.0-test',
      settings,
      ollama: parseOllamaAddress(options.ollamaUrl),
      nodeId: null,
      owner: null,
      env: { PATH: '' },
    },
    { clock, log, settingsStore, random: Math.random },
  );
  log.info('hosted');
  return { host, settings };
}
