import { createHash } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { Header } from 'tar';
import type { OllamaRelease } from '../../../electron/daemon/ollama/install/release.ts';

/** One entry of an archive, well-meaning or not. */
export interface ArchiveEntry {
  path: string;
  type?: 'File' | 'Directory' | 'SymbolicLink' | 'Link' | 'CharacterDevice' | 'FIFO';
  mode?: number;
  linkpath?: string;
  body?: string | Buffer;
  /** What the header says, where it is to lie. */
  sizeBytes?: number;
}

const blockBytes = 512;

/** A tar archive of exactly these entries, compressed as its name says. */
export function packArchive(name: string, entries: readonly ArchiveEntry[]): Buffer {
  const blocks: Buffer[] = [];
  for (const { path, type = 'File', mode = 0o644, linkpath, body = '', sizeBytes } of entries) {
    const bytes = Buffer.from(body);
    const header = new Header({
      path,
      type,
      mode,
      uid: 1000,
      gid: 1000,
      size: sizeBytes ?? bytes.length,
      mtime: new Date(0),
    });
    if (linkpath !== undefined) header.linkpath = linkpath;
    const block = Buffer.alloc(blockBytes);
    header.encode(block, 0);
    blocks.push(block, bytes, Buffer.alloc((blockBytes - (bytes.length % blockBytes)) % blockBytes));
  }
  const tar = Buffer.concat([...blocks, Buffer.alloc(2 * blockBytes)]);
  return name.endsWith('.tgz') ? gzipSync(tar) : zstdCompressSync(tar);
}

/** What a release holds: the program, which is the stand-in's, and libraries beside it, one of them a link. */
export function releaseEntries(program: string, libraryBytes: number): ArchiveEntry[] {
  const library = createHash('shake256', { outputLength: libraryBytes }).update('library').digest();
  return [
    { path: './', type: 'Directory', mode: 0o755 },
    { path: './bin/', type: 'Directory', mode: 0o755 },
    { path: './bin/ollama', mode: 0o4755, body: program },
    { path: './lib/ollama/libggml.so.1', body: library },
    { path: './lib/ollama/libggml.so', type: 'SymbolicLink', linkpath: 'libggml.so.1' },
    { path: './lib/ollama/cuda/libggml.so', type: 'SymbolicLink', linkpath: '../libggml.so.1' },
  ];
}

const sha256Of = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** Release data for these archives, as `resources/ollama-release.json` has them; the second is the AMD part. */
export function releaseOf(
  archives: readonly { name: string; bytes: Buffer; sha256?: string; sizeBytes?: number | null }[],
  baseUrl: string,
): OllamaRelease {
  const [archive, amd] = archives.map(({ name, bytes, sha256, sizeBytes }) => ({
    name,
    sha256: sha256 ?? sha256Of(bytes),
    sizeBytes: sizeBytes === undefined ? bytes.length : sizeBytes,
    unpackedEstimateBytes: 10_000_000,
  }));
  if (!archive) throw new Error('a release has an archive');
  const platform = { archive, amd: amd ?? null };
  return {
    comment: [],
    version: '9.9.9',
    baseUrl,
    platforms: { 'linux-x64': platform, 'linux-arm64': platform, 'linux-arm64-jetson': null },
    officialCommand: {
      linux: 'curl -fsSL https://ollama.com/install.sh | sh',
      darwin: 'open https://ollama.com/download/mac',
    },
  };
}
