import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build as plist } from 'plist';

/**
 * A folder that has the shape of an unpacked Electron and none of its code: names, lists, archive and fuses of a
 * package can be made and tested with it where Electron itself cannot be had. Nothing of it runs.
 */

/** As a fresh Electron has them: runAsNode, nodeOptions, inspect, file privileges and wasm on. */
const freshFuses = '101100011';

/** [@electron/fuses: the sentinel, the version of the wire, its length, one character for each fuse] */
export function fuseWire(states: string): Buffer {
  return Buffer.concat([
    Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'),
    Buffer.from([1, states.length]),
    Buffer.from(states),
  ]);
}

/** The header of a program of Linux, and what a caller puts behind it. [elf(5)] */
export function elfStandIn(arch: 'x64' | 'arm64', behind: Buffer = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(64);
  header.write('\x7fELF', 'latin1');
  header.set([2, 1, 1], 4);
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(arch === 'x64' ? 62 : 183, 18);
  header.writeUInt32LE(1, 20);
  header.writeUInt16LE(64, 52);
  return Buffer.concat([header, behind]);
}

/** The header of a program of macOS without commands. [mach-o/loader.h] */
export function machoStandIn(arch: 'x64' | 'arm64', behind: Buffer = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(32);
  header.writeUInt32LE(0xfeedfacf, 0);
  header.writeUInt32LE(arch === 'x64' ? 0x01000007 : 0x0100000c, 4);
  header.writeUInt32LE(2, 12);
  return Buffer.concat([header, behind]);
}

/** Lays a stand-in out in `folder` as Electron's zip for `platform` unpacks. */
export function layOutStandIn(folder: string, platform: 'linux' | 'darwin', arch: 'x64' | 'arm64'): void {
  const put = (path: string, content: string | Buffer, mode = 0o644) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content, { mode });
  };
  put('LICENSE', 'Stand-in for the licence of Electron\n');
  put('LICENSES.chromium.html', '<p>Stand-in for the licences of Chromium</p>\n');
  put('version', 'stand-in\n');
  if (platform === 'linux') linuxFiles(put, arch);
  else {
    macFiles(put, arch);
    for (const [name, target] of macLinks) symlinkSync(target, join(folder, name));
  }
}

type Put = (path: string, content: string | Buffer, mode?: number) => void;

function linuxFiles(put: Put, arch: 'x64' | 'arm64'): void {
  put('electron', elfStandIn(arch, fuseWire(freshFuses)), 0o755);
  for (const name of ['chrome-sandbox', 'chrome_crashpad_handler']) put(name, elfStandIn(arch), 0o755);
  const libraries = ['libEGL.so', 'libGLESv2.so', 'libffmpeg.so', 'libvk_swiftshader.so', 'libvulkan.so.1'];
  for (const name of libraries) put(name, elfStandIn(arch), 0o755);
  const data = ['chrome_100_percent.pak', 'chrome_200_percent.pak', 'resources.pak', 'icudtl.dat'];
  for (const name of [...data, 'snapshot_blob.bin', 'v8_context_snapshot.bin', 'vk_swiftshader_icd.json'])
    put(name, `stand-in for ${name}\n`);
  for (const language of ['de', 'en-GB', 'en-US', 'fr']) put(`locales/${language}.pak`, 'stand-in\n');
  put('resources/default_app.asar', 'stand-in\n');
}

const contents = 'Electron.app/Contents';
const framework = `${contents}/Frameworks/Electron Framework.framework`;
const macLinks = [
  [`${framework}/Versions/Current`, 'A'],
  [`${framework}/Electron Framework`, 'Versions/Current/Electron Framework'],
  [`${framework}/Resources`, 'Versions/Current/Resources'],
] as const;

function macFiles(put: Put, arch: 'x64' | 'arm64'): void {
  const info = (name: string) =>
    plist({
      CFBundleExecutable: name,
      CFBundleName: name,
      CFBundleDisplayName: name,
      CFBundleIdentifier: 'com.github.Electron',
      CFBundlePackageType: 'APPL',
      CFBundleIconFile: 'electron.icns',
      CFBundleVersion: '0',
      CFBundleShortVersionString: '0',
    });
  put(`${contents}/Info.plist`, info('Electron'));
  put(`${contents}/PkgInfo`, 'APPL????');
  put(`${contents}/MacOS/Electron`, machoStandIn(arch), 0o755);
  put(`${contents}/Resources/electron.icns`, 'stand-in\n');
  put(`${contents}/Resources/default_app.asar`, 'stand-in\n');
  for (const language of ['de', 'en'])
    put(`${contents}/Resources/${language}.lproj/locale.pak`, 'stand-in\n');
  put(`${framework}/Versions/A/Electron Framework`, machoStandIn(arch, fuseWire(freshFuses)), 0o755);
  put(`${framework}/Versions/A/Resources/en.lproj/locale.pak`, 'stand-in\n');
  for (const kind of ['', ' (GPU)', ' (Plugin)', ' (Renderer)']) {
    const name = `Electron Helper${kind}`;
    put(`${contents}/Frameworks/${name}.app/Contents/Info.plist`, info(name));
    put(`${contents}/Frameworks/${name}.app/Contents/MacOS/${name}`, machoStandIn(arch), 0o755);
  }
  for (const name of ['Mantle', 'ReactiveObjC', 'Squirrel'])
    put(`${contents}/Frameworks/${name}.framework/Versions/A/${name}`, machoStandIn(arch), 0o755);
}
