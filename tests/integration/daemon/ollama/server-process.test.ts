import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openServerLog, rotateServerLog } from '../../../../electron/daemon/ollama/server/log.ts';
import { adoptServer, launchServer } from '../../../../electron/daemon/ollama/server/process.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import { modeOf } from '../../../fixtures/ollama/server.ts';
import { temporaryFolder } from '../../../fixtures/storage/sandbox.ts';

describe('the process of a server', () => {
  it('that is not there is not taken over', async () => {
    expect(
      await adoptServer({ pid: 2 ** 22 + 1, start: 'x', binary: '/x' }, { clock: systemClock }),
    ).toBeNull();
  });

  it.each([
    ['is missing', 'nothing-here', 'ENOENT'],
    ['must not be run', 'plain', 'EACCES'],
  ])('whose program %s says so', async (_, name, reason) => {
    const folder = await temporaryFolder();
    writeFileSync(join(folder, 'plain'), '', { mode: 0o600 });
    const launched = launchServer(
      { binary: join(folder, name), env: {}, logFile: join(folder, 'log') },
      { clock: systemClock },
    );
    await expect(launched).rejects.toMatchObject({ code: 'ollama-start-failed', details: { reason } });
  });

  it('whose log cannot be written says so', async () => {
    const folder = await temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    const logFile = join(folder, 'file', 'log');
    const launched = launchServer({ binary: '/bin/true', env: {}, logFile }, { clock: systemClock });
    await expect(launched).rejects.toMatchObject({ code: 'ollama-start-failed', details: { logFile } });
  });
});

describe('the log of a server', () => {
  it('is rotated when it has grown, five files in all, and the server writes on into the same file', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'ollama.log');
    const writer = openServerLog(path);
    for (let round = 1; round <= 7; round += 1) {
      writeFileSync(writer.descriptor, `round ${round} ${'x'.repeat(100)}\n`);
      expect(rotateServerLog(path, { maxBytes: 100 })).toBe(true);
    }
    writeFileSync(writer.descriptor, 'round 8\n');
    expect(rotateServerLog(path, { maxBytes: 100 })).toBe(false);
    expect(readFileSync(path, 'utf8')).toBe('round 8\n');
    expect(readdirSync(folder).sort()).toEqual(['ollama.log', ...[1, 2, 3, 4].map((n) => `ollama.log.${n}`)]);
    expect(readFileSync(`${path}.1`, 'utf8')).toContain('round 7');
    expect(readFileSync(`${path}.4`, 'utf8')).toContain('round 4');
    expect(modeOf(`${path}.1`)).toBe(0o600);
  });

  it('is emptied all the same when it cannot be rotated', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'ollama.log');
    const writer = openServerLog(path);
    writeFileSync(writer.descriptor, 'x'.repeat(200));
    // A folder in the way of the copy stands for a disk without room.
    const { mkdirSync } = await import('node:fs');
    mkdirSync(`${path}.new`);
    expect(rotateServerLog(path, { maxBytes: 100 })).toBe(true);
    expect(statSync(path).size).toBe(0);
  });

  it('is never written through a link that somebody put in its place', async () => {
    const folder = await temporaryFolder();
    const { symlinkSync } = await import('node:fs');
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'ollama.log'));
    expect(() => openServerLog(join(folder, 'ollama.log'))).toThrow(/ELOOP/);
  });
});
