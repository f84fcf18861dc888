/*
 * npm run package: the command-line packages for this machine, made in seconds. With --all those of a release: every
 * processor, as small as they get, held against their limit.
 */
import { spawnSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type MadePackage, makePackages, type PackageFormat } from './make.ts';
import { root } from './places.ts';
import { type Target, targetOf, targets } from './platforms.ts';
import { releaseDate } from './release-date.ts';

/** What a package may weigh, bytes. */
const limitBytes = 40_000_000;
const usage =
  'package: flags are --all (for a release), --arch x64|arm64, --format tar.xz|deb|rpm and --out DIR';

const flags = readFlags();
try {
  const made = await makePackages({
    folder: flags.out,
    targets: flags.targets,
    formats: flags.formats,
    compression: flags.all ? 'small' : 'quick',
    date: releaseDate(),
    say: (line) => console.error(line),
  });
  report(made);
} catch (error) {
  console.error(`package: ${(error as Error).message}`);
  process.exit(1);
}
if (flags.all) process.exitCode = runSlowTests();

function readFlags() {
  try {
    const { values } = parseArgs({
      options: {
        all: { type: 'boolean', default: false },
        arch: { type: 'string', multiple: true },
        format: { type: 'string', multiple: true },
        out: { type: 'string', default: join(root, 'packages') },
      },
      strict: true,
    });
    const own = targets.filter(({ arch }) => arch === process.arch);
    const chosen: readonly Target[] =
      values.arch?.map(targetOf) ?? (values.all || own.length === 0 ? targets : own);
    return {
      all: values.all,
      out: values.out,
      targets: chosen,
      formats: (values.format ?? ['tar.xz', 'deb', 'rpm']).map(formatOf),
    };
  } catch (error) {
    console.error(`${usage}. ${(error as Error).message.split('\n')[0]}`);
    process.exit(2);
  }
}

function formatOf(name: string): PackageFormat {
  if (name === 'tar.xz' || name === 'deb' || name === 'rpm') return name;
  throw new Error(`there is no format "${name}"`);
}

function report(made: readonly MadePackage[]): void {
  for (const { file, bytes } of made)
    console.log(`${(bytes / 1e6).toFixed(1).padStart(6)} MB  ${basename(file)}`);
  const heavy = made.filter(({ bytes }) => bytes > limitBytes);
  if (flags.all && heavy.length > 0) {
    console.error(
      `package: over the limit of ${limitBytes / 1e6} MB: ${heavy.map(({ file }) => basename(file)).join(', ')}`,
    );
    process.exit(1);
  }
}

/** The tests that take minutes, on what was just made. */
function runSlowTests(): number {
  const { status } = spawnSync(
    process.execPath,
    [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', 'tests/integration/package'],
    { cwd: root, stdio: 'inherit', env: { ...process.env, PARALLELIX_SLOW_PACKAGE_TESTS: flags.out } },
  );
  return status ?? 1;
}
