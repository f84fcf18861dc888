import { shell } from 'electron';
import { NodeError } from '../../../shared/errors.ts';
import { said } from '../../../shared/reasons/reason-text.ts';
import { allowedLink } from './allowed-links.ts';

/**
 * Opens a page in the person's browser.
 *
 * @returns false when the link is not one of ours; then nothing is opened
 */
export async function openLink(text: string): Promise<boolean> {
  const link = allowedLink(text);
  if (link === null) return false;
  await shell.openExternal(link);
  return true;
}

/**
 * Shows a folder of this program in the file manager. Its path is never one that a page gave.
 *
 * @throws NodeError `folder-not-opened`
 */
export async function openFolder(path: string): Promise<void> {
  const fault = await shell.openPath(path);
  if (fault !== '') throw new NodeError('folder-not-opened', { path, reason: said(fault) });
}
