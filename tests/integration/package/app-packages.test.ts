import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appContents } from '../../../.tasks/package/app/contents.ts';
import { productVersion, root } from '../../../.tasks/package/places.ts';
import { packageContents } from '../../../.tasks/package/system-package.ts';
import { onPath, runTool } from '../../../.tasks/package/tools.ts';
import { expectServes } from '../../fixtures/cli/network.ts';
import { type FreshRoot, openFreshRoot } from '../../fixtures/package/fresh-root.ts';
import { builtAppPackage, isRealApp, noPackagesReason, onlySlowly } from '../../fixtures/package/packages.ts';

const arch = process.arch === 'arm64' ? 'arm64' : 'x64';
const reason = noPackagesReason(['deb', 'rpm']) ?? onlySlowly;
const without = (...programs: string[]) => {
  const missing = programs.filter((name) => onPath(name) === null);
  return reason ?? (missing.length > 0 ? `not installed here: ${missing.join(', ')}` : null);
};

/** The finished packages, read back by the tools of those who install them. */
describe('the packages of the app', { timeout: 300_000 }, () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'plx-app-packages-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What the app's own list names of its folder. */
  const listed = appContents('linux', arch)
    .filter(({ mode, pattern }) => mode !== 'asar' && pattern !== 'AppRun')
    .map(({ pattern }) => pattern);

  it('hold the same folder as AppImage, deb and rpm, and in deb and rpm the command on PATH', async (test) => {
    const why = without('unsquashfs', 'dpkg-deb', 'rpm');
    test.skip(why !== null, why ?? '');
    const image = await builtAppPackage('AppImage');
    const listing = runTool('unsquashfs', ['-o', offsetOf(image), '-lln', image]).split('\n');
    const inImage = listing.map((line) => line.replace(/^.*squashfs-root\/?/, '').replace(/ -> .*/, ''));
    for (const path of listed) expect(inImage, path).toContain(path);
    expect(inImage).toContain('AppRun');
    expect(listing.filter((line) => /^-..s/.test(line))).toEqual([]);
    for (const format of ['deb', 'rpm'] as const) {
      const found = packageContents(await builtAppPackage(`app-${format}`), format);
      const paths = found.map(({ path }) => path);
      for (const path of listed) expect(paths, path).toContain(`/opt/ParalleliX-Operator/${path}`);
      expect(paths).toContain('/opt/ParalleliX-Operator/resources/apparmor-profile');
      expect(paths).not.toContain('/opt/ParalleliX-Operator/AppRun');
      expect(found).toContainEqual({
        path: '/usr/bin/parallelix-operator',
        mode: 'link',
        target: '/opt/ParalleliX-Operator/resources/cli/bin/parallelix-operator',
      });
      expect(paths.filter((path) => path.endsWith('default_app.asar') || path.includes(' '))).toEqual([]);
    }
  });

  it('bring an AppRun and a desktop entry that never switch the sandbox off', async (test) => {
    const why = without('unsquashfs', 'desktop-file-validate');
    test.skip(why !== null, why ?? '');
    const image = await builtAppPackage('AppImage');
    const out = join(folder, 'image');
    const names = ['AppRun', 'parallelix-operator.desktop'];
    runTool('unsquashfs', ['-q', '-no-xattrs', '-o', offsetOf(image), '-d', out, image, ...names]);
    expect(readFileSync(join(out, 'AppRun'))).toEqual(readFileSync(join(root, 'resources/app/AppRun')));
    const entry = readFileSync(join(out, 'parallelix-operator.desktop'), 'utf8');
    expect(entry).toMatch(/^Exec=AppRun %U$/m);
    expect(entry).toContain('MimeType=x-scheme-handler/parallelix-operator;');
    expect(runTool('desktop-file-validate', [join(out, 'parallelix-operator.desktop')])).toBe('');
  });

  it('have a desktop entry and AppStream metadata that their validators accept', async (test) => {
    const why = without('dpkg-deb', 'desktop-file-validate', 'appstreamcli');
    test.skip(why !== null, why ?? '');
    const out = join(folder, 'deb');
    runTool('dpkg-deb', ['--extract', await builtAppPackage('app-deb'), out]);
    const entry = join(out, 'usr/share/applications/parallelix-operator.desktop');
    expect(runTool('desktop-file-validate', [entry])).toBe('');
    expect(readFileSync(entry, 'utf8')).toMatch(/^Exec=\/opt\/ParalleliX-Operator\/parallelix-operator %U$/m);
    const metadata = join(out, 'usr/share/metainfo/io.parallelix.operator.metainfo.xml');
    expect(runTool('appstreamcli', ['validate', '--no-net', metadata])).toContain('successful');
    expect(readFileSync(metadata, 'utf8')).toContain(`<release version="${productVersion()}"`);
  });

  it('ship a profile of AppArmor that its parser reads', (test) => {
    const why = without('apparmor_parser');
    test.skip(why !== null, why ?? '');
    const file = join(root, 'resources/app/apparmor-profile');
    const words = ['--skip-kernel-load', '--skip-cache'];
    try {
      runTool('apparmor_parser', [...words, file]);
    } catch (error) {
      // Before 4.0 there is neither the ABI nor the rule. What is left must be read.
      if (!/abi|userns/i.test(String(error))) throw error;
      const older = join(folder, 'profile');
      const text = readFileSync(file, 'utf8');
      writeFileSync(older, text.replace(/^abi.*$/m, '').replace(/^\s*userns,$/m, ''));
      expect(() => runTool('apparmor_parser', [...words, older])).not.toThrow();
    }
  });

  it('as deb: nothing for lintian to complain of but what is overridden, with reasons', async (test) => {
    const ofElectron = isRealApp ? 'tags of Electron’s own programs: by hand, docs/release.md' : null;
    const why = without('lintian') ?? ofElectron;
    test.skip(why !== null, why ?? '');
    // What stands in for Electron's programs is no more than a header.
    const ofStandIn = ['statically-linked-binary'];
    const flags = ['--allow-root', '--tag-display-limit', '0', '--suppress-tags', ofStandIn.join(',')];
    const script = 'lintian "$@" 2>&1 || true';
    const printed = runTool('sh', ['-c', script, 'sh', ...flags, await builtAppPackage('app-deb')]);
    expect(printed.split('\n').filter((line) => /^[EW]:/.test(line))).toEqual([]);
  });

  it('as deb: the installed command serves the practice network', async (test) => {
    test.skip(reason !== null, reason ?? '');
    const opened = await openFreshRoot('/');
    test.skip('reason' in opened, 'reason' in opened ? opened.reason : '');
    const here = opened as FreshRoot;
    const launcher = join(folder, 'launcher');
    try {
      const file = await builtAppPackage('app-deb');
      await here.must(`cp '${file}' '${here.path}/tmp/app.deb'`, { outside: true });
      // The libraries of a desktop are not needed by the command.
      await here.must('dpkg --install --force-depends /tmp/app.deb');
      const enter = here.enter.map((word) => `'${word}'`).join(' ');
      const inside = 'mkdir -p "$HOME" && exec parallelix-operator "$@"';
      const path = 'PATH=/usr/sbin:/usr/bin:/sbin:/bin\nexport PATH';
      writeFileSync(launcher, `#!/bin/sh\n${path}\nexec ${enter} sh -c '${inside}' sh "$@"\n`);
      chmodSync(launcher, 0o755);
      await expectServes(launcher);
    } finally {
      await here.stop();
    }
  });
});

/** Behind the runtime: where the file system of squashfs begins. [squashfs: `hsqs`] */
function offsetOf(image: string): string {
  const bytes = readFileSync(image);
  for (let at = bytes.indexOf('hsqs'); at >= 0; at = bytes.indexOf('hsqs', at + 1))
    // Its major version stands at 28, and is 4.
    if (bytes.readUInt16LE(at + 28) === 4) return String(at);
  throw new Error(`${image} has no squashfs`);
}
