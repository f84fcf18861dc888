import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PullableModel, PullManifest } from './library.ts';
import { findManifest } from './library.ts';
import { fullName } from './models.ts';
import { blobPath } from './partials.ts';

/** Where Ollama keeps the manifest of an installed model: `manifests/registry.ollama.ai/library/phi4/latest`. */
function manifestPath(modelsDir: string, name: string): string {
  const [path = '', tag = ''] = fullName(name).toLowerCase().split(':');
  const parts = path.split('/');
  const model = parts.pop() ?? '';
  const namespace = parts.pop() ?? 'library';
  return join(modelsDir, 'manifests', parts.join('/') || 'registry.ollama.ai', namespace, model, tag);
}

export async function writeManifest(modelsDir: string, { model, json }: PullManifest): Promise<void> {
  const path = manifestPath(modelsDir, model.name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, json);
}

/** Forgets a model, and removes the layers that no other installed model has. */
export async function removeManifest(modelsDir: string, name: string): Promise<void> {
  const path = manifestPath(modelsDir, name);
  const mine = digestsIn(await readFile(path, 'utf8').catch(() => '{}'));
  await rm(path, { force: true });
  const needed = new Set((await allManifests(modelsDir)).flatMap(digestsIn));
  const blobDir = join(modelsDir, 'blobs');
  await Promise.all(
    mine
      .filter((digest) => !needed.has(digest))
      .map((digest) => rm(blobPath(blobDir, digest), { force: true })),
  );
}

/** The models of the library that lie whole in a folder of an earlier run. */
export async function installedIn(
  modelsDir: string,
  library: readonly PullableModel[],
): Promise<PullManifest[]> {
  const found = new Set(await allManifests(modelsDir));
  return library.flatMap(({ name }) => {
    const manifest = findManifest(library, name);
    return manifest && found.has(manifest.json) ? [manifest] : [];
  });
}

async function allManifests(modelsDir: string): Promise<string[]> {
  const folder = join(modelsDir, 'manifests');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')));
}

function digestsIn(json: string): string[] {
  const manifest = JSON.parse(json) as { config?: { digest: string }; layers?: { digest: string }[] };
  return [...(manifest.layers ?? []), ...(manifest.config ? [manifest.config] : [])].map(
    ({ digest }) => digest,
  );
}
