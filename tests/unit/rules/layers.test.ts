import { describe, expect, it } from 'vitest';
import { brokenLayers, lintFindings, type Sources } from '../../fixtures/rules/probe.ts';

const something = 'export const something = 1;\n';
/** One import, of a file that is there. */
const oneImport = (from: string, specifier: string, target: string): Sources => ({
  [from]: `import { something } from '${specifier}';\nexport const probe = something;\n`,
  [target]: something,
});

describe('imports against the layers are refused', () => {
  it.each<[string, Sources, string]>([
    [
      'the command line from the desktop',
      oneImport('electron/cli/probe.ts', '../desktop/target.ts', 'electron/desktop/target.ts'),
      'cli-stands-beside-desktop',
    ],
    [
      'the desktop from the command line',
      oneImport('electron/desktop/probe.ts', '../cli/target.ts', 'electron/cli/target.ts'),
      'desktop-stands-beside-cli',
    ],
    [
      'Electron in the command line',
      { 'electron/cli/probe.ts': "import { app } from 'electron';\nexport const probe = app;\n" },
      'electron-only-in-desktop',
    ],
    [
      'Electron by one of its other names',
      { 'electron/node/probe.ts': "import { app } from 'electron/main';\nexport const probe = app;\n" },
      'electron-only-in-desktop',
    ],
    [
      'the composition root of the app in the daemon',
      oneImport('electron/daemon/probe.ts', '../main.ts', 'electron/main.ts'),
      'daemon-imports-only-shared',
    ],
    [
      'the node layer in the daemon',
      oneImport('electron/daemon/checks/probe.ts', '../../node/target.ts', 'electron/node/target.ts'),
      'daemon-imports-only-shared',
    ],
    [
      'a host in the node layer',
      oneImport('electron/node/probe.ts', '../cli/target.ts', 'electron/cli/target.ts'),
      'node-imports-only-daemon-and-shared',
    ],
    [
      'serving in storage',
      oneImport(
        'electron/daemon/storage/probe.ts',
        '../serving/target.ts',
        'electron/daemon/serving/target.ts',
      ),
      'daemon-room-storage',
    ],
    [
      'the composed daemon in one of its rooms',
      oneImport('electron/daemon/serving/probe.ts', '../daemon.ts', 'electron/daemon/daemon.ts'),
      'daemon-room-serving',
    ],
    [
      'a type alone, the wrong way round',
      {
        'electron/daemon/system/probe.ts':
          "import type { Target } from '../hardware/target.ts';\nexport type Probe = Target;\n",
        'electron/daemon/hardware/target.ts': 'export type Target = 1;\n',
      },
      'daemon-room-system',
    ],
    [
      'an import at run time, the wrong way round',
      {
        'electron/daemon/storage/probe.ts': "export const probe = () => import('../http/target.ts');\n",
        'electron/daemon/http/target.ts': something,
      },
      'daemon-room-storage',
    ],
    [
      'a room of the daemon that nobody gave a place',
      {
        'electron/daemon/cellar/probe.ts': "import { join } from 'node:path';\nexport const probe = join;\n",
      },
      'daemon-rooms-are-named',
    ],
    [
      'React in shared',
      { 'shared/probe.ts': "import { useState } from 'react';\nexport const probe = useState;\n" },
      'shared-imports-only-itself-and-zod',
    ],
    [
      'ethers in shared',
      { 'shared/probe.ts': "import { keccak256 } from 'ethers/crypto';\nexport const probe = keccak256;\n" },
      'shared-imports-only-itself-and-zod',
    ],
    [
      'Node in shared',
      { 'shared/probe.ts': "import { join } from 'node:path';\nexport const probe = join;\n" },
      'shared-imports-only-itself-and-zod',
    ],
    [
      'Node in the renderer',
      { 'renderer/probe.ts': "import { join } from 'node:path';\nexport const probe = join;\n" },
      'renderer-imports-only-shared',
    ],
    [
      'the daemon in the renderer',
      oneImport('renderer/probe.ts', '../electron/daemon/target.ts', 'electron/daemon/target.ts'),
      'renderer-imports-only-shared',
    ],
    [
      'createRequire',
      {
        'electron/daemon/http/probe.ts':
          "import { createRequire } from 'node:module';\nexport const probe = createRequire(import.meta.url);\n",
      },
      'no-way-around-imports',
    ],
    [
      'the environment by its module',
      { 'electron/daemon/http/probe.ts': "import { env } from 'node:process';\nexport const probe = env;\n" },
      'environment-is-handed-over',
    ],
    [
      'a package that is not shipped',
      { 'electron/daemon/http/probe.ts': "import { test } from 'vitest';\nexport const probe = test;\n" },
      'packages-are-dependencies',
    ],
    [
      'a test in the product',
      oneImport('electron/node/probe.ts', '../../tests/target.ts', 'tests/target.ts'),
      'product-knows-no-tests',
    ],
    [
      'files in a circle',
      {
        ...oneImport('electron/daemon/http/a.ts', './b.ts', 'electron/daemon/http/b.ts'),
        'electron/daemon/http/b.ts':
          "import { probe } from './a.ts';\nexport const something = () => probe;\n",
      },
      'no-circle-of-files',
    ],
    [
      'folders in a circle that no two files make',
      {
        ...oneImport('renderer/pages/a.ts', '../components/b.ts', 'renderer/components/b.ts'),
        ...oneImport('renderer/components/c.ts', '../pages/d.ts', 'renderer/pages/d.ts'),
      },
      'no-circle-of-folders',
    ],
    [
      'a folder and a file beside it, in a circle that no two files make',
      {
        ...oneImport('renderer/pages/a.ts', '../frame.ts', 'renderer/unused.ts'),
        'renderer/frame.ts':
          "import { something as other } from './pages/b.ts';\nexport const something = other;\n",
        'renderer/pages/b.ts': something,
      },
      'no-circle-of-folders',
    ],
  ])(
    '%s',
    async (_what, sources, rule) => {
      expect(await brokenLayers(sources)).toContain(rule);
    },
    60_000,
  );
});

it('imports along the layers pass, and so does one that is only made when a command is called', async () => {
  const sources: Sources = {
    'shared/ids.ts': "import * as z from 'zod';\nexport const id = z.string();\n",
    'electron/daemon/system/clock.ts': 'export const clock = 1;\n',
    'electron/daemon/storage/file.ts':
      "import { readFileSync } from 'node:fs';\nimport { clock } from '../system/clock.ts';\nexport const file = [readFileSync, clock];\n",
    'electron/daemon/serving/outbox.ts':
      "import { keccak256 } from 'ethers/crypto';\nimport { file } from '../storage/file.ts';\nexport const outbox = [file, keccak256];\n",
    'electron/daemon/daemon.ts':
      "import { outbox } from './serving/outbox.ts';\nexport const daemon = outbox;\n",
    'electron/node/hosting.ts':
      "import { daemon } from '../daemon/daemon.ts';\nexport const host = daemon;\n",
    'electron/desktop/tray.ts':
      "import { Tray } from 'electron';\nimport { host } from '../node/hosting.ts';\nexport const tray = [Tray, host];\n",
    'electron/main.ts': "import { tray } from './desktop/tray.ts';\nexport const main = tray;\n",
    'electron/cli/commands.ts': "export const help = () => import('./help.ts');\n",
    'electron/cli/help.ts': "import { help } from './commands.ts';\nexport const text = help;\n",
    'renderer/page.tsx':
      "import { useState } from 'react';\nimport { id } from '../shared/ids.ts';\nexport const page = [useState, id];\n",
  };
  expect(await brokenLayers(sources)).toEqual([]);
});

describe('what is reached without an import is refused by the linter', () => {
  it.each([
    ['fetch in the daemon', 'electron/daemon/probe.ts', "export const probe = () => fetch('https://a.b');"],
    ['fetch in the renderer', 'renderer/probe.ts', "export const probe = () => fetch('https://a.b');"],
    ['fetch in shared', 'shared/probe.ts', "export const probe = () => fetch('https://a.b');"],
    ['fetch of the window', 'renderer/probe.ts', "export const probe = () => window.fetch('https://a.b');"],
    [
      'a web socket in the renderer',
      'renderer/probe.ts',
      "export const probe = () => new WebSocket('wss://a.b');",
    ],
    ['a beacon', 'renderer/probe.ts', "export const probe = () => navigator.sendBeacon('https://a.b');"],
    [
      'fetch of the global object',
      'electron/daemon/probe.ts',
      "export const probe = () => globalThis['fetch']('https://a.b');",
    ],
    ['process.env in the daemon', 'electron/daemon/probe.ts', 'export const probe = process.env.HOME;'],
    ['process.env in a command', 'electron/cli/commands/probe.ts', 'export const probe = process.env.HOME;'],
    ['process.env in the desktop', 'electron/desktop/probe.ts', 'export const probe = process.env.HOME;'],
    [
      'the environment taken out of process',
      'electron/daemon/probe.ts',
      'const { env } = process;\nexport const probe = env.HOME;',
    ],
    ['process in shared', 'shared/probe.ts', 'export const probe = process.platform;'],
    [
      'createRequire of a module that is got at run time',
      'electron/daemon/probe.ts',
      "export const probe = process.getBuiltinModule('module').createRequire(import.meta.url);",
    ],
    ['require', 'electron/daemon/probe.ts', "export const probe = require('node:fs');"],
  ])(
    '%s',
    async (_what, path, code) => {
      expect(await lintFindings(path, `${code}\n`)).not.toEqual([]);
    },
    60_000,
  );

  it('and the same code without it passes', async () => {
    const code = 'export const probe = (env: { HOME?: string }) => [env.HOME, process.platform];\n';
    expect(await lintFindings('electron/daemon/probe.ts', code)).toEqual([]);
    expect(
      await lintFindings('electron/main.ts', 'const { env } = process;\nexport const probe = env.HOME;\n'),
    ).toEqual([]);
  });
});
