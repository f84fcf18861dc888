import { chmodSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import { startNode } from '../../../../electron/node/operations/update/take-over.ts';
import { pathsOf } from '../../../fixtures/faults/host.ts';
import { patienceMs } from '../../../fixtures/patience.ts';

describe('a version that is started beside the running one', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plx-started-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function whyUnprepared(script: string): Promise<string | null> {
    const launcher = join(folder, 'launcher');
    writeFileSync(launcher, script);
    chmodSync(launcher, 0o755);
    const options = { launcher, args: [], env: process.env, beside: true };
    const started = await startNode(options, { paths: pathsOf(join(folder, 's')), clock: systemClock });
    return started.prepared(patienceMs);
  }

  it('says what it printed when it ends at once', async () => {
    const script = '#!/bin/sh\necho "a fault in the new version" >&2\nexit 70\n';
    expect(await whyUnprepared(script)).toContain('a fault in the new version');
  });

  it('says why the system could not start it', async () => {
    expect(await whyUnprepared('#!/no/such/interpreter\n')).toContain('ENOENT');
  });
});
