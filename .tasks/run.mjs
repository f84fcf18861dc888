// The door to every npm script: on a bare machine it installs, builds and then runs the task on the
// pinned Node. Runs on any Node >= 20, before anything is installed, so it imports nothing.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [task, ...rest] = process.argv.slice(2);
const quiet = task === 'cli';
const unusedExports = ['node_modules/knip/bin/knip.js', '--no-progress'];

const tasks = {
  build: () => build(true),
  cli: () => {
    build(false);
    return runNode(['dist/cli.mjs', ...rest]);
  },
  demo: () => {
    build(false);
    return rest.includes('--app')
      ? startApp(['tests/practice-network/demo-app.ts', ...rest.filter((word) => word !== '--app')])
      : runNode(['tests/practice-network/demo.ts', ...rest]);
  },
  start: () => {
    build(false);
    return startApp([join('node_modules', 'electron', 'cli.js'), '.', ...rest]);
  },
  practice: () => runNode(['tests/practice-network/main.ts', ...rest]),
  bench: () => {
    build(false);
    return runNode(['tests/bench/main.ts', ...rest]);
  },
  pictures: () => runNode(['tests/pictures.ts', ...rest]),
  package: async () => {
    if (rest.includes('--all') && process.platform === 'linux') {
      const { forPackages, installSystemPackages } = await import('./system-packages.mjs');
      installSystemPackages(forPackages);
    }
    return runNode(['.tasks/package/main.ts', ...rest]);
  },
  release: () => runNode(['.tasks/release/main.ts', ...rest]),
  test: () => runNode(['.tasks/test.mjs', ...rest]),
  lint: async () => {
    const code = await runNode(['node_modules/@biomejs/biome/bin/biome', 'check', ...rest]);
    if (code !== 0 || rest.length > 0) return code;
    return (await runNode(['.tasks/layers.mjs'])) || (await runNode(unusedExports));
  },
  format: () => runNode(['node_modules/@biomejs/biome/bin/biome', 'check', '--write', ...rest]),
  typecheck: async () => {
    for (const project of ['.', 'renderer']) {
      if (!existsSync(join(root, project, 'tsconfig.json'))) continue;
      const code = await runNode(['node_modules/typescript/bin/tsc', '-p', project, ...rest]);
      if (code !== 0) return code;
    }
    return 0;
  },
};

if (!Object.hasOwn(tasks, task ?? '')) {
  console.error(`No task "${task ?? ''}". Tasks: ${Object.keys(tasks).join(', ')}.`);
  process.exit(2);
}
installDependencies();
process.exit(await tasks[task]());

/** `npm ci` when the lockfile differs from the one last installed. */
function installDependencies() {
  const stamp = join(root, 'node_modules', '.installed');
  const wanted = digest([join(root, 'package-lock.json'), join(root, 'package.json')]);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.error('Installing dependencies (once) …');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (npm.status !== 0) {
    console.error('npm ci failed; see above. Nothing was started.');
    process.exit(1);
  }
  installChainProgram();
  writeFileSync(stamp, wanted);
}

/** The lockfile holds the local chain's program for Linux on x64; elsewhere it is added beside it. */
function installChainProgram() {
  const cpu = { x64: 'amd64', arm64: 'arm64' }[process.arch];
  const name = `@foundry-rs/anvil-${process.platform}-${cpu}`;
  if (existsSync(join(root, 'node_modules', name))) return;
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const version = optionalDependencies['@foundry-rs/anvil-linux-amd64'];
  const npm = spawnSync(
    'npm',
    ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error', `${name}@${version}`],
    {
      cwd: root,
      stdio: ['ignore', 2, 2],
    },
  );
  if (npm.status !== 0)
    console.error(`No local chain for this computer (${name}); demo and chain tests cannot run.`);
}

/** The pinned Node from npm on Linux; on macOS the system's own, which must be 24 or later. */
function pinnedNode() {
  const require = createRequire(join(root, 'package.json'));
  try {
    return join(dirname(require.resolve(`node-linux-${process.arch}/package.json`)), 'bin', 'node');
  } catch {
    if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
    console.error(
      `This needs Node 24 or later; here is ${process.version}. Install it from nodejs.org and run the command again.`,
    );
    process.exit(1);
  }
}

/** Runs `args` on the pinned Node with this terminal; resolves to its exit code. */
function runNode(args) {
  const node = pinnedNode();
  const child = spawn(node, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${dirname(node)}:${process.env.PATH ?? ''}` },
  });
  // Ctrl-C reaches the child by itself, as part of the terminal's foreground group; passing it on
  // would make it two, and a second one forces a daemon that is draining to stop.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(`Could not start ${args[0]}: ${error.message}`);
      resolve(1);
    });
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}

/** Runs what opens the app, once Electron is there; its program is no part of the npm package and comes on first use. */
function startApp(args) {
  if (process.env.ELECTRON_OVERRIDE_DIST_PATH) return runNode(args);
  const fetched = spawnSync(pinnedNode(), ['node_modules/electron/install.js'], {
    cwd: root,
    stdio: 'ignore',
  });
  if (fetched.status === 0) return runNode(args);
  console.error(
    'The app cannot open here: its program, Electron, could not be fetched from github.com. The same node runs without a window: npm run demo shows it on a practice network, and npm run cli -- help lists its commands.',
  );
  return 1;
}

/** Builds when a source is newer than what was built from it, or always when asked. */
function build(always) {
  const stamp = join(root, 'dist', '.built');
  const wanted = digest(sources());
  if (!always && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  if (!quiet) console.error('Building …');
  const built = spawnSync(pinnedNode(), ['.tasks/build.mjs'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (built.status !== 0) process.exit(built.status ?? 1);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
  return 0;
}

function sources() {
  const own = ['package.json', 'package-lock.json', 'vite.config.ts', '.tasks/build.mjs'];
  const files = own.map((name) => join(root, name));
  const walk = (dir) => {
    for (const entry of readdirSync(dir, { withFileTypes: true })) {
      const path = join(dir, entry.name);
      if (entry.isDirectory()) walk(path);
      else files.push(path);
    }
  };
  for (const dir of ['electron', 'renderer', 'shared', 'resources'])
    if (existsSync(join(root, dir))) walk(join(root, dir));
  return files.filter((path) => statSync(path).isFile()).sort((a, b) => (a < b ? -1 : 1));
}

function digest(files) {
  const hash = createHash('sha256');
  for (const file of files)
    hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}
