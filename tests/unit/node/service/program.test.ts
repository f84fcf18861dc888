import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  requireSharedProgram,
  serviceProgram,
} from '../../../../electron/node/operations/service/program.ts';
import { temporaryFolder } from '../../../fixtures/storage/sandbox.ts';

describe('the program that a service starts', () => {
  const from = (script: string) =>
    serviceProgram({ execPath: '/usr/bin/node', nodeFlags: ['--no-warnings'], script, homeDir: '/home/ann' });

  it.each([
    ['/usr/lib/parallelix-operator/lib/cli.mjs', ['/usr/bin/parallelix-operator']],
    [
      '/home/ann/.local/share/parallelix-operator/versions/1.2.3/lib/cli.mjs',
      ['/home/ann/.local/share/parallelix-operator/current/bin/parallelix-operator'],
    ],
    ['/src/dist/cli.mjs', ['/usr/bin/node', '--no-warnings', '/src/dist/cli.mjs']],
    [
      '/home/bob/.local/share/parallelix-operator/versions/1.2.3/lib/cli.mjs',
      [
        '/usr/bin/node',
        '--no-warnings',
        '/home/bob/.local/share/parallelix-operator/versions/1.2.3/lib/cli.mjs',
      ],
    ],
  ])('from %s is a path that an upgrade leaves alone', (script, program) => {
    expect(from(script)).toEqual(program);
  });

  it.skipIf(process.geteuid?.() !== 0)('of the whole computer can be changed by root alone', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'lib'), { mode: 0o755 });
    const file = join(folder, 'lib', 'program');
    await writeFile(file, '', { mode: 0o755 });
    await chmod(folder, 0o755);
    expect(() => requireSharedProgram([file])).not.toThrow();
    await chmod(join(folder, 'lib'), 0o777);
    expect(() => requireSharedProgram([file])).toThrow(/program-not-shared/);
  });
});
