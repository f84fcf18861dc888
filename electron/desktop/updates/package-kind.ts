import { readSmallFile } from '../../daemon/storage/atomic-file.ts';

/** How this app was installed, and with that who updates it. `none`: a checkout, or a copy that nobody knows. */
export type PackageKind = 'AppImage' | 'mac' | 'deb' | 'rpm' | 'none';

/**
 * @param options.resourcesPath where the packager of deb and rpm leaves `package-type`
 */
export async function packageKindOf(options: {
  platform: NodeJS.Platform;
  env: NodeJS.ProcessEnv;
  isPackaged: boolean;
  resourcesPath: string | undefined;
}): Promise<PackageKind> {
  const { platform, env, isPackaged, resourcesPath } = options;
  if (!isPackaged) return 'none';
  if (platform === 'darwin') return 'mac';
  if (platform !== 'linux') return 'none';
  // The runtime of an AppImage sets it; whoever sets it to anything else means no file of ours.
  if (env.APPIMAGE?.startsWith('/')) return 'AppImage';
  const mark = await readSmallFile(`${resourcesPath}/package-type`, 64).catch(() => null);
  const kind = mark?.trim();
  return kind === 'deb' || kind === 'rpm' ? kind : 'none';
}

/** As the manifest of a release calls the file. */
export function formatOf(kind: Exclude<PackageKind, 'none'>): string {
  return kind === 'mac' ? 'zip' : kind;
}
