import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../fixtures/storage/sandbox.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const library = 'electron/daemon/identity/keychain/library.ts';

/** Lints one file by the rules of the project; how often the rule on imports was broken. */
async function brokenImports(path: string, code: string): Promise<number> {
  const folder = await temporaryFolder();
  const {
    $schema: _schema,
    vcs: _vcs,
    ...rules
  } = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'));
  writeFileSync(join(folder, 'biome.json'), JSON.stringify(rules));
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), code);
  const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  const only = '--only=style/noRestrictedImports';
  const { stdout } = spawnSync(process.execPath, [biome, 'lint', only, '--reporter=json', path], {
    cwd: folder,
    encoding: 'utf8',
  });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { category: string }[] };
  return diagnostics.filter(({ category }) => category === 'lint/style/noRestrictedImports').length;
}

const forgetful = [
  "import { Entry } from 'keytar';",
  "import { findCredentials } from 'keytar';",
  "import { findCredentialsAsync } from 'keytar';",
  "import * as all from 'keytar';",
  "import all from 'keytar';",
  "import { getPassword } from 'keytar/keytar';",
  "import { getPassword } from 'keytar/keytar.js';",
  "import { AsyncEntry } from '@napi-rs/keyring';",
  "import native from '@napi-rs/keyring-linux-x64-gnu';",
  "const { Entry } = await import('keytar');",
  "const all = await import('keytar');",
  "const all = require('keytar');",
];

describe('the forgetful parts of the keyring library', () => {
  it('are refused by the linter in the file that opens entries, and the pinned class is not', async () => {
    expect(await brokenImports(library, forgetful.join('\n'))).toBe(forgetful.length);
    expect(await brokenImports(library, "const { AsyncEntry } = await import('keytar');")).toBe(0);
    expect(await brokenImports(library, readFileSync(join(root, library), 'utf8'))).toBe(0);
  }, 60_000);

  it.each([
    'electron/daemon/host.ts',
    'electron/desktop/main.ts',
    'electron/main.ts',
    'renderer/a.ts',
    'shared/a.ts',
    'tests/a.ts',
  ])(
    'are refused in %s, and the library altogether',
    async (path) => {
      const everything = [...forgetful, "import { AsyncEntry } from 'keytar';"];
      expect(await brokenImports(path, everything.join('\n'))).toBe(everything.length);
    },
    60_000,
  );
});
