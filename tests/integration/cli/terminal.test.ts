import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ConnectedCli, createConnectedCli } from '../../fixtures/cli/network.ts';
import { builtCli } from '../../fixtures/cli/process.ts';

const hasScript = process.platform === 'linux' && existsSync('/usr/bin/script');
const esc = '\u001b';

/** Runs the command line in a real terminal of `columns`, by util-linux' `script`. */
async function inTerminal(
  cli: ConnectedCli,
  args: readonly string[],
  columns: number,
  env: NodeJS.ProcessEnv = {},
) {
  const wrapper = join(cli.world.homeDir, 'terminal.sh');
  const command = [process.execPath, await builtCli(), ...args].map((word) => `'${word}'`).join(' ');
  await writeFile(wrapper, `stty cols ${columns} rows 24\nexec ${command}\n`);
  const child = spawn('/usr/bin/script', ['-qec', `exec sh '${wrapper}'`, '/dev/null'], {
    cwd: cli.world.homeDir,
    env: { ...cli.world.env, TERM: 'xterm', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  let text = '';
  const watchers = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += String(chunk);
    for (const look of watchers) look();
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return {
    text: () => text,
    printed: (pattern: RegExp) =>
      new Promise<void>((resolve, reject) => {
        const bound = setTimeout(
          () => reject(new Error(`not printed: ${String(pattern)} in\n${text}`)),
          20_000,
        );
        const look = () => {
          if (!pattern.test(text)) return;
          clearTimeout(bound);
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
    type: (keys: string) => void child.stdin.write(keys),
    ended,
    end: () => {
      if (child.exitCode === null && child.pid) process.kill(-child.pid, 'SIGKILL');
    },
  };
}

/** What stands on the lines of a terminal, redrawn ones as they were last. */
function linesOf(text: string): string[] {
  const plain = text.replace(new RegExp(`${esc}\\[[0-9;?]*[A-Za-z]`, 'g'), '');
  return plain.split('\n').map((line) => line.replace(/\r+$/, '').split('\r').at(-1) ?? '');
}

describe('start in a terminal', () => {
  let cli: ConnectedCli;
  let terminal: Awaited<ReturnType<typeof inTerminal>> | null = null;

  beforeEach(async (context) => {
    if (!hasScript) context.skip('util-linux’ script is not installed');
    cli = await createConnectedCli();
    await cli.makeNode();
  });
  afterEach(async () => {
    terminal?.end();
    if (hasScript) await cli.stop();
  });

  it('keeps one status line, prints events above it, and gives the cursor back after Ctrl-C', async () => {
    terminal = await inTerminal(cli, ['start'], 100);
    await terminal.printed(/● Ready/);
    const requestId = cli.network.coordinator.submit('In a terminal');
    await terminal.printed(new RegExp(`Delivered ${requestId}`));
    await terminal.printed(/served 1 · idle/);
    terminal.type('\u0003');
    expect(await terminal.ended).toBe(0);
    const text = terminal.text();
    expect(text).toContain(`${esc}[?25l`);
    expect(text.lastIndexOf(`${esc}[?25h`)).toBeGreaterThan(text.lastIndexOf(`${esc}[?25l`));
    const lines = linesOf(text);
    expect(lines.filter((line) => line.includes('● Ready'))).toEqual([]);
    expect(lines.some((line) => /^\d\d:\d\d:\d\d Delivered/.test(line))).toBe(true);
    expect(lines.findLast((line) => line !== '')).toMatch(/^Stopped\. Served 1/);
  });

  it('finishes its work and ends when the terminal hangs up', async () => {
    terminal = await inTerminal(cli, ['start'], 100);
    await terminal.printed(/● Ready/);
    const control = JSON.parse(await readFile(join(cli.world.stateDir, 'control.json'), 'utf8'));
    process.kill(control.pid, 'SIGHUP');
    expect(await terminal.ended).toBe(0);
    expect(cli.network.coordinator.ledger.heartbeats.at(-1)?.body).toMatchObject({ available: false });
  });

  it('never draws wider than the terminal, and redraws only on change', async () => {
    terminal = await inTerminal(cli, ['start'], 46);
    await terminal.printed(/● Ready/);
    await cli.world.run(['pause']);
    await terminal.printed(/● Paused/);
    await cli.world.run(['drain']);
    expect(await terminal.ended).toBe(0);
    const drawn = [...terminal.text().matchAll(new RegExp(`\r([^\r\n]*)${esc}\\[K`, 'g'))].map(
      ([, line = '']) => linesOf(line).join(''),
    );
    expect(drawn.length).toBeGreaterThan(1);
    for (const line of drawn) expect([...line].length).toBeLessThan(46);
    expect(drawn.filter((line, index) => line === drawn[index - 1])).toEqual([]);
  });

  it('has no colours with NO_COLOR, and nothing redrawn with --plain', async () => {
    terminal = await inTerminal(cli, ['start', '--plain'], 100, { NO_COLOR: '1' });
    await terminal.printed(/First heartbeat accepted/);
    await cli.world.run(['drain']);
    expect(await terminal.ended).toBe(0);
    expect(terminal.text()).not.toContain(esc);
    expect(terminal.text()).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d parallelix-operator /);
  });
});
