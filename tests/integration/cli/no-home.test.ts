import { spawnSync } from 'node:child_process';
import { accessSync, chmodSync, constants, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../fixtures/storage/sandbox.ts';

const cli = join(import.meta.dirname, '..', '..', '..', 'dist', 'cli.mjs');
/** An account that no user database knows. */
const nobody = { uid: 54_321, gid: 54_321 };

/** Whether the account may read the program at all. */
function isOpen(path: string): boolean {
  accessSync(path, constants.R_OK);
  for (let at = path; ; at = dirname(at)) {
    if ((statSync(at).mode & 0o005) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    ...nobody,
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin' },
  });
  return { status, stdout, stderr };
}

describe('an account without a home directory', () => {
  it('gets a version, and the cause where a home is needed', async (context) => {
    if (process.geteuid?.() !== 0) return context.skip('needs root, to become an account that is none');
    if (!isOpen(cli) || !isOpen(process.execPath))
      return context.skip('this checkout is closed to other accounts');
    expect(run('version')).toMatchObject({ status: 0, stderr: '' });
    const status = run('status');
    expect(status).toMatchObject({ status: 7, stdout: '' });
    expect(status.stderr).toMatch(/home directory.*set HOME.*--state-dir/);
    const stateDir = await temporaryFolder();
    chmodSync(stateDir, 0o755);
    expect(run('status', '--state-dir', join(stateDir, 'none'))).toMatchObject({ stderr: '' });
    expect(run('probe').stderr).not.toMatch(/internal|at .*:\d+/);
  });
});
