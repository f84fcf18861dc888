import { chownSync, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../../../../electron/daemon/logging/logger.ts';
import { createRedactor } from '../../../../electron/daemon/logging/redaction.ts';
import { openDatabase } from '../../../../electron/daemon/storage/database.ts';
import { tryExclusive } from '../../../../electron/daemon/storage/exclusive.ts';
import { ensureStateDir, statePaths } from '../../../../electron/daemon/storage/paths.ts';
import { openSettings } from '../../../../electron/daemon/storage/settings.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import { temporaryFolder } from '../../../fixtures/storage/sandbox.ts';

describe('files that root makes in the folder of somebody else', () => {
  it('belong to whoever owns the folder', async (context) => {
    if (process.geteuid?.() !== 0) return context.skip('needs root');
    const home = join(await temporaryFolder(), 'state');
    mkdirSync(home, { mode: 0o700 });
    chownSync(home, 12_345, 12_346);
    const paths = statePaths({ stateDir: home, env: {}, platform: 'linux', homeDir: '/root' });
    await ensureStateDir(paths, { clock: systemClock });
    const settings = await openSettings({ paths }, { clock: systemClock });
    await settings.set('concurrency', 2);
    openDatabase(paths.journalFile).close();
    const held = tryExclusive(paths.lockFile);
    held?.release();
    const log = createLogger(
      { file: paths.logFile },
      {
        clock: systemClock,
        redactor: createRedactor({ homeDir: '/root', userName: 'root', hostName: 'box' }),
      },
    );
    log.info('started');
    await log.close();
    const owners = readdirSync(home, { recursive: true, encoding: 'utf8' }).map((name) => {
      const { uid, gid } = lstatSync(join(home, name));
      return `${name} ${uid}:${gid}`;
    });
    expect(owners.length).toBeGreaterThan(5);
    expect(owners.filter((one) => !one.endsWith(' 12345:12346'))).toEqual([]);
  });
});
