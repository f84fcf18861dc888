import { chmod, lchown, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  requireSharedProgram,
  serviceProgram,
} from '../../../../electron/node/operations/service/program.ts';
import { temporaryFolder } from '../../../fixtures/storage/sandbox.ts';

describe('the program that a service starts', () => {
  const from = (script: string) =>
    serviceProgram({ execPath: '/usr/bin/node', nodeFlags: ['--no-warnings'], script });

  it.each([
    ['/usr/lib/parallelix-operator/lib/cli.mjs', ['/usr/bin/parallelix-operator']],
    [
      '/home/ann/.local/share/parallelix-operator/versions/1.2.3/lib/cli.mjs',
      ['/home/ann/.local/share/parallelix-operator/current/bin/parallelix-operator'],
    ],
    [
      '/opt/ParalleliX-Operator/resources/cli/lib/cli.mjs',
      ['/opt/ParalleliX-Operator/resources/cli/bin/parallelix-operator'],
    ],
    [
      '/Applications/ParalleliX-Operator.app/Contents/Resources/cli/lib/cli.mjs',
      ['/Applications/ParalleliX-Operator.app/Contents/Resources/cli/bin/parallelix-operator'],
    ],
    ['/src/dist/cli.mjs', ['/usr/bin/node', '--no-warnings', '/src/dist/cli.mjs']],
    [
      '/opt/parallelix-operator/versions/1.2.3/lib/cli.mjs',
      ['/opt/parallelix-operator/current/bin/parallelix-operator'],
    ],
    [
      '/data/home/bob/.local/share/parallelix-operator/versions/1.2.3/lib/cli.mjs',
      ['/data/home/bob/.local/share/parallelix-operator/current/bin/parallelix-operator'],
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

  it.skipIf(process.geteuid?.() !== 0)(
    'of the whole computer is reached by no link that a user can change, and brings nothing that one can',
    async () => {
      const folder = await temporaryFolder();
      const version = join(folder, 'root', 'versions', '1.2.3');
      for (const name of ['bin', 'lib']) await mkdir(join(version, name), { recursive: true, mode: 0o755 });
      await writeFile(join(version, 'bin', 'program'), '', { mode: 0o755 });
      await writeFile(join(version, 'lib', 'cli.mjs'), '', { mode: 0o644 });
      await writeFile(join(version, 'installed-by'), 'install.sh\n', { mode: 0o644 });
      await chmod(folder, 0o755);
      await symlink('versions/1.2.3', join(folder, 'root', 'current'));
      const program = join(folder, 'root', 'current', 'bin', 'program');
      expect(() => requireSharedProgram([program])).not.toThrow();

      await chmod(join(version, 'lib', 'cli.mjs'), 0o666);
      expect(() => requireSharedProgram([program])).toThrow(/program-not-shared/);
      await chmod(join(version, 'lib', 'cli.mjs'), 0o644);

      await mkdir(join(folder, 'open'));
      await chmod(join(folder, 'open'), 0o777);
      await symlink(join(folder, 'root'), join(folder, 'open', 'link'));
      const led = join(folder, 'open', 'link', 'current', 'bin', 'program');
      expect(() => requireSharedProgram([led])).toThrow(/program-not-shared/);
      await chmod(join(folder, 'open'), 0o755);
      expect(() => requireSharedProgram([led])).not.toThrow();
      await lchown(join(folder, 'open', 'link'), 12_345, 12_345);
      expect(() => requireSharedProgram([led])).toThrow(/program-not-shared/);
    },
  );
});
