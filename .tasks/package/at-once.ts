import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** One run of this command that makes a part of what all of it makes. */
export interface Share {
  name: string;
  args: readonly string[];
}

/**
 * Runs all shares beside each other: nearly all of the time is taken by packers that use one core each.
 *
 * @returns true when every one of them ended well; what they print comes in one piece each
 */
export async function makeAtOnce(shares: readonly Share[]): Promise<boolean> {
  const began = performance.now();
  const codes = await Promise.all(
    shares.map(({ name, args }) => {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const said: Buffer[] = [];
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(chunk));
      return new Promise<number>((resolve) => {
        child.on('error', (error) => said.push(Buffer.from(String(error))));
        child.on('close', (code) => {
          const minutes = ((performance.now() - began) / 60_000).toFixed(1);
          const end = code === 0 ? 'made' : 'FAILED';
          console.log(
            `\n${name}: ${end} after ${minutes} min\n${Buffer.concat(said).toString('utf8').trim()}`,
          );
          resolve(code ?? 1);
        });
      });
    }),
  );
  return codes.every((code) => code === 0);
}
