import { join } from 'node:path';
import { app, dialog } from 'electron';

/** Asks the person where a backup is to lie; null when it was called off. */
export async function askBackupPlace(proposedName: string): Promise<string | null> {
  const { canceled, filePath } = await dialog.showSaveDialog({
    title: 'Save the backup of the node key',
    buttonLabel: 'Save backup',
    defaultPath: join(app.getPath('documents'), proposedName),
    // A backup never takes the place of a file; what the person chose is looked at once more before writing.
    properties: ['showOverwriteConfirmation', 'createDirectory'],
  });
  return canceled || filePath === '' ? null : filePath;
}
