import type { ServiceDefinition, ServiceFile, ServiceScope } from './definition.ts';

/** Why no service can be installed. `wsl`: systemd can be switched on there; `no-user-manager`: no login of this user made one. */
export type ServiceUnavailable = 'platform' | 'no-systemd' | 'wsl' | 'no-user-manager' | 'needs-root';

/** How a service stands, as its service manager reports. */
export interface ServiceState {
  activity: 'running' | 'starting' | 'stopping' | 'restarting' | 'stopped' | 'failed' | 'unknown';
  /** Starts by itself with the computer (or, for a user's service, with the first login or lingering). */
  enabled: boolean;
  pid: number | null;
  /** How often it was started again by itself since it was started by somebody; null where nobody counts. */
  restarts: number | null;
  /** Of the last run that ended; null while there is none, or when it is not known. */
  exitCode: number | null;
  /** The signal that ended the last run, or null. */
  signal: string | null;
  /** It was ended because it hung. */
  hung: boolean;
}

/** One service manager, as far as this product needs it. Methods reject with `service-failed` and what the tool said. */
export interface ServiceManager {
  readonly kind: 'systemd' | 'launchd';
  readonly scope: ServiceScope;
  /** How people call the service of a node. */
  label(name: string): string;
  /** Where its file lies. */
  path(name: string): string;
  text(definition: ServiceDefinition): string;
  /** The files of this product's services, whether or not the service manager has seen them. */
  files(): Promise<ServiceFile[]>;
  /** Null when it can be used. */
  unavailable(): Promise<ServiceUnavailable | null>;
  /** It is known when the node is ready and that it lives. */
  notify(): Promise<boolean>;
  state(name: string): Promise<ServiceState>;
  /** Takes notice of files that were written, changed or removed. */
  reload(): Promise<void>;
  enable(name: string): Promise<void>;
  disable(name: string): Promise<void>;
  /** Returns once it runs; for one that reports readiness, once it is ready. */
  start(name: string): Promise<void>;
  /** Returns once it has finished its requests and ended. */
  stop(name: string): Promise<void>;
  restart(name: string): Promise<void>;
}
