// npm test: everything that must hold, in one run, ending with what was skipped and why.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { forTests, installSystemPackages } from './system-packages.mjs';

const root = join(fileURLToPath(import.meta.url), '..', '..');
const only = process.argv.slice(2);
const started = performance.now();
const startedAtMs = Date.now();

installSystemPackages(forTests);
if (only.length === 0) {
  // Beside each other: each of them leaves a core idle for a good part of its time.
  await steps([
    {
      name: 'Lint and format',
      args: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings'],
    },
    { name: 'Layers', args: ['.tasks/layers.mjs'] },
    { name: 'Exports that nobody uses', args: ['node_modules/knip/bin/knip.js', '--no-progress'] },
    { name: 'Types', args: ['.tasks/run.mjs', 'typecheck'] },
    { name: 'Build', args: ['.tasks/run.mjs', 'build'] },
  ]);
}
// What was just built is not built again by the tests, as long as nobody changes what it was built of.
const env =
  only.length === 0
    ? { PARALLELIX_FRESH_BUILD: join(root, 'dist'), PARALLELIX_FRESH_SINCE: String(startedAtMs) }
    : {};
step('Tests', ['node_modules/vitest/vitest.mjs', 'run', ...only], env, inMemory());
console.log(`\nAll of it took ${Math.round((performance.now() - started) / 1000)} s.`);

/**
 * The words that run what follows them with a temporary folder in memory, which is gone with it: tests write thousands
 * of small databases, each durably. None where that needs rights that this user does not have, or memory that is not
 * there: a few hundred MB are in it at once.
 */
function inMemory() {
  if (process.platform !== 'linux' || process.geteuid?.() !== 0) return [];
  if (process.availableMemory() < 8e9) return [];
  const folder = mkdtempSync(join(tmpdir(), 'plx-tests-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  // Only as large as what is in it.
  const script = 'mount -t tmpfs -o size=64g,mode=1777 tests "$0" && TMPDIR=$0 exec "$@"';
  const words = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, folder];
  const [program, ...args] = [...words, 'true'];
  return spawnSync(program, args).status === 0 ? words : [];
}

function step(name, args, env, words = []) {
  console.log(`\n${name} …`);
  const [program, ...rest] = [...words, process.execPath, ...args];
  const result = spawnSync(program, rest, { stdio: 'inherit', env: { ...process.env, ...env } });
  if (result.status === 0) return;
  console.error(`\n${name}: failed.`);
  process.exit(result.status ?? 1);
}

/** Runs them at once; each says what it has to say in one piece, when it has ended. */
async function steps(all) {
  const codes = await Promise.all(
    all.map(({ name, args }) => {
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
      const said = [];
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(chunk));
      return new Promise((resolve) => {
        child.on('error', (error) => said.push(Buffer.from(String(error))));
        child.on('close', (code) => {
          console.log(`\n${name} …\n${Buffer.concat(said).toString('utf8').trim()}`);
          if (code !== 0) console.error(`\n${name}: failed.`);
          resolve(code ?? 1);
        });
      });
    }),
  );
  const failed = codes.find((code) => code !== 0);
  if (failed !== undefined) process.exit(failed);
}
