// Writes to a file, durably and without a pause, until it is told to end: what a model being pulled does to a disk.
import { closeSync, fsyncSync, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs';

const pieceBytes = 4 * 1024 * 1024;
const syncEveryBytes = 64 * 1024 * 1024;
const largestBytes = 1024 * 1024 * 1024;

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('disk-load: the path of the file is missing');

const file = openSync(path, 'w');
const piece = Buffer.alloc(pieceBytes);
for (let index = 0; index < piece.length; index++) piece[index] = (index * 31 + (index >> 8)) & 0xff;
let writtenBytes = 0;

function write(): void {
  writeSync(file, piece, 0, piece.length, writtenBytes);
  writtenBytes += piece.length;
  if (writtenBytes % syncEveryBytes === 0) fsyncSync(file);
  if (writtenBytes >= largestBytes) {
    ftruncateSync(file, 0);
    writtenBytes = 0;
  }
  setImmediate(write);
}

process.once('SIGTERM', () => {
  closeSync(file);
  rmSync(path, { force: true });
  process.exit(0);
});
write();
