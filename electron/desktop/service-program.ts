import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sharedFolder } from '../node/operations/service/program.ts';

/** The command line that a packaged app brings, as a folder with `bin` and `lib`; null where there is none. */
export function cliFolderOf(resourcesPath: string | undefined): string | null {
  const folder = resourcesPath === undefined ? null : join(resourcesPath, 'cli');
  return folder !== null && existsSync(join(folder, 'bin', 'parallelix-operator')) ? folder : null;
}

/**
 * What a service of the app's node runs: never Electron, but Node with the command line beside it [design.md 7]. An
 * AppImage lies somewhere else at every start, so from there only what is installed beside it will do.
 *
 * @param options `resourcesPath` of a packaged app; `appDir` where the app's own script lies
 */
export function serviceProgramOfApp(options: {
  resourcesPath: string | undefined;
  appDir: string;
  execPath: string;
  isElectron: boolean;
  env: NodeJS.ProcessEnv;
  homeDir: string;
}): readonly string[] | null {
  const { resourcesPath, appDir, execPath, isElectron, env, homeDir } = options;
  const launchers = [
    ...(resourcesPath !== undefined && !env.APPIMAGE
      ? [join(resourcesPath, 'cli', 'bin', 'parallelix-operator')]
      : []),
    '/usr/bin/parallelix-operator',
    join(sharedFolder, 'current', 'bin', 'parallelix-operator'),
    join(homeDir, '.local', 'share', 'parallelix-operator', 'current', 'bin', 'parallelix-operator'),
  ];
  const launcher = launchers.find((path) => existsSync(path));
  if (launcher !== undefined) return [launcher];
  // A checkout: the command line is built beside the app.
  const script = join(appDir, '..', 'cli.mjs');
  return !isElectron && existsSync(script) ? [execPath, script] : null;
}
