import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';

/** Ends by itself once it has heard the signal, or after a second. */
const program = (imports: string) => `
  ${imports}
  setTimeout(() => process.exit(0), 1000);
  console.log('up');`;
const daemon = new URL('../../../electron/node/no-debugger.ts', import.meta.url).href;

async function stderrAfterSignal(imports: string): Promise<string> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program(imports)]);
  let printed = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  await once(child.stdout, 'data');
  child.kill('SIGUSR1');
  await once(child, 'close');
  return printed;
}

describe('SIGUSR1, on which Node opens a debugger', () => {
  it('opens none in a program of ours', async () => {
    expect(await stderrAfterSignal(`import '${daemon}';`)).toBe('');
  });
  it('opens one elsewhere: the test would see it', async () => {
    expect(await stderrAfterSignal('')).toMatch(/Debugger listening/);
  });
  it.each(['electron/cli/main.ts', 'electron/main.ts'])('is handled by %s before all else', async (host) => {
    const { readFileSync } = await import('node:fs');
    const source = readFileSync(new URL(`../../../${host}`, import.meta.url), 'utf8');
    const imports = [...source.matchAll(/^import .*'([^']+)';$/gm)].map(([, name]) => name ?? '');
    const own = imports.findIndex((name) => name.endsWith('node/no-debugger.ts'));
    expect(own).toBeGreaterThanOrEqual(0);
    expect(own).toBeLessThanOrEqual(2);
  });
});
