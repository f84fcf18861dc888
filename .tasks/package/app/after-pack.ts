import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { type AfterPackContext, Arch } from 'electron-builder';
import { contentsOf } from '../contents.ts';
import { machineOf } from '../machine-code.ts';
import { appContents, appFolderContents, checkAppContents, checkAppMachineCode } from './contents.ts';
import { checkFuses, fusesToFlip } from './fuses.ts';

/**
 * Before an app is signed and packed: its files are as listed and for its processor, and its fuses are flipped and
 * read back from the file. Whatever is not so ends the build.
 */
export default async function afterPack(context: AfterPackContext): Promise<void> {
  const { appOutDir, packager, electronPlatformName: platform } = context;
  const arch = Arch[context.arch];
  if ((platform !== 'linux' && platform !== 'darwin') || (arch !== 'x64' && arch !== 'arm64'))
    throw new Error(`no app is made for ${platform} ${arch}`);
  normaliseModes(appOutDir);
  checkAppContents(appFolderContents(appOutDir), appContents(platform, arch), appOutDir);
  checkAppMachineCode(appOutDir, `${platform}-${arch}`);
  await packager.addElectronFuses(context, fusesToFlip());
  const { executableName } = packager as unknown as { executableName: string };
  const program = platform === 'darwin' ? `${packager.appInfo.productFilename}.app` : executableName;
  await checkFuses(join(appOutDir, program));
}

/** A checkout or an archive may hold any: programs, libraries and scripts are 0755, all else is 0644. */
function normaliseModes(folder: string): void {
  for (const { path, mode } of contentsOf(folder)) {
    if (mode === 'link') continue;
    const file = join(folder, path);
    const starts = path.endsWith('AppRun') || /(^|\/)cli\/bin\/[^/]+$/.test(path);
    chmodSync(file, starts || (machineOf(file) !== null && !path.endsWith('.node')) ? 0o755 : 0o644);
  }
}
