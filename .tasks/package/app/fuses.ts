import { FuseState, FuseV1Options, FuseVersion, getCurrentFuseWire } from '@electron/fuses';

/** `as-is`: what Electron itself chose stays. */
export type FuseDecision = 'on' | 'off' | 'as-is';
/** Every fuse that the library knows: a new one does not compile until it is decided here. */
export type FuseTable = Record<keyof typeof FuseV1Options, FuseDecision>;

export const fuses: FuseTable = {
  // The program would be a Node for whoever starts it, with the app's identity and its access to the keychain.
  RunAsNode: 'off',
  // No cookies are kept; on, it would ask for the keychain.
  EnableCookieEncryption: 'off',
  EnableNodeOptionsEnvironmentVariable: 'off',
  EnableNodeCliInspectArguments: 'off',
  EnableEmbeddedAsarIntegrityValidation: 'on',
  OnlyLoadAppFromAsar: 'on',
  LoadBrowserProcessSpecificV8Snapshot: 'off',
  // The interface has a scheme of its own.
  GrantFileProtocolExtraPrivileges: 'off',
  WasmTrapHandlers: 'as-is',
};

const names = Object.keys(fuses) as (keyof FuseTable)[];

/** What electron-builder is told to flip: what stays as it is, is left out. */
export function fusesToFlip(): { version: FuseVersion.V1 } & Partial<Record<FuseV1Options, boolean>> {
  const decided = names.filter((name) => fuses[name] !== 'as-is');
  return {
    version: FuseVersion.V1,
    ...Object.fromEntries(decided.map((name) => [FuseV1Options[name], fuses[name] === 'on'])),
  };
}

/** The fuses of a program, by name, as they stand in its file. */
export async function readFuses(program: string): Promise<Record<string, string>> {
  const { version: _, ...wire } = (await getCurrentFuseWire(program)) as unknown as Record<string, FuseState>;
  const stateOf = { [FuseState.ENABLE]: 'on', [FuseState.DISABLE]: 'off' } as Record<number, string>;
  return Object.fromEntries(
    Object.entries(wire).map(([place, state]) => [
      FuseV1Options[Number(place)] ?? `fuse ${place}`,
      stateOf[state] ?? 'removed',
    ]),
  );
}

/** @throws Error that names every fuse of the program that is not as decided, missing, or unknown to the table */
export async function checkFuses(program: string): Promise<void> {
  const found = await readFuses(program);
  const wrong = names
    .filter((name) => (fuses[name] === 'as-is' ? found[name] === undefined : found[name] !== fuses[name]))
    .map((name) => `${name} is ${found[name] ?? 'missing'} instead of ${fuses[name]}`);
  const unknown = Object.keys(found).filter((name) => !(names as string[]).includes(name));
  const faults = [...wrong, ...unknown.map((name) => `${name} is in no table`)];
  if (faults.length > 0) throw new Error(`the fuses of ${program} are not as decided: ${faults.join(', ')}`);
}
