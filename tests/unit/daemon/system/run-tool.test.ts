import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findingOf } from '../../../../electron/daemon/hardware/tool-finding.ts';
import { type Clock, systemClock } from '../../../../electron/daemon/system/clock.ts';
import { createToolRunner, type ToolOutcome } from '../../../../electron/daemon/system/run-tool.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'px-tool-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function tool(name: string, script: string): Promise<void> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
}

/** A clock whose timers run out when the test says so. */
function manualClock() {
  const timers = new Set<() => void>();
  const clock: Clock = {
    ...systemClock,
    after: (_delayMs, run) => {
      timers.add(run);
      return { cancel: () => timers.delete(run) };
    },
  };
  return {
    clock,
    timers,
    runOut: () => {
      for (const run of [...timers]) run();
    },
  };
}
const runner = (clock: Clock = systemClock) =>
  createToolRunner({ env: { PATH: folder }, places: ['/usr/bin', '/bin'] }, { clock });

/** The text of a file that a process is about to write. */
const written = (name: string) =>
  vi.waitFor(
    async () => {
      const text = await readFile(join(folder, name), 'utf8');
      expect(text).toMatch(/\n$/);
      return text.trim();
    },
    { timeout: 10_000, interval: 5 },
  );
const ended = (pid: number) =>
  vi.waitFor(
    async () => {
      // A killed child of ours stays a zombie until it is reaped; it runs no more.
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z');
      if (process.platform === 'linux') expect(stat).toMatch(/\) [ZX]/);
      else expect(() => process.kill(pid, 0)).toThrow();
    },
    { timeout: 10_000, interval: 5 },
  );

describe('running a vendor tool', () => {
  it('hands over what it printed', async () => {
    await tool('smi', 'printf "card, 8192\\n"; printf "note\\n" >&2');
    expect(await runner()('smi', [], { timeoutMs: 10_000 })).toEqual({
      kind: 'ran',
      stdout: 'card, 8192\n',
      stderr: 'note\n',
    });
  });

  it('passes arguments as they are: no shell reads them', async () => {
    await tool('smi', 'printf "%s\\n" "$@"');
    const args = ['$(touch hacked)', 'a b', ';id', '*'];
    expect(await runner()('smi', args, { timeoutMs: 10_000 })).toMatchObject({
      stdout: `${args.join('\n')}\n`,
    });
  });

  it('asks for plain English', async () => {
    await tool('smi', 'printf "%s" "$LC_ALL"');
    expect(await runner()('smi', [], { timeoutMs: 10_000 })).toMatchObject({ stdout: 'C' });
  });

  it('a tool that is not installed is missing, and no finding', async () => {
    const outcome = await runner()('no-such-tool-anywhere', [], { timeoutMs: 10_000 });
    expect(outcome).toEqual({ kind: 'missing' });
    expect(findingOf('no-such-tool-anywhere', outcome)).toBeNull();
  });

  it('finds a tool outside of PATH, where its vendor installs it', async () => {
    await tool('smi', 'echo here');
    const run = createToolRunner({ env: { PATH: '/nowhere' }, places: [folder] }, { clock: systemClock });
    expect(await run('smi', [], { timeoutMs: 10_000 })).toMatchObject({ stdout: 'here\n' });
  });

  it('a tool that fails is a finding with what it printed', async () => {
    await tool('smi', 'echo "Failed to initialize NVML: Driver/library version mismatch" >&2; exit 18');
    const outcome = await runner()('smi', [], { timeoutMs: 10_000 });
    expect(outcome).toMatchObject({ kind: 'failed', exitCode: 18 });
    expect(findingOf('smi', outcome)).toEqual({
      code: 'tool-failed',
      tool: 'smi',
      detail: 'Failed to initialize NVML: Driver/library version mismatch',
    });
  });

  it('a tool that may not be run is a finding', async () => {
    await writeFile(join(folder, 'smi'), '#!/bin/sh\n');
    await chmod(join(folder, 'smi'), 0o600);
    const outcome = await createToolRunner({ env: {}, places: [folder] }, { clock: systemClock })('smi', [], {
      timeoutMs: 10_000,
    });
    expect(findingOf('smi', outcome)).toEqual({ code: 'tool-not-permitted', tool: 'smi', detail: 'EACCES' });
  });

  it('a tool that cannot even be started is a finding', async () => {
    await tool('smi', 'exit 0');
    const outcome = await runner()('smi', ['\u0000'], { timeoutMs: 10_000 });
    expect(findingOf('smi', outcome)).toMatchObject({ code: 'tool-failed', tool: 'smi' });
  });

  // Without descriptors left a child has neither streams nor a pid; what is heard too late ends the process.
  it('a process without descriptors left lives on, and so does its live query of the cards', async () => {
    const daemon = new URL('../../../../electron/daemon/', import.meta.url).href;
    const code = `
      import { openSync } from 'node:fs';
      import { setTimeout as sleep } from 'node:timers/promises';
      import { systemClock as clock } from '${daemon}system/clock.ts';
      import { createToolRunner } from '${daemon}system/run-tool.ts';
      import { createNvidiaLoad } from '${daemon}hardware/nvidia-load.ts';
      const warned = [];
      const log = { debug() {}, info() {}, warn: (event) => warned.push(event), error() {} };
      const runTool = createToolRunner({ env: process.env }, { clock });
      const load = createNvidiaLoad({ env: process.env, intervalMs: 10 }, { clock, log, onFigures() {} });
      process.stdout.write('');
      try { for (;;) openSync('/dev/null'); } catch {}
      const { kind, printed } = await runTool('true', [], { timeoutMs: 5000 });
      load.start();
      await sleep(100);
      load.stop();
      process.stdout.write(JSON.stringify({ kind, printed, warned }));
      process.exit(0);`;
    const { stdout } = await promisify(execFile)('/bin/sh', [
      ...['-c', 'ulimit -n 64; exec "$0" "$@"', process.execPath],
      ...['--input-type=module', '-e', code],
    ]);
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'failed',
      printed: expect.stringMatching(/EMFILE/) as unknown,
      warned: ['telemetry-failed'],
    });
  });

  it('a tool that hangs and ignores SIGTERM is killed with its children when its time is over', async () => {
    const { clock, runOut } = manualClock();
    await tool(
      'smi',
      `trap '' TERM HUP INT; sleep 1000 & echo $! > ${folder}/child; echo looking; echo $$ > ${folder}/pid; while :; do sleep 1000; done`,
    );
    const running = runner(clock)('smi', [], { timeoutMs: 4000 });
    const pid = Number(await written('pid'));
    const child = Number(await written('child'));
    runOut();
    const outcome = await running;
    expect(outcome).toMatchObject({ kind: 'timed-out', timeoutMs: 4000 });
    expect(findingOf('smi', outcome)).toMatchObject({ code: 'tool-timed-out' });
    await ended(pid);
    await ended(child);
  });

  it('a tool that prints without end is cut off', async () => {
    await tool('smi', 'while :; do echo "endless words"; done');
    const outcome = await runner()('smi', [], { timeoutMs: 60_000 });
    expect(outcome.kind).toBe('too-large');
    expect(findingOf('smi', outcome)).toEqual({
      code: 'tool-output-too-large',
      tool: 'smi',
      detail: 'endless words',
    });
  });

  it('calling the probe off kills the tool, without a finding', async () => {
    const off = new AbortController();
    await tool('smi', `echo $$ > ${folder}/pid; exec sleep 1000`);
    const running = runner()('smi', [], { timeoutMs: 600_000, signal: off.signal });
    const pid = Number(await written('pid'));
    off.abort();
    const outcome: ToolOutcome = await running;
    expect(outcome).toEqual({ kind: 'cancelled' });
    expect(findingOf('smi', outcome)).toBeNull();
    await ended(pid);
    expect(await runner()('smi', [], { timeoutMs: 1, signal: off.signal })).toEqual({ kind: 'cancelled' });
  });

  it('leaves no timer behind', async () => {
    const { clock, timers } = manualClock();
    await tool('smi', 'exit 0');
    await runner(clock)('smi', [], { timeoutMs: 4000 });
    await runner(clock)('no-such-tool-anywhere', [], { timeoutMs: 4000 });
    expect(timers.size).toBe(0);
  });
});
