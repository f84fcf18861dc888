/*
 * npm run release -- --notes FILE: makes a folder of a release from the packages that `npm run package -- --all` made
 * and signs it. [docs/release.md]
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { productVersion, root } from '../package/places.ts';
import { makeRelease } from './release.ts';
import { type ReleaseKeys, readPrivateKey } from './signing.ts';

const keyVariable = 'PARALLELIX_RELEASE_KEY_FILE';
const usage = `release: flags are --notes FILE, --packages DIR, --out DIR and --url ADDRESS; ${keyVariable} names the file of the private key`;

try {
  const { values } = parseArgs({
    options: {
      notes: { type: 'string' },
      packages: { type: 'string', default: join(root, 'packages') },
      out: { type: 'string', default: join(root, 'packages', 'release') },
      url: { type: 'string' },
    },
    strict: true,
  });
  const keyFile = process.env[keyVariable];
  if (!keyFile) throw new Error(`${keyVariable} is not set`);
  const keys = JSON.parse(readFileSync(join(root, 'resources', 'release-key.json'), 'utf8')) as ReleaseKeys;
  const made = makeRelease({
    version: productVersion(),
    packagesDir: values.packages,
    outDir: values.out,
    notes: values.notes === undefined ? '' : readFileSync(values.notes, 'utf8').trim(),
    publishedAt: new Date(),
    releaseUrl: values.url ?? keys.releaseUrl,
    privateKey: readPrivateKey(keyFile),
    trusted: keys,
  });
  for (const name of made.names) console.log(name);
  console.log(`\n${made.names.length} files in ${values.out}, signed by key ${made.keyId}.`);
} catch (error) {
  console.error(`${usage}\nrelease: ${(error as Error).message.split('\n')[0]}`);
  process.exit(2);
}
