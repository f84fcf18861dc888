import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { beginProbation } from '../../../../electron/desktop/updates/probation.ts';
import { changeUpdateRecord, readUpdateRecord } from '../../../../electron/node/operations/update/record.ts';
import { silentLog } from '../../../fixtures/silent-log.ts';
import { createSimulatedClock, type SimulatedClock } from '../../../fixtures/simulated-clock.ts';

let folder: string;
let clock: SimulatedClock;
let did: string[];
let accepted: boolean;
const place = () => ({ recordFile: join(folder, 'app-update.json') });
/** One that nobody has: pids stay below it. */
const nobody = 2 ** 30;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plp-'));
  clock = createSimulatedClock();
  did = [];
  accepted = false;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function handedOver(
  more: { online?: boolean; starts?: number; watcherPid?: number } = {},
): Promise<void> {
  const handover = {
    ...{ from: '0.1.0', to: '0.2.0', sha256: 'ab', service: null, stateDir: '/s', startedAtMs: clock.now() },
    ...{ online: true, starts: 0, watcherPid: nobody, ...more },
  };
  await changeUpdateRecord(place(), (record) => ({ ...record, handover }));
}

const begin = (version = '0.2.0') =>
  beginProbation(
    { version, place: place() },
    {
      ...{ clock, log: silentLog, accepted: () => accepted },
      settle: async () => void did.push('settle'),
      async goBack() {
        did.push('go back');
        return true;
      },
    },
  );

describe('a version that an update has put here', () => {
  it('counts its starts', async () => {
    await handedOver();
    await begin();
    await begin();
    expect((await readUpdateRecord(place())).handover?.starts).toBe(2);
  });

  it('has proven itself with its first accepted heartbeat', async () => {
    await handedOver();
    const probation = await begin();
    await probation.onEvent();
    expect(probation.change).toEqual({ from: '0.1.0', to: '0.2.0' });
    accepted = true;
    await probation.onEvent();
    await probation.onEvent();
    expect(probation.change).toBeNull();
    expect(did).toEqual(['settle']);
    expect(await readUpdateRecord(place())).toMatchObject({ handover: null, last: { to: '0.2.0' } });
  });

  it('goes back after ten minutes without one, where nobody watches it', async () => {
    await handedOver();
    const probation = await begin();
    await clock.advance(599_000);
    expect(did).toEqual([]);
    await clock.advance(2000);
    expect(did).toEqual(['go back']);
    expect(probation.change).toBeNull();
    expect((await readUpdateRecord(place())).failures[0]).toMatchObject({ version: '0.2.0', attempts: 1 });
  });

  it('leaves that to the old one while it watches', async () => {
    await handedOver({ watcherPid: process.ppid });
    const probation = await begin();
    expect(probation.watched).toBe(true);
    await clock.advance(700_000);
    expect(did).toEqual([]);
  });

  it('proves itself by staying up where heartbeats were not accepted before either', async () => {
    await handedOver({ online: false });
    await begin();
    await clock.advance(61_000);
    expect(did).toEqual(['settle']);
  });

  it('goes back at its fourth start: it is going round in a loop', async () => {
    await handedOver({ starts: 3 });
    await begin();
    expect(did).toEqual(['go back']);
  });
});

describe('a version that is not the one of the record', () => {
  it('takes the update for cut off, which counts as an attempt', async () => {
    await handedOver();
    const probation = await begin('0.1.0');
    expect(probation.change).toBeNull();
    expect(await readUpdateRecord(place())).toMatchObject({
      handover: null,
      failures: [{ version: '0.2.0', attempts: 1, final: false }],
    });
  });

  it('has nothing to prove where no update was', async () => {
    const probation = await begin('0.1.0');
    expect(probation).toMatchObject({ change: null, watched: false });
    expect(did).toEqual([]);
  });
});
