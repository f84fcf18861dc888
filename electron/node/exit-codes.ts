/** What the program ends with, whichever host it is. Stable: scripts and service managers decide by them. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  noDaemon: 3,
  otherDaemon: 4,
  notReady: 5,
  key: 6,
  unusable: 7,
  internal: 70,
  hangUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
