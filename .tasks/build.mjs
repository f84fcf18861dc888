// npm run build: the command line, then the parts of the desktop app, each by its own configuration.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { appMain, appPreload } from '../vite.config.ts';

const root = join(fileURLToPath(import.meta.url), '..', '..');
const appDir = join(root, 'dist', 'app');
const quietly = { logLevel: 'warn' };

// First: it empties the folder.
await build({ ...quietly, root, configFile: join(root, 'vite.config.ts') });
await build({ ...quietly, ...appMain(appDir) });
await build({ ...quietly, ...appPreload(appDir) });
if (existsSync(join(root, 'renderer', 'index.html')))
  await build({ ...quietly, configFile: join(root, 'renderer', 'vite.config.ts') });
