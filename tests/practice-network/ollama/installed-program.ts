import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProgramFaults } from './program-faults.ts';

/** Compiled once for all its starts, which are many and short. */
const compileCache = fileURLToPath(new URL('../../../node_modules/.cache/ollama-stand-in', import.meta.url));

/** The stand-in for the program `ollama`, in a folder that may stand in PATH. */
export interface InstalledProgram {
  readonly binary: string;
  /** From its next start on. */
  setFaults(faults: Partial<ProgramFaults>): Promise<void>;
}

export async function installOllamaProgram(
  folder: string,
  faults: Partial<ProgramFaults> = {},
): Promise<InstalledProgram> {
  await mkdir(folder, { recursive: true });
  const binary = join(folder, 'ollama');
  const faultsFile = join(folder, 'ollama-faults.json');
  const setFaults = async (next: Partial<ProgramFaults>) => {
    await writeFile(`${faultsFile}.new`, JSON.stringify(next));
    await rename(`${faultsFile}.new`, faultsFile);
  };
  await setFaults(faults);
  const program = fileURLToPath(new URL('program.ts', import.meta.url));
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  await writeFile(
    binary,
    `#!/bin/sh\nSTAND_IN_PROGRAM="$0" STAND_IN_FAULTS=${quoted(faultsFile)} NODE_NO_WARNINGS=1 NODE_COMPILE_CACHE=${quoted(compileCache)} exec ${quoted(process.execPath)} ${quoted(program)} "$@"\n`,
  );
  await chmod(binary, 0o755);
  return { binary, setFaults };
}
