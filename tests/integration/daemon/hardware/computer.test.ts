import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readComputer } from '../../../../electron/daemon/hardware/computer.ts';
import { systemClock as clock } from '../../../../electron/daemon/system/clock.ts';
import { builtCli } from '../../../fixtures/cli/process.ts';

/** A folder first on PATH, with programs that are not what they are called. */
describe('what the computer calls itself', () => {
  const before = process.env.PATH;
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'plx-tools-'));
  });
  afterEach(() => {
    process.env.PATH = before;
    rmSync(folder, { recursive: true, force: true });
  });
  function put(name: string, script: string): void {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
    process.env.PATH = `${folder}:${before}`;
  }

  it('is read from this very computer', async () => {
    const computer = await readComputer({ limitMs: 120_000 }, { clock });
    expect(computer.physicalCores).toBeGreaterThan(0);
    expect(computer.physicalCores).toBeLessThanOrEqual(cpus().length);
    expect(computer.system).toMatch(/\w/);
    expect([true, false]).toContain(computer.hasBattery);
    expect(JSON.stringify(computer)).not.toMatch(/vram|serial|uuid/i);
  });

  it('names the disks that stay, and their kind only where it is the disk that says so', async () => {
    const line = (
      name: string,
      model: string,
      rota: string,
      removable = '0',
      size = '1000204886016',
      type = 'disk',
    ) =>
      `NAME="${name}" TYPE="${type}" SIZE="${size}" FSTYPE="" MOUNTPOINT="" UUID="" ROTA="${rota}" RO="0" RM="${removable}" TRAN="sata" SERIAL="S1" LABEL="" MODEL="${model}" OWNER="root"`;
    const lines = [
      line('nvme0n1', 'Samsung SSD 980', '0'),
      line('sda', 'WDC WD40EFRX', '1'),
      line('sda1', '', '1', '0', '1000', 'part'),
      line('vda', '', '1'),
      line('zram0', '', '0'),
      line('sdb', 'USB Flash', '1', '1'),
      line('loop0', '', '0', '0', '100', 'loop'),
    ];
    put('lsblk', `cat <<'END'\n${lines.join('\n')}\nEND`);
    const { disks } = await readComputer({ limitMs: 120_000 }, { clock });
    expect(disks).toEqual([
      { name: 'Samsung SSD 980', kind: 'SSD', bytes: 1_000_204_886_016 },
      { name: 'WDC WD40EFRX', kind: 'HDD', bytes: 1_000_204_886_016 },
      { name: 'vda', kind: null, bytes: 1_000_204_886_016 },
    ]);
  });

  it('is not waited for where a tool hangs: the rest is known, and what hung has ended', async () => {
    const pids = join(folder, 'pids');
    put('lsblk', `echo $$ >> '${pids}'; sleep 600; echo never`);
    const computer = await readComputer({ limitMs: 5000 }, { clock });
    expect(computer.disks === null || computer.disks.length === 0).toBe(true);
    // On a busy machine the thread may begin after nobody waits for it any more.
    while (!existsSync(pids) || readFileSync(pids, 'utf8') === '')
      await new Promise((resolve) => setTimeout(resolve, 50));
    const started = readFileSync(pids, 'utf8').trim().split('\n').map(Number);
    expect(started.length).toBeGreaterThan(0);
    for (const pid of started) await ended(pid);
  });

  it('is unknown, and nothing fails, where there are no tools at all', async () => {
    process.env.PATH = folder;
    const computer = await readComputer({ limitMs: 120_000 }, { clock });
    // What Node itself knows of processors is left.
    expect(computer.disks === null || computer.disks.length === 0).toBe(true);
  });

  it('is in the bundled command line, and none of it is loaded until somebody asks', async () => {
    const cli = await builtCli();
    expect(readFileSync(cli, 'utf8')).toContain('computerWorkerText = ()');
    const home = join(folder, 'home');
    const env = { PATH: before, HOME: home, PARALLELIX_STATE_DIR: join(home, 's'), LANG: 'C.UTF-8' };
    const report = execFileSync(process.execPath, [cli, 'diagnostics', '--plain'], { env, encoding: 'utf8' });
    expect(report).toMatch(/^processor: .*, \d+ cores$/m);
  });
});

async function ended(pid: number): Promise<void> {
  for (;;) {
    try {
      if (/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) return;
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
