import { chown, mkdir, rmdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ServiceAction } from '../../../../shared/errors.ts';
import { NodeError } from '../../../../shared/errors.ts';
import { errorCode, fileError } from '../../../daemon/storage/atomic-file.ts';
import { productUnit } from '../../../daemon/system/service-manager/definition.ts';
import { systemStateRoot } from '../../../daemon/system/service-manager/systemd-unit.ts';
import { faultOf } from '../../../daemon/system/service-manager/tool-fault.ts';
import type { NodeContext } from '../../context.ts';
import type { Steps } from './steps.ts';

/** The user of a service of the whole computer, and the group whose members may talk to its node. */
export const systemAccount = productUnit;

export interface Account {
  uid: number;
  gid: number;
}

const toolMs = 20_000;

/** @returns null while there is no such user */
export async function findAccount({ runTool }: Pick<NodeContext, 'runTool'>): Promise<Account | null> {
  const asked = await runTool('getent', ['passwd', systemAccount], { timeoutMs: toolMs });
  const [, , uid, gid] = (asked.kind === 'ran' ? asked.stdout.trim() : '').split(':');
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : null;
}

/** Which of the groups that own GPU device files exist here. */
export async function gpuGroups({ runTool }: Pick<NodeContext, 'runTool'>): Promise<string[]> {
  const asked = await runTool('getent', ['group', 'video', 'render'], { timeoutMs: toolMs });
  const printed = asked.kind === 'ran' ? asked.stdout : asked.kind === 'failed' ? asked.printed : '';
  return ['video', 'render'].filter((name) => new RegExp(`^${name}:`, 'm').test(printed));
}

/**
 * Makes the user, where there is none.
 *
 * @throws NodeError `service-failed`
 */
export async function makeAccount(context: Pick<NodeContext, 'runTool'>, steps: Steps): Promise<Account> {
  const present = await findAccount(context);
  if (present !== null) return present;
  const run = async (action: ServiceAction, tool: string, args: readonly string[]) => {
    const reason = faultOf(await context.runTool(tool, args, { timeoutMs: toolMs }));
    if (reason !== null) throw new NodeError('service-failed', { action, name: systemAccount, reason });
  };
  const about = ['--comment', 'ParalleliX Operator node', '--home-dir', systemStateRoot, '--no-create-home'];
  const args = ['--system', '--user-group', '--shell', '/usr/sbin/nologin', ...about, systemAccount];
  await steps.do(
    () => run('make-user', 'useradd', args),
    () => run('remove-user', 'userdel', [systemAccount]),
  );
  const made = await findAccount(context);
  if (made !== null) return made;
  throw new NodeError('service-failed', {
    action: 'make-user',
    name: systemAccount,
    reason: 'not-there',
  });
}

/**
 * Makes the state directory of a service, for its user alone.
 *
 * @throws NodeError `state-dir-unusable`, `disk-full`, and `service-refused` where it is another user's
 */
export async function makeStateFolder(path: string, { uid, gid }: Account, steps: Steps): Promise<void> {
  const make = async (folder: string, mode: number): Promise<boolean> => {
    try {
      await mkdir(folder, { mode });
      return true;
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return false;
      throw fileError(error, folder, 'service');
    }
  };
  const removeAgain = (folder: string) => async (made: boolean) => {
    // Never with anything in it.
    if (made) await rmdir(folder).catch(() => undefined);
  };
  await steps.do(() => make(dirname(path), 0o755), removeAgain(dirname(path)));
  const made = await steps.do(() => make(path, 0o700), removeAgain(path));
  if (made) await chown(path, uid, gid);
  else if ((await stat(path)).uid !== uid)
    throw new NodeError('service-refused', { reason: 'key-of-another-user', detail: path });
}
