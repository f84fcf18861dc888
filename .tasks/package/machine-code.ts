import { closeSync, openSync, readSync } from 'node:fs';

const elfNames: Readonly<Record<number, string>> = { 62: 'linux-x64', 183: 'linux-arm64' };
const machoNames: Readonly<Record<number, string>> = { 16777223: 'darwin-x64', 16777228: 'darwin-arm64' };

/**
 * What a file's code was made for, as `linux-x64`; null where it is no program and no library.
 * [elf(5): e_ident[EI_DATA] at 5 says the byte order, e_machine stands at 18; mach-o/loader.h, mach-o/fat.h]
 */
export function machineOf(file: string): string | null {
  const header = Buffer.alloc(20);
  const opened = openSync(file, 'r');
  try {
    if (readSync(opened, header, 0, header.length, 0) < header.length) return null;
  } finally {
    closeSync(opened);
  }
  if (header.toString('latin1', 0, 4) === '\x7fELF') {
    const machine = header[5] === 2 ? header.readUInt16BE(18) : header.readUInt16LE(18);
    return elfNames[machine] ?? `linux, machine ${machine}`;
  }
  // Little-endian with 64 bits, or several in one file.
  if (header.readUInt32LE(0) === 0xfeedfacf) {
    const processor = header.readUInt32LE(4);
    return machoNames[processor] ?? `darwin, processor ${processor}`;
  }
  return header.readUInt32BE(0) === 0xcafebabe ? 'darwin, several processors' : null;
}
