/** The errors of the operating system that are told apart; each has its own remedy. */
export const systemErrnos = [
  'ENOSPC',
  'EDQUOT',
  'EROFS',
  'EIO',
  'EACCES',
  'EMFILE',
  'ENFILE',
  'ENOENT',
] as const;
export type SystemErrno = (typeof systemErrnos)[number];

/** What of the node, or of this computer, could not be read or written. */
export const systemPlaces = [
  'state-dir',
  'key',
  'record',
  'journal',
  'lock',
  'settings',
  'note',
  'log',
  'control-socket',
  'backup',
  'ollama',
  'service',
  'update',
  'temporary',
  'other',
] as const;
export type SystemPlace = (typeof systemPlaces)[number];

/** One of the errors that are told apart, of a name as Node gives it; null for any other. */
export function systemErrno(code: unknown): SystemErrno | null {
  if (code === 'EPERM') return 'EACCES';
  return systemErrnos.find((known) => known === code) ?? null;
}
