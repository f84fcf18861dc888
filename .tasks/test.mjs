// npm test: everything that must hold, in one run, ending with what was skipped and why.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What some tests need from the system, by the program that shows it is there. */
const systemPackages = [
  { program: 'openssl', debian: 'openssl', needed: 'TLS tests' },
  { program: 'script', debian: 'bsdutils', needed: 'terminal tests' },
  { program: 'dbus-daemon', debian: 'dbus', needed: 'keychain tests' },
  { program: 'chromium', debian: 'chromium', needed: 'tests of the app’s windows' },
  { program: 'shellcheck', debian: 'shellcheck', needed: 'tests of the shell scripts' },
  { program: 'rpm', debian: 'rpm', needed: 'tests of the rpm' },
  { program: 'man', debian: 'man-db', needed: 'the test of the manual page' },
  { program: 'gnome-keyring-daemon', debian: 'gnome-keyring', needed: 'keychain tests' },
  { program: 'systemd-nspawn', debian: 'systemd-container', needed: 'service tests' },
];

const only = process.argv.slice(2);
const started = performance.now();

installSystemPackages();
if (only.length === 0) {
  step('Lint and format', ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings']);
  step('Layers', ['.tasks/layers.mjs']);
  step('Exports that nobody uses', ['node_modules/knip/bin/knip.js', '--no-progress']);
  step('Types', ['.tasks/run.mjs', 'typecheck']);
  step('Build', ['.tasks/run.mjs', 'build']);
}
step('Tests', ['node_modules/vitest/vitest.mjs', 'run', ...only]);
console.log(`\nAll of it took ${Math.round((performance.now() - started) / 1000)} s.`);

function step(name, args) {
  console.log(`\n${name} …`);
  const result = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (result.status === 0) return;
  console.error(`\n${name}: failed.`);
  process.exit(result.status ?? 1);
}

function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

/** Installs what is missing through apt when it may; otherwise says exactly what to install. */
function installSystemPackages() {
  const missing = systemPackages.filter(({ program }) => !onPath(program));
  if (missing.length === 0) return;
  const names = missing.map(({ debian }) => debian).join(' ');
  if (process.getuid?.() === 0 && onPath('apt-get')) {
    console.log(`Installing ${names} …`);
    const apt = (...args) =>
      spawnSync('apt-get', args, {
        stdio: ['ignore', 2, 2],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      });
    apt('update', '-qq');
    if (apt('install', '-y', '-qq', '--no-install-recommends', ...names.split(' ')).status === 0) return;
  }
  for (const { debian, needed } of missing)
    console.log(
      `Not installed: ${debian} (${needed} are skipped). Install it with: apt-get install ${debian}`,
    );
}
