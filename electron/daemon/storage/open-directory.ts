import { lstat, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { NodeError } from '../../../shared/errors.ts';
import { errorCode } from './system-fault.ts';

const folders: ReadonlySet<string> = new Set(['logs', 'backups']);
/** More than that would only hide the way out. */
const mostNames = 5;

/**
 * Refuses a directory that others could write to where not all in it can be told to be ours: a file of somebody else's,
 * a link, which leads to whatever its maker wanted, or a second name of a file elsewhere. Nothing of it is read before.
 *
 * @throws NodeError `state-dir-open`
 */
export async function refuseStrangers(path: string): Promise<void> {
  const { mode, uid } = await stat(path);
  const ourselves = process.geteuid?.();
  if (ourselves === undefined || (mode & 0o022) === 0) return;
  const trusted: ReadonlySet<number> = new Set([ourselves, 0, uid]);
  const strange = await strangersIn(path, trusted);
  if (strange.length === 0) return;
  const more = strange.length > mostNames ? ` and ${strange.length - mostNames} more` : '';
  throw new NodeError('state-dir-open', {
    path,
    mode: (mode & 0o7777).toString(8).padStart(4, '0'),
    names: `${strange.slice(0, mostNames).join(', ')}${more}`,
  });
}

async function strangersIn(path: string, trusted: ReadonlySet<number>, within = ''): Promise<string[]> {
  const strange: string[] = [];
  for (const name of (await readdir(path)).toSorted()) {
    const facts = await lstat(join(path, name)).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return null;
      throw error;
    });
    if (facts === null) continue;
    const shown = join(within, name);
    if (facts.isSymbolicLink() || !trusted.has(facts.uid) || (facts.isFile() && facts.nlink > 1))
      strange.push(shown);
    else if (within === '' && facts.isDirectory() && folders.has(name))
      strange.push(...(await strangersIn(join(path, name), trusted, name)));
  }
  return strange;
}
