import { sharedFolder } from '../../node/operations/service/program.ts';
import { type Found, findInstallation } from '../../node/operations/update/installation.ts';
import { releaseKey } from '../../node/operations/update/release-key.ts';

export function programFile(): string {
  return process.argv[1] ?? process.execPath;
}

/** How the program itself goes: the way it came. */
export async function howProgramGoes(file = programFile()): Promise<string> {
  const way = wayOf(await findInstallation(file));
  return `${way} Remove a service first, with: parallelix-operator service uninstall`;
}

function wayOf({ installedBy, installation, inApp = false }: Found): string {
  const name = `parallelix-operator${inApp ? '' : '-cli'}`;
  switch (installedBy) {
    case 'deb':
      return `The program is a package. Remove it with: sudo apt remove ${name}.`;
    case 'rpm':
      return `The program is a package. Remove it with: sudo dnf remove ${name}.`;
    case 'install.sh':
      return `The program is in ${installation?.root}. Remove it with: ${installScript()}${installation?.root === sharedFolder ? ' --system' : ''} --uninstall.`;
    case 'app':
      return 'The program is part of the app. Settings, Uninstall says how to remove it.';
    case 'checkout':
    case 'unknown':
      return 'No package installed this program. To remove it too, delete its folder when no node runs from it.';
  }
}

/** Most people never had it as a file. */
function installScript(): string {
  const { releaseUrl } = releaseKey;
  return releaseUrl === null ? 'sh install.sh' : `curl -fsSL ${new URL('install.sh', releaseUrl)} | sh -s --`;
}
