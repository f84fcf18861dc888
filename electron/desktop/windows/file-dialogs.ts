import { join } from 'node:path';
import { app, dialog } from 'electron';
import type { DesktopLanguage } from '../language.ts';
import { type DesktopWords, desktopWords } from '../texts/english.ts';

type Words = DesktopWords['dialogs'];

/** The dialogs in which the system asks for files and folders; each answers null when it was cancelled. */
export type FileDialogs = ReturnType<typeof createFileDialogs>;

export function createFileDialogs(language: Pick<DesktopLanguage, 'say'>) {
  const words = () => language.say(() => desktopWords().dialogs);
  return {
    askBackupFile: () => askBackupFile(words()),
    askModelsFolder: (startAt: string | null) => askModelsFolder(words(), startAt),
    askCertificates: () => askCertificates(words()),
    askBundlePath: (name: string) => askBundlePath(words(), name),
    askExportPath: (name: string) => askExportPath(words(), name),
    askBackupPath: (name: string) => askBackupPath(words(), name),
  };
}

/** Asks the person which file to restore the key from; null when it was cancelled. */
async function askBackupFile(words: Words): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog({
    title: words.backupFile,
    buttonLabel: words.choose,
    defaultPath: app.getPath('documents'),
    // Copies of key files are in folders whose names begin with a dot.
    properties: ['openFile', 'showHiddenFiles'],
  });
  return canceled ? null : (filePaths[0] ?? null);
}

/** Asks the person for the folder of the models; null when it was cancelled. */
async function askModelsFolder(words: Words, startAt: string | null): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog({
    title: words.modelsFolder,
    buttonLabel: words.choose,
    ...(startAt === null ? {} : { defaultPath: startAt }),
    properties: ['openDirectory', 'createDirectory', 'showHiddenFiles'],
  });
  return canceled ? null : (filePaths[0] ?? null);
}

/** Asks the person for a file with certificates; null when it was cancelled. */
async function askCertificates(words: Words): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog({
    title: words.certificates,
    buttonLabel: words.choose,
    filters: [
      { name: words.certificateFiles, extensions: ['pem', 'crt', 'cer'] },
      { name: words.allFiles, extensions: ['*'] },
    ],
    properties: ['openFile', 'showHiddenFiles'],
  });
  return canceled ? null : (filePaths[0] ?? null);
}

/** Asks the person for the path of the diagnostics; null when it was cancelled. */
function askBundlePath(words: Words, proposedName: string): Promise<string | null> {
  return askPath({ title: words.report, buttonLabel: words.save }, proposedName);
}

/** Asks the person for the path of exported earnings; null when it was cancelled. */
function askExportPath(words: Words, proposedName: string): Promise<string | null> {
  return askPath({ title: words.earnings, buttonLabel: words.save }, proposedName);
}

/**
 * Asks the person for the path of a backup; null when it was cancelled. A backup never takes the place of a
 * file: what the person chose is checked once more before writing.
 */
function askBackupPath(words: Words, proposedName: string): Promise<string | null> {
  return askPath({ title: words.backup, buttonLabel: words.saveBackup }, proposedName);
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
