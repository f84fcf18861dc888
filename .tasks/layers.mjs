// Which folder may import which: the rules of .dependency-cruiser.mjs, and no circle between folders that lie side by
// side. Part of `npm run lint` and `npm test`.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * Every rule that the sources below `folder` break.
 *
 * @param {string} folder
 * @param {readonly string[]} sources folders and files in it
 * @returns {Promise<{ rule: string, from: string, to: string }[]>}
 */
async function brokenRules(folder, sources) {
  const options = await extractDepcruiseOptions(join(root, '.dependency-cruiser.mjs'));
  const { output } = await cruise([...sources], { ...options, baseDir: folder });
  const broken = output.summary.violations.map(({ rule, from, to, cycle }) => ({
    rule: rule.name,
    from,
    to: cycle === undefined ? to : cycle.map(({ name }) => name).join(' → '),
  }));
  return [...broken, ...circlesOfFolders(output.modules)];
}

/**
 * Circles between the children of one folder: a folder with all that lies below it, or a file. A folder may use the files
 * that lie beside it; none of those may lead back into it.
 */
function circlesOfFolders(modules) {
  const siblings = new Map();
  for (const { source, dependencies } of modules) {
    for (const { resolved, dependencyTypes } of dependencies) {
      if (!dependencyTypes.includes('local')) continue;
      const [from, to] = [source.split('/'), resolved.split('/')];
      const fork = from.findIndex((name, depth) => name !== to[depth]);
      if (fork === -1 || fork >= to.length) continue;
      const parent = from.slice(0, fork).join('/');
      const edges = siblings.get(parent) ?? new Map();
      siblings.set(parent, edges);
      const [a, b] = [from[fork], to[fork]];
      const files = [fork === from.length - 1, fork === to.length - 1];
      // Circles of files have a rule of their own. A table that loads what uses it, when it is asked for, is none.
      if (files.every(Boolean) || (files[0] && dependencyTypes.includes('dynamic-import'))) continue;
      const targets = edges.get(a) ?? new Map();
      edges.set(a, targets);
      if (!targets.has(b)) targets.set(b, `${source} imports ${resolved}`);
    }
  }
  return [...siblings].flatMap(([parent, edges]) =>
    [...edges].flatMap(([a, targets]) =>
      [...targets]
        .filter(([b]) => reaches(edges, b, a))
        .map(([b, example]) => ({
          rule: 'no-circle-of-folders',
          from: join(parent, a),
          to: `${join(parent, b)} (${example})`,
        })),
    ),
  );
}

function reaches(edges, start, goal) {
  const seen = new Set([start]);
  for (const name of seen) {
    if (name === goal) return true;
    for (const next of edges.get(name)?.keys() ?? []) seen.add(next);
  }
  return false;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  // Another folder, laid out like this one, is what the tests of these rules hand over.
  const folder = process.argv[2] ?? root;
  const sources = ['electron', 'renderer', 'shared', 'tests'].filter((name) =>
    existsSync(join(folder, name)),
  );
  const broken = await brokenRules(folder, sources);
  for (const { rule, from, to } of broken) console.error(`${rule}: ${from} → ${to}`);
  if (broken.length > 0) {
    console.error(
      `\n${broken.length} against the layers; .dependency-cruiser.mjs says why each rule is there.`,
    );
    process.exit(1);
  }
  console.log('Every import follows the layers.');
}
