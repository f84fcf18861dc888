import { closeSync, openSync, readSync } from 'node:fs';

/**
 * The machine that an ELF file was made for (`e_machine`), or null where it is no ELF file.
 * [elf(5): e_ident[EI_DATA] at 5 says the byte order, e_machine stands at 18]
 */
export function elfMachine(file: string): number | null {
  const header = Buffer.alloc(20);
  const opened = openSync(file, 'r');
  try {
    if (readSync(opened, header, 0, header.length, 0) < header.length) return null;
  } finally {
    closeSync(opened);
  }
  if (header.toString('latin1', 0, 4) !== '\x7fELF') return null;
  return header[5] === 2 ? header.readUInt16BE(18) : header.readUInt16LE(18);
}
