import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { AfterExtractContext } from 'electron-builder';

/** Electron's own first page and the file with its version have no place in the app. */
export default function afterExtract({ appOutDir, electronPlatformName }: AfterExtractContext): void {
  const resources =
    electronPlatformName === 'darwin' ? join('Electron.app', 'Contents', 'Resources') : 'resources';
  for (const path of ['version', join(resources, 'default_app.asar')])
    rmSync(join(appOutDir, path), { force: true });
}
