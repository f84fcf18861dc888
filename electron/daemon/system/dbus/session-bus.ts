import { lstat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';

/**
 * Where the session bus listens, in the order to try: `DBUS_SESSION_BUS_ADDRESS`, else `bus` in
 * `XDG_RUNTIME_DIR`, as libdbus looks for it. Only unix sockets are spoken to; a name that begins
 * with NUL is one without a file (Linux).
 */
export async function sessionBusSockets(env: NodeJS.ProcessEnv): Promise<string[]> {
  const addresses = env.DBUS_SESSION_BUS_ADDRESS;
  if (addresses) return addresses.split(';').flatMap(socketOf);
  const runtimeDir = env.XDG_RUNTIME_DIR;
  if (!runtimeDir || !isAbsolute(runtimeDir)) return [];
  const path = join(runtimeDir, 'bus');
  const facts = await lstat(path).catch(() => null);
  // Another user's bus would be handed our requests, and would not answer them anyway.
  return facts?.isSocket() && facts.uid === process.geteuid?.() ? [path] : [];
}

function socketOf(address: string): string[] {
  if (!address.startsWith('unix:')) return [];
  const pairs = address.slice('unix:'.length).split(',');
  const value = (key: string) => {
    const pair = pairs.find((candidate) => candidate.startsWith(`${key}=`));
    return pair === undefined ? null : unescaped(pair.slice(key.length + 1));
  };
  const path = value('path');
  if (path) return [path];
  const abstract = value('abstract');
  return abstract ? [`\0${abstract}`] : [];
}

function unescaped(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
