/**
 * Every directive that a unit of ours may hold, by kind of unit. Static, because trying does not show it: a user's unit
 * with a mount namespace, a capability or a system call filter works when root's service manager runs it, and fails
 * (or takes away what finds the GPU) for everybody else [packaging.md, "A real systemd, here"].
 */
const unit = ['Description', 'Documentation', 'After', 'Wants', 'StartLimitIntervalSec'] as const;

const service = [
  'Type',
  'NotifyAccess',
  'WatchdogSec',
  'WatchdogSignal',
  'ExecStart',
  'Environment',
  'LoadCredential',
  'Restart',
  'RestartSec',
  'RestartPreventExitStatus',
  'TimeoutStartSec',
  'TimeoutStopSec',
  'KillMode',
  'OOMPolicy',
  'UMask',
  'LimitCORE',
] as const;

/** Only the service manager of the computer can do these. */
const systemService = [
  'ExecStartPre',
  'LoadCredentialEncrypted',
  'User',
  'Group',
  'SupplementaryGroups',
  'StateDirectory',
  'StateDirectoryMode',
  'RuntimeDirectory',
  'RuntimeDirectoryMode',
  'RuntimeDirectoryPreserve',
  'NoNewPrivileges',
  'CapabilityBoundingSet',
  'AmbientCapabilities',
  'ProtectSystem',
  'ProtectHome',
  'PrivateTmp',
  'ProtectKernelTunables',
  'ProtectKernelModules',
  'ProtectKernelLogs',
  'ProtectControlGroups',
  'ProtectClock',
  'ProtectHostname',
  'RestrictAddressFamilies',
  'RestrictNamespaces',
  'RestrictRealtime',
  'RestrictSUIDSGID',
  'LockPersonality',
  'SystemCallArchitectures',
  'SystemCallFilter',
  'RemoveIPC',
] as const;

const install = ['WantedBy'] as const;

export const allowedDirectives = {
  user: { Unit: unit, Service: service, Install: install },
  system: { Unit: unit, Service: [...service, ...systemService], Install: install },
} as const;

type Lines<Name extends string> = readonly (readonly [name: Name, value: string])[];

/** The lines of a unit, section by section; a directive that its kind may not have does not compile. */
export type UserUnit = {
  readonly [S in keyof (typeof allowedDirectives)['user']]: Lines<
    (typeof allowedDirectives)['user'][S][number]
  >;
};
export type SystemUnit = {
  readonly [S in keyof (typeof allowedDirectives)['system']]: Lines<
    (typeof allowedDirectives)['system'][S][number]
  >;
};
