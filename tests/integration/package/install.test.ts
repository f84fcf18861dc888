import { spawn } from 'node:child_process';
import { chownSync, existsSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { productVersion, root } from '../../../.tasks/package/places.ts';
import { onPath, runTool } from '../../../.tasks/package/tools.ts';
import {
  installScript,
  installTools,
  linkTools,
  runInstallScript,
} from '../../fixtures/package/install-script.ts';
import { builtPackage, noPackagesReason } from '../../fixtures/package/packages.ts';
import { type ReleaseServer, startReleaseServer } from '../../fixtures/package/release-server.ts';
import { smallPackage, smallPackageName } from '../../fixtures/package/small-package.ts';

const version = productVersion();
const arch = process.arch;
const otherArch = arch === 'x64' ? 'arm64' : 'x64';
const nameOf = smallPackageName;
const reason = noPackagesReason(['tar.xz']) ?? (onPath('curl') ? null : 'not installed here: curl');

// A whole package is unpacked and started more than once, which takes a busy computer its time.
describe('resources/install.sh', () => {
  let folder: string;
  let bin: string;
  let home: string;
  let server: ReleaseServer;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plx-install-'));
    bin = join(folder, 'bin');
    await mkdir(bin);
    linkTools(bin);
    if (!reason) await builtPackage('tar.xz');
  }, 180_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));
  beforeEach(async () => {
    home = await mkdtemp(join(folder, 'home-'));
    server = await startReleaseServer();
  });
  afterEach(() => server.stop());

  const data = (...path: string[]) => join(home, '.local', 'share', 'parallelix-operator', ...path);
  const launcher = () => join(home, '.local', 'bin', 'parallelix-operator');

  const install = (args: readonly string[] = [], env: NodeJS.ProcessEnv = {}, setup = false) =>
    runInstallScript({ bin, home, releaseUrl: server.url }, [...(setup ? [] : ['--no-setup']), ...args], env);

  it('passes shellcheck', (test) => {
    const why = onPath('shellcheck') ? null : 'not installed here: shellcheck';
    test.skip(why !== null, why ?? '');
    const scripts = [
      'install.sh',
      ...['launcher', 'after-install', 'before-remove', 'after-remove'].map((name) => `package/${name}.sh`),
    ];
    expect(() =>
      runTool(
        'shellcheck',
        scripts.map((name) => join(root, 'resources', name)),
      ),
    ).not.toThrow();
  });

  it('installs the package without Node on the machine, runs again without a download, and uninstalls', async (test) => {
    test.skip(reason !== null, reason ?? '');
    server.offer([{ name: nameOf(version), file: await builtPackage('tar.xz') }]);
    const first = await install();
    expect(first).toMatchObject({ code: 0 });
    expect(first.output).toContain(`Installed ParalleliX Operator ${version}`);
    expect(first.output).toMatch(/Add it to your PATH:[\s\S]*Next: parallelix-operator setup/);
    expect(readlinkSync(data('current'))).toBe(`versions/${version}`);
    expect(readFileSync(data('current', 'installed-by'), 'utf8')).toBe('install.sh\n');
    const env = { PATH: bin, HOME: home };
    expect(runTool(launcher(), ['version'], { env })).toContain(version);
    expect(runTool(join(home, '.local', 'bin', 'plx'), ['version'], { env })).toContain(version);
    expect((await readdir(data())).sort()).toEqual(['current', 'versions']);

    server.requests.length = 0;
    const again = await install([], { PATH: `${bin}:${join(home, '.local', 'bin')}` });
    expect(again).toMatchObject({ code: 0 });
    expect(again.output).toContain('is already installed');
    expect(again.output).not.toContain('Add it to your PATH');
    expect(server.requests).toEqual(['GET /SHA256SUMS']);

    const node = join(home, '.local', 'state', 'parallelix-operator', 'node.key');
    await mkdir(join(node, '..'), { recursive: true });
    writeFileSync(node, 'a key');
    const gone = await install(['--uninstall']);
    expect(gone).toMatchObject({ code: 0 });
    expect(gone.output).toContain('Node data and keys were kept');
    expect([existsSync(data()), existsSync(launcher()), readFileSync(node, 'utf8')]).toEqual([
      false,
      false,
      'a key',
    ]);
    expect(await install(['--uninstall'])).toMatchObject({ code: 0 });
  });

  it('continues a download that was cut off where it ended', async (test) => {
    test.skip(reason !== null, reason ?? '');
    server.offer([{ name: nameOf('1.2.3'), file: await smallPackage(home, '1.2.3') }]);
    server.cutAfter(100_000);
    const cut = await install();
    expect(cut).toMatchObject({ code: 1 });
    expect(cut.output).toContain('The download stopped early.');
    expect(existsSync(data('current'))).toBe(false);
    server.cutAfter(null);
    server.requests.length = 0;
    expect(await install()).toMatchObject({ code: 0 });
    expect(server.requests.at(-1)).toMatch(/ bytes=[1-9]\d+-$/);
    expect(runTool(launcher(), ['version'])).toContain('1.2.3');
  });

  it('installs nothing whose checksum is wrong, and keeps the version before', async (test) => {
    test.skip(reason !== null, reason ?? '');
    server.offer([{ name: nameOf('1.0.0'), file: await smallPackage(home, '1.0.0') }]);
    expect(await install()).toMatchObject({ code: 0 });
    const newer = { name: nameOf('1.1.0'), file: await smallPackage(home, '1.1.0') };
    server.offer([{ ...newer, sha256: 'f'.repeat(64) }]);
    const wrong = await install();
    expect(wrong).toMatchObject({ code: 1 });
    expect(wrong.output).toContain('checksum doesn’t match');
    expect(await readdir(data('versions'))).toEqual(['1.0.0']);
    expect(runTool(launcher(), ['version'])).toContain('1.0.0');
    server.offer([newer]);
    expect(await install()).toMatchObject({ code: 0 });
    expect(runTool(launcher(), ['version'])).toContain('1.1.0');
    expect((await readdir(data('versions'))).sort()).toEqual(['1.0.0', '1.1.0']);
  });

  it('starts over once where what an earlier run left is of another file', async (test) => {
    test.skip(reason !== null, reason ?? '');
    server.offer([{ name: nameOf('1.2.3'), file: await smallPackage(home, '1.2.3') }]);
    await mkdir(data('.download'), { recursive: true });
    writeFileSync(data('.download', nameOf('1.2.3')), Buffer.alloc(1000, 7));
    expect(await install()).toMatchObject({ code: 0 });
    writeFileSync(join(home, 'longer'), Buffer.alloc(2_000_000, 7));
    await rm(data(), { recursive: true });
    await mkdir(data('.download'), { recursive: true });
    writeFileSync(data('.download', nameOf('1.2.3')), Buffer.alloc(2_000_000, 7));
    expect(await install()).toMatchObject({ code: 0 });
  });

  it('refuses a release for another processor, and a package that does not run here', async (test) => {
    test.skip(reason !== null, reason ?? '');
    const small = await smallPackage(home, '1.0.0');
    server.offer([{ name: nameOf('1.0.0', otherArch), file: small }]);
    const other = await install();
    expect(other).toMatchObject({ code: 1 });
    expect(other.output).toContain(`This release has no package for linux ${arch}.`);

    const tree = join(home, 'foreign', 'p', 'bin');
    await mkdir(tree, { recursive: true });
    const header = Buffer.alloc(4096);
    header.write('\x7fELF\x02\x01\x01', 'latin1');
    header.writeUInt16LE(2, 16);
    header.writeUInt16LE(arch === 'x64' ? 183 : 62, 18);
    writeFileSync(join(tree, 'parallelix-operator'), header, { mode: 0o755 });
    runTool('tar', ['-cJf', join(home, nameOf('2.0.0')), '-C', join(home, 'foreign'), 'p']);
    server.offer([{ name: nameOf('2.0.0'), file: join(home, nameOf('2.0.0')) }]);
    const foreign = await install();
    expect(foreign).toMatchObject({ code: 1 });
    expect(foreign.output).toContain('This package doesn’t run on this computer.');
    expect(existsSync(data('current'))).toBe(false);
    expect(await readdir(data('versions'))).toEqual([]);
  });

  it('says that there is no network, and that a tool is missing', async (test) => {
    test.skip(reason !== null, reason ?? '');
    const { url } = server;
    await server.stop();
    const offline = await install();
    expect(offline).toMatchObject({ code: 1 });
    expect(offline.output).toContain('Check your internet connection');
    server = await startReleaseServer();
    expect(url).not.toBe('');

    const bare = join(home, 'bare');
    await mkdir(bare);
    for (const name of installTools.filter((tool) => tool !== 'xz'))
      symlinkSync(join(bin, name), join(bare, name));
    const missing = await install([], { PATH: bare });
    expect(missing).toMatchObject({ code: 1 });
    expect(missing.output).toContain('xz isn’t installed.');
  });

  it('downloads over https only', async (test) => {
    test.skip(reason !== null, reason ?? '');
    for (const env of [
      { PARALLELIX_TEST_LOOPBACK_HTTP: '' },
      { PARALLELIX_RELEASE_URL: 'http://example.invalid/' },
      { PARALLELIX_RELEASE_URL: 'http://127.0.0.1.example.invalid:80/' },
      { PARALLELIX_RELEASE_URL: 'ftp://127.0.0.1:80/' },
      { PARALLELIX_RELEASE_URL: 'file:///etc/' },
    ]) {
      const refused = await install([], env);
      expect(refused).toMatchObject({ code: 1 });
      expect(refused.output).toContain('Downloads use https only.');
    }
    // Whose host comes after the part that looks like this computer.
    const elsewhere = await install([], { PARALLELIX_RELEASE_URL: 'http://127.0.0.1:80@example.invalid/' });
    expect(elsewhere.output).toContain('can’t hold a user name');
    server.redirectTo('file:///etc');
    expect(await install()).toMatchObject({ code: 1 });
    const bare = await install([], { PARALLELIX_RELEASE_URL: '' });
    expect(bare.output).toContain('has no download address');
  });

  it('takes the version that was asked for, and no other', async (test) => {
    test.skip(reason !== null, reason ?? '');
    server.offer([{ name: nameOf('1.2.3'), file: await smallPackage(home, '1.2.3') }]);
    await install(['--version', '1.0.0']);
    expect(server.requests).toEqual(['GET /1.0.0/SHA256SUMS']);
    for (const args of [['--version'], ['--version', '1.x'], ['--frobnicate'], ['--with-model', '--yes']])
      expect(await install(args)).toMatchObject({ code: 2 });
  });

  it('leads on to Ollama, a model and setup where each is said yes to', async (test) => {
    test.skip(reason !== null, reason ?? '');
    server.offer([{ name: nameOf('1.2.3'), file: await smallPackage(home, '1.2.3') }]);
    const silent = await install();
    expect(silent.output).not.toContain('called with');
    const all = await install(['--yes', '--with-ollama', '--with-model', 'tiny:1b']);
    expect(all.output).toContain('called with ollama install --yes');
    expect(all.output).toContain('called with models pull tiny:1b --yes');
    expect(all.output).not.toContain('called with setup');
    const setup = await install(['--yes'], {}, true);
    expect(setup.output).toContain('called with setup --yes');
    expect(setup.output).not.toMatch(/called with (?:ollama|models|service)/);
    const service = await install(['--yes', '--with-service'], {}, true);
    expect(service.output).toMatch(/called with setup --yes[\s\S]*called with service install --yes/);
  });

  it('asks a person at a terminal for each step, and takes no for an answer', async (test) => {
    const why = reason ?? (onPath('script') ? null : 'not installed here: bsdutils (script)');
    test.skip(why !== null, why ?? '');
    server.offer([{ name: nameOf('1.2.3'), file: await smallPackage(home, '1.2.3') }]);
    const env = {
      PATH: bin,
      HOME: home,
      SHELL: join(bin, 'sh'),
      PARALLELIX_RELEASE_URL: server.url,
      PARALLELIX_TEST_LOOPBACK_HTTP: '1',
    };
    const child = spawn(onPath('script') ?? '', ['-qec', `sh '${installScript}'`, '/dev/null'], { env });
    let shown = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      shown += String(text);
      if (/Install it\? \[Y\/n\] $/.test(shown)) child.stdin.write('n\n');
      if (/Set up your node now\? \[Y\/n\] $/.test(shown)) child.stdin.write('y\n');
      if (/after a restart\? \[Y\/n\] $/.test(shown)) child.stdin.write('y\n');
    });
    await new Promise((resolve) => child.on('close', resolve));
    expect(shown).toContain('Ollama runs the models. Install it?');
    expect(shown).not.toContain('called with ollama');
    expect(shown).toContain('called with setup');
    expect(shown).toMatch(/called with service install\s*$/);
  });

  it('leaves a program of the same name that it did not install', async (test) => {
    test.skip(reason !== null, reason ?? '');
    server.offer([{ name: nameOf('1.2.3'), file: await smallPackage(home, '1.2.3') }]);
    await mkdir(join(home, '.local', 'bin'), { recursive: true });
    writeFileSync(join(home, '.local', 'bin', 'plx'), 'mine');
    const result = await install();
    expect(result).toMatchObject({ code: 0 });
    expect(result.output).toContain('belongs to another program');
    await install(['--uninstall']);
    expect(readFileSync(join(home, '.local', 'bin', 'plx'), 'utf8')).toBe('mine');
  });

  it('keeps a version that still runs, and refuses to be removed meanwhile', async (test) => {
    test.skip(reason !== null, reason ?? '');
    const program =
      'case $1 in version) echo "parallelix-operator $number";; status) exit 3;; sleep) exec sh "$0" sleeping;; sleeping) read -r _;; esac';
    const offer = async (number: string) =>
      server.offer([{ name: nameOf(number), file: await smallPackage(home, number, program) }]);
    await offer('1.0.0');
    await install();
    const node = spawn(data('versions', '1.0.0', 'bin', 'parallelix-operator'), ['sleep'], {
      env: { PATH: bin },
    });
    try {
      for (const number of ['1.1.0', '1.2.0', '1.3.0']) {
        await offer(number);
        expect(await install()).toMatchObject({ code: 0 });
      }
      expect((await readdir(data('versions'))).sort()).toEqual(['1.0.0', '1.2.0', '1.3.0']);
      const refused = await install(['--uninstall']);
      expect([refused.code, refused.output]).toEqual([1, expect.stringContaining('Your node is running')]);
    } finally {
      node.stdin.end();
      await new Promise((resolve) => node.once('close', resolve));
    }
    expect(await install(['--uninstall'])).toMatchObject({ code: 0 });
  });

  it('disables the services that start it when it goes, and leaves their files', async (test) => {
    test.skip(reason !== null, reason ?? '');
    server.offer([{ name: nameOf('1.2.3'), file: await smallPackage(home, '1.2.3') }]);
    await install();
    const before = await mkdtemp(join(home, 'manager-'));
    const calls = join(home, 'calls');
    // A stand-in that writes down its calls: no unit is active until it is told so.
    writeFileSync(
      join(before, 'systemctl'),
      `#!/bin/sh\necho "$*" >> '${calls}'\ncase $2 in is-active) [ -e '${home}/active' ];; esac\n`,
      { mode: 0o755 },
    );
    const units = join(home, '.config', 'systemd', 'user');
    await mkdir(units, { recursive: true });
    const unit = (start: string) => `[Service]\nExecStart=${start} start\n`;
    const own = data('current', 'bin', 'parallelix-operator');
    writeFileSync(join(units, 'parallelix-operator@default.service'), unit(own));
    writeFileSync(join(units, 'parallelix-operator@other.service'), unit('/usr/bin/parallelix-operator'));
    writeFileSync(join(units, 'parallelix-operator-update.service'), unit(own));
    writeFileSync(join(units, 'parallelix-operator-update.timer'), '[Timer]\n');
    const env = { PATH: `${before}:${bin}` };
    writeFileSync(join(home, 'active'), '');
    const refused = await install(['--uninstall'], env);
    expect([refused.code, refused.output]).toEqual([
      1,
      expect.stringContaining('parallelix-operator service stop --name default'),
    ]);
    expect(existsSync(own)).toBe(true);
    await rm(join(home, 'active'));
    expect(await install(['--uninstall'], env)).toMatchObject({ code: 0 });
    expect(readFileSync(calls, 'utf8').trim().split('\n').slice(-2)).toEqual([
      '--user disable parallelix-operator@default.service',
      '--user disable --now parallelix-operator-update.timer',
    ]);
    expect((await readdir(units)).sort()).toEqual([
      'parallelix-operator@default.service',
      'parallelix-operator@other.service',
    ]);
  });

  it('refuses a home that is not its user’s, or none', async (test) => {
    const why = reason ?? (process.geteuid?.() === 0 ? null : 'giving a folder away needs root');
    test.skip(why !== null, why ?? '');
    chownSync(home, 12_345, 12_345);
    const anothers = await install();
    expect([anothers.code, anothers.output]).toEqual([1, expect.stringContaining('belongs to another user')]);
    const homeless = await install([], { HOME: undefined });
    expect([homeless.code, homeless.output]).toEqual([1, expect.stringContaining('HOME is not set')]);
  });

  it('points Windows to WSL2, and refuses musl and other processors', async (test) => {
    test.skip(reason !== null, reason ?? '');
    for (const [name, answers, words] of [
      ['uname', 'echo MINGW64_NT-10.0', 'wsl --install'],
      ['uname', '[ "$1" = -s ] && echo Linux || echo riscv64', 'doesn’t run on riscv64'],
      ['ldd', 'echo musl libc; exit 1', 'this system uses musl'],
    ] as const) {
      const before = await mkdtemp(join(home, 'fake-'));
      writeFileSync(join(before, name), `#!/bin/sh\n${answers}\n`, { mode: 0o755 });
      const refused = await install([], { PATH: `${before}:${bin}` });
      expect(refused).toMatchObject({ code: 1 });
      expect(refused.output).toContain(words);
    }
    expect(existsSync(data())).toBe(false);
  });
});
