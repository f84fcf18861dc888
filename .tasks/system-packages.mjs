// Programs of the system that tests and packers use, and what brings them on Debian. Imports nothing that is installed.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Of `npm test`. */
export const forTests = [
  { program: 'openssl', debian: 'openssl', needed: 'TLS tests' },
  { program: 'script', debian: 'bsdutils', needed: 'terminal tests' },
  { program: 'dbus-daemon', debian: 'dbus', needed: 'keychain tests' },
  {
    program: 'chromium-headless-shell',
    debian: 'chromium-headless-shell',
    needed: 'tests of the app’s windows',
  },
  { program: 'shellcheck', debian: 'shellcheck', needed: 'tests of the shell scripts' },
  { program: 'rpm', debian: 'rpm', needed: 'tests of the rpm' },
  { program: 'man', debian: 'man-db', needed: 'the test of the manual page' },
  { program: 'gnome-keyring-daemon', debian: 'gnome-keyring', needed: 'keychain tests' },
  { program: 'systemd-nspawn', debian: 'systemd-container', needed: 'service tests' },
];

/** Of `npm run package -- --all`, and of the slow tests that it ends with. */
export const forPackages = [
  ...forTests.filter(({ program }) =>
    ['chromium-headless-shell', 'rpm', 'script', 'shellcheck'].includes(program),
  ),
  { program: 'strip', debian: 'binutils', needed: 'packages for this processor' },
  { program: 'llvm-strip', debian: 'llvm', needed: 'packages for another processor' },
  { program: 'xz', debian: 'xz-utils', needed: 'the tar.xz' },
  { program: 'pip3', debian: 'python3-pip', needed: 'deb and rpm' },
  { program: 'mksquashfs', debian: 'squashfs-tools', needed: 'the AppImage' },
  { program: 'desktop-file-validate', debian: 'desktop-file-utils', needed: 'the AppImage' },
  { program: '7za', debian: 'p7zip-full', needed: 'the zip for macOS' },
  { program: 'appstreamcli', debian: 'appstream', needed: 'the test of the AppStream metadata' },
  { program: 'apparmor_parser', debian: 'apparmor', needed: 'the test of the AppArmor profile' },
  { program: 'lintian', debian: 'lintian', needed: 'tests of the deb' },
  { program: 'debootstrap', debian: 'debootstrap', needed: 'tests on a fresh Debian' },
  { program: 'curl', debian: 'curl', needed: 'tests of install.sh' },
];

function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

/** Installs what is missing through apt when it may; otherwise says exactly what to install. */
export function installSystemPackages(wanted) {
  const missing = wanted.filter(({ program }) => !onPath(program));
  if (missing.length === 0) return;
  const names = missing.map(({ debian }) => debian);
  if (process.getuid?.() === 0 && onPath('apt-get')) {
    console.log(`Installing ${names.join(' ')} …`);
    const apt = (...args) =>
      spawnSync('apt-get', args, {
        stdio: ['ignore', 2, 2],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      });
    const install = (...packages) =>
      apt('install', '-y', '-qq', '--no-install-recommends', ...packages).status === 0;
    apt('update', '-qq');
    if (install(...names)) return;
    // One that this system does not have leaves the others installed.
    for (const name of names) install(name);
  }
  for (const { debian, needed } of missing.filter(({ program }) => !onPath(program)))
    console.log(`Not installed: ${debian} (for ${needed}). Install it with: apt-get install ${debian}`);
}
