import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { layerFindings, lintFindings, root } from '../../fixtures/rules/probe.ts';

const library = 'electron/daemon/identity/keychain/library.ts';

/** How often the linter refuses an import of `code` in the file that opens entries. */
const refusedImports = async (code: string) =>
  (await lintFindings(library, code)).filter((rule) => rule === 'noRestrictedImports').length;

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
    expect(await refusedImports(forgetful.join('\n'))).toBe(forgetful.length);
    expect(await refusedImports("const { AsyncEntry } = await import('keytar');")).toBe(0);
    expect(await refusedImports(readFileSync(join(root, library), 'utf8'))).toBe(0);
  });

  it.each([
    'electron/daemon/start-daemon.ts',
    'electron/desktop/main.ts',
    'electron/main.ts',
    'renderer/a.ts',
    'shared/a.ts',
    'tests/a.ts',
  ])(
    'are refused in %s, and the library altogether',
    async (path) => {
      const everything = [...forgetful, "import { AsyncEntry } from 'keytar';"];
      // Each in a file of its own beside the named one: the check names a file and a module once.
      const sources = Object.fromEntries(
        everything.map((code, index) => [
          index === 0 ? path : join(dirname(path), `import-${index}.ts`),
          `${code}\nexport {};\n`,
        ]),
      );
      const findings = await layerFindings(sources);
      const refused = findings.filter(({ rule }) => rule === 'keychain-only-in-library');
      expect(new Set(refused.map(({ from }) => from))).toEqual(new Set(Object.keys(sources)));
    },
    60_000,
  );
});
