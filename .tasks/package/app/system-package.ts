import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { checkContents, contentsOf, type Entry } from '../contents.ts';
import { nfpmProgram } from '../nfpm.ts';
import { ownLicence } from '../notices.ts';
import { root } from '../places.ts';
import { debianChangelog, maintainer, packageContents, type SystemFormat } from '../system-package.ts';
import { runTool } from '../tools.ts';

/** Where deb and rpm put the app; no space, and the same on every system. */
const appFolder = '/opt/ParalleliX-Operator';
const name = 'parallelix-operator';
const docs = `/usr/share/doc/${name}`;
const appResources = join(root, 'resources', 'app');

/** What electron-builder asks of fpm, as far as a package of ours needs it. */
export interface FpmRequest {
  format: SystemFormat;
  file: string;
  arch: string;
  version: string;
  depends: readonly string[];
  recommends: readonly string[];
  afterInstall: string;
  afterRemove: string;
  beforeRemove: string;
  description: string;
  category: string;
  homepage: string;
  vendor: string;
  /** The app's folder. */
  folder: string;
  /** Manual page and completions, as the command-line package has them. */
  share: string;
  /** Single files: the desktop entry and the icons. */
  files: readonly { from: string; to: string }[];
}

/**
 * @param partsFolder what was laid out for electron-builder
 * @throws Error for an argument that is not known here
 */
export function readFpmArguments(args: readonly string[], partsFolder: string): FpmRequest {
  const text = { type: 'string' } as const;
  const many = { type: 'string', multiple: true } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      s: { ...text, short: 's' },
      t: { ...text, short: 't' },
      d: { ...many, short: 'd' },
      force: { type: 'boolean' },
      ...{ architecture: text, version: text, package: text, name: text, maintainer: text },
      ...{ 'after-install': text, 'after-remove': text, 'before-remove': text },
      ...{ description: text, vendor: text, url: text, category: text, license: text, iteration: text },
      ...{ 'deb-recommends': many, 'deb-compression': text, 'deb-priority': text },
      ...{ 'rpm-os': text, 'rpm-compression': text, 'rpm-summary': text },
    },
  });
  const need = (value: string | undefined, what: string) => {
    if (value === undefined) throw new Error(`fpm is asked without ${what}`);
    return value;
  };
  const mapped = positionals.map((pair) => {
    const [from = '', to = ''] = pair.split('=');
    return { from, to };
  });
  const folder = mapped.find(({ to }) => to === appFolder)?.from;
  if (values.t !== 'deb' && values.t !== 'rpm') throw new Error(`no ${values.t} is made here`);
  if (values.name !== name) throw new Error(`the package is called ${name}, not ${values.name}`);
  const arch = goArchOf(need(values.architecture, 'a processor'));
  return {
    format: values.t,
    file: need(values.package, 'a file'),
    arch,
    share: join(partsFolder, `cli-linux-${arch === 'amd64' ? 'x64' : 'arm64'}`, 'share'),
    version: need(values.version, 'a version'),
    depends: values.d ?? [],
    recommends: values['deb-recommends'] ?? [],
    afterInstall: need(values['after-install'], 'a script after installing'),
    afterRemove: need(values['after-remove'], 'a script after removing'),
    beforeRemove: need(values['before-remove'], 'a script before removing'),
    description: need(values.description, 'a description'),
    category: need(values.category, 'a category'),
    homepage: need(values.url, 'a homepage'),
    vendor: need(values.vendor, 'a vendor'),
    folder: need(folder, `the folder for ${appFolder}`),
    files: mapped.filter(({ to }) => to !== appFolder),
  };
}

const goArchOf = (arch: string) => ({ x86_64: 'amd64', aarch64: 'arm64' })[arch] ?? arch;

/** Files of the folder that only an AppImage needs. */
const onlyAppImage = ['AppRun'];

/** Every path of a deb or rpm, of what the app's folder holds and of what a system wants beside it. */
function systemContentsOfApp(
  folder: readonly Entry[],
  files: readonly { to: string }[],
  format: SystemFormat,
): Entry[] {
  const inFolder = folder
    .filter(({ path, mode }) => mode !== 'asar' && !onlyAppImage.includes(path))
    // Chromium's sandbox of the older kind, for systems that refuse user namespaces. [chromium, suid_sandbox.md]
    .map((entry) => (entry.path === 'chrome-sandbox' ? { ...entry, mode: '4755' } : entry))
    .map((entry) => ({ ...entry, path: `${appFolder}/${entry.path}` }));
  const plain = (path: string) => ({ path, mode: '0644', target: null });
  const link = (path: string, target: string) => ({ path, mode: 'link', target });
  const command = `${appFolder}/resources/cli/bin`;
  return [
    ...inFolder,
    ...files.map(({ to }) => plain(to)),
    link(`/usr/bin/${name}`, `${command}/${name}`),
    link('/usr/bin/plx', `${command}/plx`),
    // The app asks it who updates it. [electron/desktop/updates/package-kind.ts]
    plain(`${appFolder}/resources/package-type`),
    plain('/usr/share/metainfo/io.parallelix.operator.metainfo.xml'),
    plain(`/usr/share/man/man1/${name}.1.gz`),
    link('/usr/share/man/man1/plx.1.gz', `${name}.1.gz`),
    plain(`/usr/share/bash-completion/completions/${name}`),
    link('/usr/share/bash-completion/completions/plx', name),
    plain(`/usr/share/fish/vendor_completions.d/${name}.fish`),
    link('/usr/share/fish/vendor_completions.d/plx.fish', `${name}.fish`),
    plain(`/usr/share/zsh/${format === 'deb' ? 'vendor-completions' : 'site-functions'}/_${name}`),
    plain(format === 'deb' ? `${docs}/copyright` : `/usr/share/licenses/${name}/LICENSE`),
    ...(format === 'deb'
      ? [plain(`${docs}/changelog.gz`), plain(`/usr/share/lintian/overrides/${name}`)]
      : []),
  ];
}

/** Makes a deb or rpm of the app's folder. */
export function makeSystemPackageOfApp(request: FpmRequest): void {
  const work = mkdtempSync(join(tmpdir(), 'plx-app-package-'));
  try {
    const config = join(work, 'nfpm.json');
    writeFileSync(config, JSON.stringify(nfpmConfig(request, work), null, 2));
    const target = ['--packager', request.format, '--target', request.file];
    runTool(nfpmProgram(), ['package', '--config', config, ...target]);
    const wanted = systemContentsOfApp(contentsOf(request.folder), request.files, request.format);
    checkContents(packageContents(request.file, request.format), wanted, request.file);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Configuration of nfpm; what it needs and is in no file yet is written into `work`. */
function nfpmConfig(request: FpmRequest, work: string): object {
  const { format, version, share } = request;
  const date = new Date(Number(process.env.SOURCE_DATE_EPOCH ?? 0) * 1000);
  const small = process.env.PARALLELIX_COMPRESSION === 'small';
  const write = (file: string, content: string | Buffer) => {
    writeFileSync(join(work, file), content);
    return join(work, file);
  };
  const files = new Map(request.files.map(({ from, to }) => [to, from]));
  const source = (path: string): string => {
    const given = files.get(path);
    if (given) return given;
    if (path.endsWith('/package-type')) return write('package-type', `${format}\n`);
    if (path.startsWith(`${appFolder}/`)) return join(request.folder, relative(appFolder, path));
    const end = path.slice(path.lastIndexOf('/') + 1);
    if (path.includes('/metainfo/')) return write(end, metainfo(version, date));
    if (path.includes('/man/'))
      return write(end, gzipSync(readFileSync(join(share, 'man', 'man1', `${name}.1`)), { level: 9 }));
    if (end.endsWith('.fish')) return join(share, 'fish', 'vendor_completions.d', end);
    if (path.includes('/zsh/')) return join(share, 'zsh', 'site-functions', end);
    if (path.includes('/bash-completion/')) return join(share, 'bash-completion', 'completions', end);
    if (end === 'copyright' || end === 'LICENSE') return write('licence', licence(format));
    if (end === 'changelog.gz')
      return write(end, gzipSync(debianChangelog(name, version, date), { level: 9 }));
    if (path.includes('/lintian/')) return join(appResources, 'lintian-overrides');
    throw new Error(`nothing is known to make ${path} of`);
  };
  const wanted = systemContentsOfApp(contentsOf(request.folder), request.files, format);
  const owner = { owner: 'root', group: 'root' };
  return {
    name,
    arch: request.arch,
    platform: 'linux',
    version,
    version_schema: 'none',
    section: request.category,
    priority: 'optional',
    maintainer,
    description: packageDescription,
    vendor: request.vendor,
    homepage: request.homepage,
    license: 'MIT',
    mtime: date.toISOString(),
    contents: [
      ...wanted.map(({ path, mode, target }) =>
        mode === 'link'
          ? { src: target, dst: path, type: 'symlink' }
          : { src: source(path), dst: path, file_info: { mode: Number.parseInt(mode, 8), ...owner } },
      ),
      ...foldersOf(wanted).map((dst) => ({ dst, type: 'dir', file_info: { mode: 0o755, ...owner } })),
    ],
    scripts: {
      postinstall: write('after-install', withShared(request.afterInstall, 'after-install.sh')),
      preremove: request.beforeRemove,
      postremove: write('after-remove', withShared(request.afterRemove, 'after-remove.sh')),
    },
    depends: request.depends,
    recommends: request.recommends,
    // The app brings the command too: it takes the place of the package that has it alone.
    conflicts: format === 'deb' ? [`${name}-cli`] : [],
    replaces: [`${name}-cli`],
    provides: format === 'deb' ? [`${name}-cli`] : [],
    deb: { compression: small ? 'xz' : 'zstd' },
    rpm: { group: request.category, compression: small ? 'xz' : 'zstd:1', buildhost: 'localhost' },
  };
}

function foldersOf(entries: readonly Entry[]): string[] {
  const folders = new Set<string>();
  for (const { path } of entries)
    for (let at = path.lastIndexOf('/'); at >= appFolder.length; at = path.lastIndexOf('/', at - 1))
      if (path.startsWith(appFolder)) folders.add(path.slice(0, at));
  return [...folders].sort();
}

/** The app's own part of a script, and then what it shares with the package of the command line. */
function withShared(ownFile: string, shared: string): string {
  const rest = readFileSync(join(root, 'resources', 'package', shared), 'utf8');
  return `${readFileSync(ownFile, 'utf8')}\n${rest.replace(/^#!.*\n/, '')}`;
}

function metainfo(version: string, date: Date): string {
  const text = readFileSync(join(appResources, 'parallelix-operator.metainfo.xml'), 'utf8');
  return text.replace('@VERSION@', version).replace('@DATE@', date.toISOString().slice(0, 10));
}

function licence(format: SystemFormat): string {
  if (format === 'rpm') return ownLicence();
  return `ParalleliX Operator\n\n${ownLicence()}\nThe work of others that this package contains, with its licences:\n${appFolder}/NOTICES.txt, LICENSE.electron.txt and LICENSES.chromium.html beside it.\n`;
}

const packageDescription =
  'Serving node of the ParalleliX inference network\nKeeps a node online from a window, the tray, a terminal or as a service.\nIt keeps the node key, sends heartbeats, and answers requests with Ollama.\nIt brings its own Electron and Node.js.';
