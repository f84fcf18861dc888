import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import type { Invocation } from '../../args/invocation.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { meantService, serviceContext } from './service.ts';

/** The node's own log where this user may read it, else what the service manager has of it. */
export async function runServiceLogs(invocation: Invocation): Promise<ExitCode> {
  const { flags } = invocation;
  const { manager, file } = await meantService(invocation, await serviceContext(invocation));
  const readable = await access(join(file.stateDir, 'logs', 'node.log'), constants.R_OK).then(
    () => true,
    () => false,
  );
  if (readable || manager.kind === 'launchd') {
    const { runLogs } = await import('../logs.ts');
    return runLogs({ ...invocation, operands: [], flags: { ...flags, 'state-dir': file.stateDir } });
  }
  const scope = manager.scope === 'user' ? ['--user'] : [];
  const args = [...scope, '--unit', manager.label(file.name), '--lines', flags.lines ?? '50', '--no-pager'];
  const more = [
    ...(flags.follow ? ['--follow'] : []),
    ...(flags.json ? ['--output=json'] : ['--output=short']),
  ];
  return new Promise((resolve) => {
    const journal = spawn('journalctl', [...args, ...more], { stdio: ['ignore', 'inherit', 'inherit'] });
    journal.on('error', () => resolve(exitCodes.failed));
    journal.on('close', (code) => resolve(code === 0 ? exitCodes.done : exitCodes.failed));
  });
}
