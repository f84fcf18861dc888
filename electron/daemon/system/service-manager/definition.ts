/** Whose service manager runs it: that of one user, or that of the whole computer. */
export type ServiceScope = 'user' | 'system';

/** A service of this product, before it is written down for one service manager. */
export interface ServiceDefinition {
  scope: ServiceScope;
  /** Which node of this computer: `default`, or the name of another state directory. */
  name: string;
  /** An absolute path and what belongs to it; the command's own arguments come after. */
  program: readonly string[];
  args: readonly string[];
  stateDir: string;
  environment: Readonly<Record<string, string>>;
  /** Who it runs as, for one of the whole computer; a user's service runs as that user. */
  account: { user: string; group: string; supplementaryGroups: readonly string[] } | null;
  /** Where the passphrase of the key lies, for the service manager to hand over. */
  passphrase: { path: string; encrypted: boolean } | null;
  /** The service manager is known when it is ready and that it lives. */
  notify: boolean;
  /** What wrote it. */
  version: string;
}

/** What a service file says of itself, enough to find it again. */
export interface ServiceFile {
  name: string;
  path: string;
  stateDir: string;
  version: string;
  /** Who it runs as; null for the user whose service manager it is. */
  user: string | null;
  text: string;
}

export const productUnit = 'parallelix-operator';

/** Names that can stand in a unit, a label and a path alike. */
export const serviceNamePattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/;

/** The name as service manager and people use it. */
export const unitName = (name: string): string => `${productUnit}@${name}.service`;
