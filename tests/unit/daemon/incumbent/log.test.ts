import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lastOfficialHeartbeat } from '../../../../electron/daemon/incumbent/log.ts';
import { temporaryFolder } from '../../../fixtures/storage/sandbox.ts';

const stoppedAtMs = Date.UTC(2026, 0, 2, 3, 4, 30);
const at = (second: number) => `2026-01-02T03:04:${String(second).padStart(2, '0')}.500Z`;

async function heartbeatIn(lines: readonly string[] | null): Promise<number | null> {
  const dir = await temporaryFolder();
  if (lines !== null) writeFileSync(join(dir, 'node.log'), lines.map((line) => `${line}\n`).join(''));
  return lastOfficialHeartbeat(dir, stoppedAtMs);
}

describe('the last heartbeat in the log of the official client', () => {
  it('is the newest line with a time that reports one', async () => {
    const lines = [
      `${at(5)} heartbeat ok`,
      `[${at(25)}] Heartbeat accepted (n=12)`,
      `${at(29)} poll: nothing`,
    ];
    expect(await heartbeatIn(lines)).toBe(stoppedAtMs - 4500);
  });

  it.each([
    ['there is no log', null],
    ['it tells of none', [`${at(28)} daemon up`, 'heartbeat without a time']],
    ['the last ones failed', [`${at(27)} heartbeat failed: timeout`, `${at(28)} heartbeat rejected 403`]],
    [
      'it tells only of one long ago',
      ['2026-01-02T03:00:00Z heartbeat ok', '2026-01-02T03:00:01Z quiet now'],
    ],
    ['it tells of one after the stop', ['2026-01-02T03:05:00Z heartbeat ok']],
    ['it is no text', ['\u0000\u0001\u0002']],
  ])('is not known when %s', async (_what, lines) => {
    expect(await heartbeatIn(lines)).toBeNull();
  });
});
