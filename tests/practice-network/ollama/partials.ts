import { type FileHandle, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import type { Layer } from './library.ts';

/*
 * What Ollama keeps of a layer that is on its way: `sha256-…-partial` with the full length from the start, filled in
 * parts, and beside it `sha256-…-partial-N` for each part, which is written when the part ends, however it ends.
 */

/** Ollama has 16 parts of at least 100 MB; smaller ones here, so that small layers have several too. */
const mostParts = 16;
const smallestPartBytes = 1024 * 1024;

const partSchema = z.object({ N: z.number(), Offset: z.number(), Size: z.number(), Completed: z.number() });
type Part = z.infer<typeof partSchema>;

export interface Partial {
  readonly completedBytes: number;
  /** Writes the next bytes; false when all are there. `most`: no more than that many at once. */
  writeNext(most: number): Promise<number>;
  /** Ends this attempt: what came stays. */
  leave(): Promise<void>;
  /** All is there: the layer gets its name. */
  finish(): Promise<void>;
}

export const blobPath = (blobDir: string, digest: string) => join(blobDir, digest.replace(':', '-'));

/** Ends of the attempts that write a file now, the last one's by path. */
const attempts = new Map<string, Promise<void>>();

/** One attempt writes a layer at a time: the next one begins when the one before has put down how far it came. */
async function turnOf(partialPath: string): Promise<() => void> {
  const before = attempts.get(partialPath);
  const { promise, resolve } = Promise.withResolvers<void>();
  attempts.set(partialPath, promise);
  await before;
  return () => {
    resolve();
    if (attempts.get(partialPath) === promise) attempts.delete(partialPath);
  };
}

export async function openPartial(blobDir: string, layer: Layer): Promise<Partial> {
  const path = blobPath(blobDir, layer.digest);
  const partialPath = `${path}-partial`;
  const over = await turnOf(partialPath);
  try {
    return await openInTurn(path, layer, over);
  } catch (cause) {
    over();
    throw cause;
  }
}

async function openInTurn(path: string, layer: Layer, over: () => void): Promise<Partial> {
  const partialPath = `${path}-partial`;
  const parts = (await readParts(partialPath)) ?? (await makeParts(partialPath, layer.bytes));
  const file: FileHandle = await open(partialPath, 'r+').catch(() => open(partialPath, 'w+'));
  await file.truncate(layer.bytes);
  const savePart = (part: Part) => writeFile(`${partialPath}-${part.N}`, JSON.stringify(part));

  return {
    get completedBytes() {
      return parts.reduce((sum, { Completed }) => sum + Completed, 0);
    },
    async writeNext(most) {
      const part = parts.find(({ Completed, Size }) => Completed < Size);
      if (!part) return 0;
      const at = part.Offset + part.Completed;
      const bytes = layer.read(at, Math.min(most, part.Size - part.Completed));
      await file.write(bytes, 0, bytes.length, at);
      part.Completed += bytes.length;
      if (part.Completed === part.Size) await savePart(part);
      return bytes.length;
    },
    async leave() {
      try {
        await Promise.all(parts.map(savePart));
        await file.close();
      } finally {
        over();
      }
    },
    async finish() {
      try {
        await file.close();
        await Promise.all(parts.map(({ N }) => rm(`${partialPath}-${N}`, { force: true })));
        await rename(partialPath, path);
      } finally {
        over();
      }
    },
  };
}

async function readParts(partialPath: string): Promise<Part[] | null> {
  const prefix = `${basename(partialPath)}-`;
  const names = (await readdir(dirname(partialPath))).filter((name) => name.startsWith(prefix));
  if (names.length === 0) return null;
  const parts = await Promise.all(
    names.map(async (name) =>
      partSchema.parse(JSON.parse(await readFile(join(dirname(partialPath), name), 'utf8'))),
    ),
  );
  return parts.sort((a, b) => a.N - b.N);
}

async function makeParts(partialPath: string, bytes: number): Promise<Part[]> {
  const size = Math.max(smallestPartBytes, Math.ceil(bytes / mostParts));
  const parts: Part[] = [];
  for (let offset = 0; offset < bytes; offset += size) {
    parts.push({ N: parts.length, Offset: offset, Size: Math.min(size, bytes - offset), Completed: 0 });
  }
  await Promise.all(parts.map((part) => writeFile(`${partialPath}-${part.N}`, JSON.stringify(part))));
  return parts;
}

export async function sizeOf(path: string): Promise<number | null> {
  return stat(path).then(
    (found) => found.size,
    () => null,
  );
}
