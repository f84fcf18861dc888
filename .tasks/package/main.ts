/*
 * npm run package: the command-line packages for this machine and every package of the app that can be made on it, in
 * seconds. With --all those of a release: every processor, as small as they get, held against their limit. Without an
 * Electron here the app is made with a stand-in, into a folder that says so.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type AppFormat, type MadeApp, makeApp } from './app/make.ts';
import { makeAtOnce } from './at-once.ts';
import { type MadePackage, makePackages, type PackageFormat } from './make.ts';
import { nfpmProgram } from './nfpm.ts';
import { partsFor } from './parts.ts';
import { root } from './places.ts';
import { macTargets, type Target, targetOf, targets } from './platforms.ts';
import { releaseDate } from './release-date.ts';
import { onPath } from './tools.ts';

/** What a package may weigh, bytes. */
const limitBytes = 40_000_000;
const usage =
  'package: flags are --all (for a release), --arch x64|arm64, --format NAME, --electron real|stand-in and --out DIR';

const cliFormats = ['tar.xz', 'deb', 'rpm'] as const;
/** The app's formats as they are asked for; those without a system are made where they can be. */
const appFormatNames = {
  'app-dir': 'dir',
  AppImage: 'AppImage',
  'app-deb': 'deb',
  'app-rpm': 'rpm',
  'mac-dir': 'dir',
  'mac-zip': 'zip',
  'mac-dmg': 'dmg',
} as const satisfies Record<string, AppFormat>;
type AppFormatName = keyof typeof appFormatNames;

const flags = readFlags();
try {
  if (flags.all && !flags.share) process.exit((await makeAll()) ? runSlowTests() : 1);
  const shared = {
    compression: flags.all ? ('small' as const) : ('quick' as const),
    date: releaseDate(),
    say: (line: string) => console.error(line),
  };
  const made =
    flags.formats.length > 0
      ? await makePackages({ ...shared, folder: flags.out, targets: flags.targets, formats: flags.formats })
      : [];
  report(made);
  await makeApps(shared);
} catch (error) {
  console.error(`package: ${(error as Error).message}`);
  process.exit(1);
}

/** Everything of a release: the packages of each processor and the app of each beside each other. */
async function makeAll(): Promise<boolean> {
  const linux = flags.apps.filter((name) => !name.startsWith('mac-'));
  const mac = flags.apps.filter((name) => name.startsWith('mac-'));
  const shares = [
    ...flags.targets.map((target) => ({ part: 'command line', of: [target], formats: flags.formats })),
    // With Electron itself each of them would fetch the same tools; one after the other they are fetched once.
    ...(flags.standIn ? flags.targets.map((target) => [target]) : [flags.targets]).map((of) => ({
      ...{ part: 'app', of, formats: linux },
    })),
    // Whoever signs changes which keychains this user has.
    { part: 'app', of: flags.macTargets, formats: mac },
  ].filter(({ formats }) => formats.length > 0);
  // What they share is brought before.
  if (shares.some(({ formats }) => formats.some((name) => /deb|rpm/.test(name)))) nfpmProgram();
  for (const target of flags.formats.length > 0 || linux.length > 0 ? flags.targets : []) partsFor(target);
  return makeAtOnce(
    shares.map(({ part, of, formats }) => ({
      name: `${part}, ${of.map(({ machine }) => machine).join(' and ')}`,
      args: [
        ...['--all', '--share', '--out', flags.out, '--electron', flags.standIn ? 'stand-in' : 'real'],
        ...of.flatMap(({ arch }) => ['--arch', arch]),
        ...formats.flatMap((name) => ['--format', name]),
      ],
    })),
  );
}

async function makeApps(shared: {
  compression: 'small' | 'quick';
  date: Date;
  say: (line: string) => void;
}): Promise<void> {
  if (flags.apps.length === 0) return;
  const folder = flags.standIn ? join(flags.out, 'stand-in') : flags.out;
  if (flags.standIn)
    console.error('There is no Electron here. The app is made with a stand-in: nothing of it runs.');
  const ofMac = (name: AppFormatName) => name.startsWith('mac-');
  const wanted = (mac: boolean) =>
    flags.apps.filter((name) => ofMac(name) === mac).map((name) => appFormatNames[name]);
  const made: MadeApp[] = [
    ...(await makeApp({
      ...shared,
      ...{ folder, targets: flags.targets, formats: wanted(false), standIn: flags.standIn },
    })),
    ...(await makeApp({
      ...shared,
      ...{ folder, targets: flags.macTargets, formats: wanted(true), standIn: flags.standIn },
    })),
  ];
  for (const { path, bytes } of made)
    console.log(
      `${bytes === null ? ' folder' : `${(bytes / 1e6).toFixed(1).padStart(6)} MB`}  ${basename(path)}`,
    );
}

function readFlags() {
  try {
    const { values } = parseArgs({
      options: {
        all: { type: 'boolean', default: false },
        // One of the processes that --all starts.
        share: { type: 'boolean', default: false },
        arch: { type: 'string', multiple: true },
        format: { type: 'string', multiple: true },
        electron: { type: 'string' },
        out: { type: 'string', default: join(root, 'packages') },
      },
      strict: true,
    });
    const here = (from: readonly Target[]) => {
      const own = from.filter(({ arch }) => arch === process.arch);
      return values.arch
        ? from.filter(({ arch }) => values.arch?.includes(arch))
        : values.all || own.length === 0
          ? from
          : own;
    };
    values.arch?.forEach(targetOf);
    if (values.electron !== undefined && values.electron !== 'real' && values.electron !== 'stand-in')
      throw new Error(`there is no Electron called "${values.electron}"`);
    const electron = join(root, 'node_modules', 'electron', 'dist');
    const standIn = values.electron === undefined ? !existsSync(electron) : values.electron === 'stand-in';
    const names = values.format ?? [
      ...(process.platform === 'linux' ? cliFormats : []),
      ...possibleApps(standIn),
    ];
    const formats = cliFormats.filter((format) => names.includes(format));
    const apps = names.filter((name): name is AppFormatName => Object.hasOwn(appFormatNames, name));
    const unknown = names.find(
      (name) => !(cliFormats as readonly string[]).includes(name) && !Object.hasOwn(appFormatNames, name),
    );
    if (unknown) throw new Error(`there is no format "${unknown}"`);
    return {
      all: values.all,
      share: values.share,
      out: values.out,
      targets: here(targets),
      macTargets: here(macTargets),
      formats: formats as PackageFormat[],
      apps,
      standIn,
    };
  } catch (error) {
    console.error(`${usage}. ${(error as Error).message.split('\n')[0]}`);
    process.exit(2);
  }
}

/** What the tools of this machine can make; the rest is said. */
function possibleApps(standIn: boolean): AppFormatName[] {
  const missing = (...programs: string[]) => programs.filter((name) => onPath(name) === null).join(', ');
  const needs: Record<AppFormatName, string> =
    process.platform === 'darwin'
      ? {
          ...{ 'app-dir': '', AppImage: 'Linux', 'app-deb': 'Linux', 'app-rpm': 'Linux' },
          ...{ 'mac-dir': '', 'mac-zip': '', 'mac-dmg': '' },
        }
      : {
          ...{ 'app-dir': '', AppImage: missing('mksquashfs', 'desktop-file-validate') },
          ...{ 'app-deb': missing('python3'), 'app-rpm': missing('python3') },
          // Only with a stand-in is there a Node for macOS here, and nothing that must be signed.
          ...(standIn
            ? { 'mac-dir': '', 'mac-zip': missing('7za'), 'mac-dmg': 'macOS' }
            : { 'mac-dir': 'macOS', 'mac-zip': 'macOS', 'mac-dmg': 'macOS' }),
        };
  const names = Object.keys(needs) as AppFormatName[];
  for (const name of names)
    if (needs[name] !== '') console.error(`${name} is not made here; it needs ${needs[name]}`);
  return names.filter((name) => needs[name] === '');
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
    [
      join(root, 'node_modules', 'vitest', 'vitest.mjs'),
      'run',
      'tests/integration/package',
      'tests/e2e/packaged.test.ts',
    ],
    { cwd: root, stdio: 'inherit', env: { ...process.env, PARALLELIX_SLOW_PACKAGE_TESTS: flags.out } },
  );
  return status ?? 1;
}
