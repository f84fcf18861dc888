import { join } from 'node:path';
import { app, dialog } from 'electron';

/** Asks the person which file to restore the key from; null when it was cancelled. */
export async function askBackupFile(): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog({
    title: 'Choose your key backup',
    buttonLabel: 'Choose',
    defaultPath: app.getPath('documents'),
    // Copies of key files are in folders whose names begin with a dot.
    properties: ['openFile', 'showHiddenFiles'],
  });
  return canceled ? null : (filePaths[0] ?? null);
}

/** Asks the person for a folder; null when it was cancelled. */
export async function askFolder(title: string, startAt: string | null): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog({
    title,
    buttonLabel: 'Choose',
    ...(startAt === null ? {} : { defaultPath: startAt }),
    properties: ['openDirectory', 'createDirectory', 'showHiddenFiles'],
  });
  return canceled ? null : (filePaths[0] ?? null);
}

/** Asks the person for a file with certificates; null when it was cancelled. */
export async function askCertificates(): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog({
    title: 'Choose certificates',
    buttonLabel: 'Choose',
    filters: [
      { name: 'Certificates', extensions: ['pem', 'crt', 'cer'] },
      { name: 'All files', extensions: ['*'] },
    ],
    properties: ['openFile', 'showHiddenFiles'],
  });
  return canceled ? null : (filePaths[0] ?? null);
}

/** Asks the person for the path of the diagnostics; null when it was cancelled. */
export function askBundlePath(proposedName: string): Promise<string | null> {
  return askPath({ title: 'Save support report', buttonLabel: 'Save' }, proposedName);
}

/** Asks the person for the path of exported earnings; null when it was cancelled. */
export function askExportPath(proposedName: string): Promise<string | null> {
  return askPath({ title: 'Save earnings', buttonLabel: 'Save' }, proposedName);
}

/**
 * Asks the person for the path of a backup; null when it was cancelled. A backup never takes the place of a
 * file: what the person chose is checked once more before writing.
 */
export function askBackupPath(proposedName: string): Promise<string | null> {
  return askPath({ title: 'Save key backup', buttonLabel: 'Save backup' }, proposedName);
}

async function askPath(
  texts: { title: string; buttonLabel: string },
  proposedName: string,
): Promise<string | null> {
  const { canceled, filePath } = await dialog.showSaveDialog({
    ...texts,
    defaultPath: join(app.getPath('documents'), proposedName),
    properties: ['showOverwriteConfirmation', 'createDirectory'],
  });
  return canceled || filePath === '' ? null : filePath;
}
