import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { entryOf, listingEntries } from './archive.ts';
import { checkContents, type Entry, listedContents } from './contents.ts';
import { nfpmProgram } from './nfpm.ts';
import { ownLicence } from './notices.ts';
import { packageName, productVersion, programName, root, systemFolder } from './places.ts';
import type { Target } from './platforms.ts';
import { runTool } from './tools.ts';

export type SystemFormat = 'deb' | 'rpm';

export interface SystemPackageOptions {
  target: Target;
  date: Date;
  /** Small, or made in seconds. */
  compression: 'small' | 'quick';
  /** For tests of an upgrade: another version of the same files. */
  version?: string;
}

const docs = `/usr/share/doc/${packageName}`;
export const maintainer = 'ParalleliX Operator contributors <operators@parallelix.io>';
const scripts = join(root, 'resources', 'package');

/** Where a path of the laid-out folder is in a system. */
function systemPath(path: string, format: SystemFormat): string {
  if (path === 'LICENSE')
    return format === 'deb' ? `${docs}/copyright` : `/usr/share/licenses/${packageName}/LICENSE`;
  if (path === 'NOTICES.txt') return `${docs}/NOTICES.gz`;
  if (path.startsWith('share/man/')) return `/usr/${path}.gz`;
  if (path.startsWith('share/zsh/') && format === 'deb')
    return path.replace('share/zsh/site-functions', '/usr/share/zsh/vendor-completions');
  return path.startsWith('share/') ? `/usr/${path}` : `${systemFolder}/${path}`;
}

/** What only a package of a system holds. */
function added(format: SystemFormat): Entry[] {
  const link = (name: string) => ({
    path: `/usr/bin/${name}`,
    mode: 'link',
    target: `../lib/${programName}/bin/${name}`,
  });
  const file = (path: string) => ({ path, mode: '0644', target: null });
  return [
    link(programName),
    link('plx'),
    file(`${systemFolder}/installed-by`),
    ...(format === 'deb'
      ? [file(`${docs}/changelog.gz`), file(`/usr/share/lintian/overrides/${packageName}`)]
      : []),
  ];
}

/** The list of a deb or rpm: the one of the repository, where its paths are in a system. */
export function systemContents(target: Pick<Target, 'keyringFile'>, format: SystemFormat): Entry[] {
  const moved = listedContents(target).map((entry) => ({
    ...entry,
    path: systemPath(entry.path, format),
    target: entry.target?.endsWith('.1') ? `${entry.target}.gz` : entry.target,
  }));
  return [...moved, ...added(format)];
}

/** Makes a deb or rpm of a laid-out folder. */
export function makeSystemPackage(
  folder: string,
  file: string,
  format: SystemFormat,
  options: SystemPackageOptions,
): void {
  const { target, date } = options;
  const workDir = `${file}.work`;
  rmSync(workDir, { recursive: true, force: true });
  mkdirSync(workDir, { recursive: true });
  rmSync(file, { force: true });
  const config = join(workDir, 'nfpm.json');
  writeFileSync(config, JSON.stringify(nfpmConfig(folder, workDir, format, options), null, 2));
  runTool(nfpmProgram(), ['package', '--config', config, '--packager', format, '--target', file], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(Math.floor(date.getTime() / 1000)) },
  });
  checkContents(packageContents(file, format), systemContents(target, format), file);
  rmSync(workDir, { recursive: true, force: true });
}

/** What a deb or rpm holds, read back from the file. */
export function packageContents(file: string, format: SystemFormat): Entry[] {
  if (format === 'deb')
    return listingEntries(runTool('dpkg-deb', ['--contents', file])).map((entry) => ({
      ...entry,
      path: `/${entry.path}`,
    }));
  const query = '[%{FILEMODES:perms} %{FILENAMES} %{FILELINKTOS}\\n]';
  return runTool('rpm', ['--query', '--package', '--nosignature', '--queryformat', query, file])
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('d'))
    .map((line) => {
      const [mode = '', path = '', target = ''] = line.split(' ');
      return entryOf(mode.charAt(0), mode.slice(1), path, target === '' ? null : target);
    });
}

function nfpmConfig(
  folder: string,
  workDir: string,
  format: SystemFormat,
  { target, date, compression, version = productVersion() }: SystemPackageOptions,
): object {
  const small = compression === 'small';
  const made = (name: string, content: string | Buffer) => {
    writeFileSync(join(workDir, name), content);
    return join(workDir, name);
  };
  const zipped = (path: string) =>
    made(path.replaceAll('/', '-'), gzipSync(runTool('cat', [join(folder, path)]), { level: 9 }));
  const sources: Record<string, () => string> = {
    [`${systemFolder}/installed-by`]: () => made('installed-by', `${format}\n`),
    [`${docs}/changelog.gz`]: () =>
      made('changelog.gz', gzipSync(debianChangelog(packageName, version, date), { level: 9 })),
    [`/usr/share/lintian/overrides/${packageName}`]: () => join(scripts, 'lintian-overrides'),
    [`${docs}/copyright`]: () => made('copyright', debianCopyright()),
  };
  const inFolder = new Map(
    listedContents(target).map(({ path }) => [
      systemPath(path, format),
      () => (systemPath(path, format).endsWith('.gz') ? zipped(path) : join(folder, path)),
    ]),
  );
  const contents = systemContents(target, format).map(({ path, mode, target: leadsTo }) =>
    mode === 'link'
      ? { src: leadsTo, dst: path, type: 'symlink' }
      : {
          src: (sources[path] ?? inFolder.get(path) ?? missing(path))(),
          dst: path,
          file_info: { mode: Number.parseInt(mode, 8), owner: 'root', group: 'root' },
        },
  );
  const folders = ['', '/bin', '/lib', '/lib/node_modules', '/lib/node_modules/keytar'].map((name) => ({
    dst: `${systemFolder}${name}`,
    type: 'dir',
    file_info: { mode: 0o755, owner: 'root', group: 'root' },
  }));
  return {
    name: packageName,
    arch: target.goArch,
    platform: 'linux',
    version,
    // A native package: its version is the product's, without a revision of Debian's.
    version_schema: 'none',
    section: 'net',
    priority: 'optional',
    maintainer,
    description:
      'Serving node of the ParalleliX inference network\nKeeps a node online from a terminal or as a service.\nIt keeps the node key, sends heartbeats, and answers requests with Ollama.\nIt brings its own Node.js.',
    vendor: 'ParalleliX Operator contributors',
    homepage: 'https://docs.parallelix.io/node-cli',
    license: 'MIT',
    mtime: date.toISOString(),
    contents: [...contents, ...folders],
    scripts: {
      postinstall: join(scripts, 'after-install.sh'),
      preremove: join(scripts, 'before-remove.sh'),
      postremove: join(scripts, 'after-remove.sh'),
    },
    recommends: format === 'deb' ? ['ca-certificates'] : [],
    deb: { compression: small ? 'xz' : 'zstd', fields: {} },
    rpm: {
      group: 'Applications/Internet',
      compression: small ? 'xz' : 'zstd:1',
      buildhost: 'localhost',
    },
    depends:
      format === 'deb'
        ? ['libc6 (>= 2.28)', 'libstdc++6 (>= 8)', 'libgcc-s1']
        : ['glibc >= 2.28', 'libstdc++'],
  };
}

function missing(path: string): never {
  throw new Error(`nothing is known to make ${path} of`);
}

/** [Debian Policy 12.7: a native package has one changelog, in Debian's form] */
export function debianChangelog(name: string, version: string, date: Date): string {
  const stamp = date.toUTCString().replace('GMT', '+0000');
  return `${name} (${version}) unstable; urgency=medium\n\n  * Version ${version}; what is new stands in the release notes.\n\n -- ${maintainer}  ${stamp}\n`;
}

/** [Debian Policy 12.5] */
function debianCopyright(): string {
  return `ParalleliX Operator\n\n${ownLicence()}\nThe work of others that this package contains, with its licences: ${docs}/NOTICES.gz\n`;
}
