import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect } from 'vitest';
import { builtCli, type CliWorld } from './cli-process.ts';

/** A real terminal, by util-linux' `script`. */
export const hasScript = process.platform === 'linux' && existsSync('/usr/bin/script');
const boundMs = 20_000;

/** Runs the command line in a real terminal and types what it asks for. */
export async function converse(
  world: CliWorld,
  args: readonly string[],
  talk: readonly (readonly [question: RegExp, answer: string])[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: number | null; text: string }> {
  const command = [process.execPath, await builtCli(), ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('/usr/bin/script', ['-qec', `exec ${command}`, '/dev/null'], {
    cwd: world.homeDir,
    env: { ...world.env, TERM: 'xterm', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const bound = setTimeout(() => child.kill('SIGKILL'), boundMs);
  let text = '';
  let answered = 0;
  const left = [...talk];
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += String(chunk);
    const [question, answer] = left[0] ?? [];
    if (question === undefined || answer === undefined || !question.test(text.slice(answered))) return;
    answered = text.length;
    left.shift();
    child.stdin.write(answer);
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearTimeout(bound);
  expect(left.map(([question]) => String(question))).toEqual([]);
  return { code, text };
}
