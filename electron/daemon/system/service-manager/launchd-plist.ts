import { build, type PlistValue, parse } from 'plist';
import type { ServiceDefinition, ServiceFile } from './definition.ts';

/** What launchd calls the service of a node; the official client's is `io.parallelix.node`. */
export const launchdLabel = (name: string): string => `io.parallelix.operator.${name}`;

/** launchd gives services a PATH without the places where Homebrew and Ollama put their programs. */
const searchPath = '/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin';

/**
 * The property list of a service: a LaunchAgent, or with an account a LaunchDaemon.
 *
 * @throws TypeError for characters that no XML can hold
 */
export function plistText({
  name,
  program,
  args,
  stateDir,
  environment,
  account,
  version,
}: ServiceDefinition): string {
  const log = `${stateDir}/logs/service.log`;
  const definition = {
    Label: launchdLabel(name),
    ProgramArguments: [...program, ...args],
    EnvironmentVariables: {
      PATH: searchPath,
      // Any exit code but 0 starts it again: with this it ends with 0 where a restart fixes nothing.
      PARALLELIX_SERVICE_MANAGER: 'launchd',
      ...environment,
    },
    RunAtLoad: true,
    KeepAlive: { SuccessfulExit: false },
    ThrottleInterval: 10,
    // Running requests are finished first; the usual 20 s are too few.
    ExitTimeOut: 90,
    // Others have their timers put off, and heartbeats are due to the second.
    ProcessType: 'Interactive',
    Umask: 0o077,
    HardResourceLimits: { Core: 0 },
    StandardOutPath: log,
    StandardErrorPath: log,
    ...(account === null ? {} : { UserName: account.user, GroupName: account.group }),
    ParallelixOperator: { StateDir: stateDir, Version: version },
  };
  for (const text of [
    ...definition.ProgramArguments,
    ...Object.values(definition.EnvironmentVariables),
    stateDir,
  ]) {
    if (/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u.test(text))
      throw new TypeError('a property list cannot hold a control character');
  }
  return build(definition);
}

/**
 * Reads back what `plistText` wrote.
 *
 * @returns null for one that is not of this product, or not a property list
 */
export function readPlist(path: string, text: string): ServiceFile | null {
  const name = /\/io\.parallelix\.operator\.([^/]+)\.plist$/.exec(path)?.[1];
  // The reader prints what it does not like.
  if (name === undefined || !/^\s*<\?xml[\s\S]*<plist/.test(text)) return null;
  try {
    const found = parse(text) as Record<string, PlistValue>;
    const own = found.ParallelixOperator as Record<string, PlistValue> | undefined;
    const { StateDir: stateDir, Version: version } = own ?? {};
    if (typeof stateDir !== 'string' || typeof version !== 'string') return null;
    const user = typeof found.UserName === 'string' ? found.UserName : null;
    return { name, path, stateDir, version, user, text };
  } catch {
    return null;
  }
}
