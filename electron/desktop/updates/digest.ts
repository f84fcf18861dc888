import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { errorCode } from '../../daemon/storage/atomic-file.ts';

const pieceBytes = 1024 * 1024;

/** Of a file; `gone` where there is none. */
export async function digestOf(
  path: string,
  algorithm: 'sha256' | 'sha512',
  encoding: 'hex' | 'base64',
): Promise<string> {
  const hash = createHash(algorithm);
  try {
    for await (const piece of createReadStream(path, { highWaterMark: pieceBytes }))
      hash.update(piece as Buffer);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 'gone';
    throw error;
  }
  return hash.digest(encoding);
}
