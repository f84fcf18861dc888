import { homedir, userInfo } from 'node:os';

/** The home directory of this account; empty where neither HOME nor the user database names one. */
export function homeDirectory(): string {
  try {
    return homedir();
  } catch {
    return '';
  }
}

/** The name of this account; empty for a user without an entry in the user database. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}
