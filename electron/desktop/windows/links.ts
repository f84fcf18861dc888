import { shell } from 'electron';
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
