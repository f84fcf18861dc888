import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { LogEntry } from '../../../electron/daemon/logging/logger.ts';
import type { StartedDaemon } from '../../../electron/daemon/start-daemon.ts';
import { findDaemon } from '../../../electron/daemon/storage/lock.ts';
import { mountSmallDisk, noRealDisk, pretendSmallDisk, type SmallDisk } from '../../fixtures/faults/disk.ts';
import {
  type FaultFixture,
  type FaultFixtureOptions,
  journalRows,
  killed,
  openFaultFixture,
} from '../../fixtures/faults/faults.ts';
import { hostHere } from '../../fixtures/faults/host.ts';
import { answersTo, until } from '../../fixtures/serving/serving.ts';
import { createSimulatedClock, type SimulatedClock } from '../../fixtures/simulated-clock.ts';

/** As long as space may have returned before the node must be back. */
const recoveryMs = 30_000;

interface DiskFixture extends FaultFixture {
  disk: SmallDisk;
  clock: SimulatedClock;
  log: LogEntry[];
  readonly host: StartedDaemon;
  startHere(): Promise<void>;
  stop(): Promise<void>;
}

/** A node in this process, on simulated time, with its state directory on a disk that can be filled. */
async function openDiskFixture(
  openDisk: () => Promise<SmallDisk>,
  options: FaultFixtureOptions = {},
): Promise<DiskFixture> {
  const disk = await openDisk();
  const settings = { 'timing.heartbeatMs': 10_000, 'timing.idlePollMs': 2000, ...options.settings };
  const fixture = await openFaultFixture({ ...options, stateDir: join(disk.folder, 's'), settings });
  const clock = createSimulatedClock();
  clock.lead(fixture.coordinator);
  const log: LogEntry[] = [];
  let host: StartedDaemon | null = null;
  const stop = async () => {
    const running = host;
    host = null;
    if (!running) return;
    await clock.during(running.daemon.drain(1000).then(() => running.ended));
  };
  onTestFinished(stop);
  return {
    ...fixture,
    disk,
    clock,
    log,
    get host() {
      if (!host) throw new Error('the daemon does not run');
      return host;
    },
    async startHere() {
      const { paths, ollamaUrl } = fixture;
      const starting = hostHere(
        { stateDir: paths.stateDir, ollamaUrl },
        { clock, sink: (entry) => log.push(entry) },
      );
      ({ host } = await clock.during(starting));
      await clock.advance(1000);
    },
    stop,
  };
}

const beatsOf = ({ coordinator }: FaultFixture) =>
  coordinator.ledger.heartbeats.map(({ body, accepted }) => ({
    accepted,
    available: (body as { available: boolean }).available,
  }));
const stateOf = ({ host }: DiskFixture) => host.daemon.snapshot().state;
const has = (log: readonly LogEntry[], event: string) => log.some((entry) => entry.event === event);

/** Clean end: every row closed, no text left, nothing told twice, and a second run finds nothing to do. */
async function expectCleanRestart(fixture: DiskFixture): Promise<void> {
  await fixture.stop();
  // Nobody starts a daemon in the instant in which another one says goodbye.
  await fixture.clock.advance(100);
  const rows = journalRows(fixture.paths);
  expect(rows.filter(({ state }) => ['accepted', 'finished', 'failed'].includes(state))).toEqual([]);
  expect(rows.filter(({ result }) => result !== null)).toEqual([]);
  const { ledger } = fixture.coordinator;
  const before = ledger.results.length + ledger.failures.length;
  await fixture.startHere();
  expect(stateOf(fixture)).toMatchObject({ code: 'ready' });
  expect(fixture.host.daemon.snapshot().serving.available).toBe(true);
  expect(ledger.results.length + ledger.failures.length).toBe(before);
  expect(ledger.deliveredTwiceAfterAcknowledgement).toBe(0);
  expect(ledger.violations).toEqual([]);
}

const disks = [
  { kind: 'a tmpfs of 1 MiB', open: mountSmallDisk, reason: noRealDisk },
  { kind: 'a database that says so', open: pretendSmallDisk, reason: null },
];

describe.each(disks)('a disk that is full: $kind', ({ open, reason }) => {
  it('costs no finished answer: it is posted from memory once, and its row closed when there is room', async (context) => {
    if (reason) return context.skip(reason);
    const fixture = await openDiskFixture(open, { ollama: { tokenDelayMs: 10 } });
    const { coordinator, ollama, disk, clock } = fixture;
    await fixture.startHere();
    const id = coordinator.submit('Question?');
    await clock.advance(2000);
    await ollama.seen.when('a chunk', () => (ollama.seen.generations[0]?.chunksSent ?? 0) > 0);
    disk.fill();
    await coordinator.answered(id);
    await clock.settle();
    await ollama.setFaults({ tokenDelayMs: 0 });

    expect(fixture.log.find(({ event }) => event === 'request-finished')?.facts.written).toBe(false);
    expect(coordinator.ledger.results).toMatchObject([{ requestId: id, accepted: true, poeVerified: true }]);
    expect(stateOf(fixture).code).toBe('disk-full');
    const polls = coordinator.ledger.polls.length;
    const next = coordinator.submit('And now?');
    await clock.advance(60_000);
    expect(coordinator.ledger.polls).toHaveLength(polls);
    expect(beatsOf(fixture).slice(-5)).toEqual(Array(5).fill({ accepted: true, available: false }));

    disk.makeRoom();
    await clock.advanceUntil(
      'the next answer',
      () => coordinator.ledger.request(next)?.outcome === 'answered',
      recoveryMs,
    );
    await clock.advance(1000);
    expect(coordinator.ledger.results.map(({ requestId }) => requestId)).toEqual([id, next]);
    await expectCleanRestart(fixture);
  });

  it('gets a failure report for a request that cannot be written down, which is then run when there is room', async (context) => {
    if (reason) return context.skip(reason);
    const fixture = await openDiskFixture(open);
    const { coordinator, disk, clock } = fixture;
    await fixture.startHere();
    coordinator.setFaults({ inbox: { delayAfterMs: 100, times: 1 } });
    const id = coordinator.submit('Question?');
    await clock.advance(2000);
    await coordinator.ledger.when(
      'the dispatch',
      () => coordinator.ledger.request(id)?.dispatches.length === 1,
    );
    disk.fill();
    await coordinator.ledger.when('the report', () => coordinator.ledger.failures.length === 1);
    await clock.advance(60_000);
    expect(coordinator.ledger.request(id)?.dispatches).toHaveLength(1);
    expect(coordinator.ledger.failures).toMatchObject([{ error: 'node.disk_full', accepted: true }]);
    expect(fixture.ollama.seen.generations).toHaveLength(0);
    expect(stateOf(fixture).code).toBe('disk-full');

    disk.makeRoom();
    await clock.advanceUntil(
      'the answer',
      () => coordinator.ledger.request(id)?.outcome === 'answered',
      recoveryMs,
    );
    await clock.advance(1000);
    await expectCleanRestart(fixture);
  });

  it('in an outage keeps an answer in memory, and writes it down as soon as there is room', async (context) => {
    if (reason) return context.skip(reason);
    const fixture = await openDiskFixture(open, { ollama: { tokenDelayMs: 10 } });
    const { coordinator, ollama, disk, clock } = fixture;
    await fixture.startHere();
    const id = coordinator.submit('Question?');
    await clock.advance(2000);
    await ollama.seen.when('a chunk', () => (ollama.seen.generations[0]?.chunksSent ?? 0) > 0);
    disk.fill();
    coordinator.setFaults({ result: { status: { code: 503 } } });
    await until('the first POST', () => has(fixture.log, 'outbox-waiting'));
    expect(fixture.host.daemon.snapshot().serving).toMatchObject({ undelivered: 1, available: false });

    disk.makeRoom();
    await clock.advance(recoveryMs);
    // What a kill -9 would leave now.
    expect(journalRows(fixture.paths)).toMatchObject([
      { requestId: id, state: 'finished', result: expect.any(String) },
    ]);
    expect(fixture.host.daemon.snapshot().serving).toMatchObject({ undelivered: 1, available: true });
    coordinator.clearFaults();
    await clock.advanceUntil('the answer', () => coordinator.ledger.request(id)?.outcome === 'answered');
    await clock.advance(1000);
    await expectCleanRestart(fixture);
  });
});

describe('a disk that fills up while nothing runs', () => {
  it('stops polling and nothing else, costs log lines only, and is over within 30 s of space returning', async (context) => {
    if (noRealDisk) return context.skip(noRealDisk);
    const fixture = await openDiskFixture(mountSmallDisk, { settings: { 'limits.minFreeBytes': 64 * 1024 } });
    const { coordinator, disk, clock, paths } = fixture;
    await fixture.startHere();
    expect(stateOf(fixture)).toMatchObject({ code: 'ready' });
    disk.fill();
    await clock.advance(12_000);
    expect(stateOf(fixture)).toMatchObject({ code: 'disk-full', params: { n: 0, volume: paths.stateDir } });
    const [polls, beats] = [coordinator.ledger.polls.length, coordinator.ledger.heartbeats.length];
    const id = coordinator.submit('Question?');
    const { pause, resume } = fixture.host.daemon.handlers;
    for (let times = 0; times < 40; times++) {
      await pause({ forMs: null });
      await resume({});
    }
    await clock.advance(120_000);
    expect(coordinator.ledger.polls).toHaveLength(polls);
    expect(beatsOf(fixture).slice(beats)).toEqual(Array(12).fill({ accepted: true, available: false }));

    disk.makeRoom();
    await clock.advanceUntil(
      'the answer',
      () => coordinator.ledger.request(id)?.outcome === 'answered',
      recoveryMs,
    );
    expect(readFileSync(paths.logFile, 'utf8')).toContain('"log-lines-dropped"');
    await clock.advance(2000);
    expect(stateOf(fixture)).toMatchObject({ code: 'ready' });
    await expectCleanRestart(fixture);
  });

  it('does not keep a node from starting, beating and delivering what is on disk already', async (context) => {
    if (noRealDisk) return context.skip(noRealDisk);
    const fixture = await openDiskFixture(mountSmallDisk, { behaviour: { requeueAfterFailure: 'never' } });
    const { coordinator, disk, clock } = fixture;
    coordinator.setFaults({ result: { status: { code: 503 } } });
    const finished = coordinator.submit('Finished?', { id: 'finished' });
    await killed(fixture.start({ dieAt: 'the finished row is on disk and no POST has left' }));
    const interrupted = coordinator.submit('Interrupted?', { id: 'interrupted' });
    await killed(fixture.start({ dieAt: 'the accepted row is on disk' }));
    coordinator.clearFaults();
    // Closed in good order once, it lost its log and index, which need room again.
    expect(journalRows(fixture.paths).map(({ state }) => state)).toEqual(['finished', 'accepted']);
    rmSync(fixture.paths.controlFile);
    disk.fill();

    // Those two beat in real time; the one here comes after them.
    await clock.advance(60_000);
    await fixture.startHere();
    await coordinator.answered(finished);
    await clock.advance(60_000);
    expect(stateOf(fixture).code).toBe('disk-full');
    expect(beatsOf(fixture).slice(-5)).toEqual(Array(5).fill({ accepted: true, available: false }));
    expect(fixture.ollama.seen.generations).toHaveLength(1);
    expect(await findDaemon(fixture.paths, { clock })).toBeNull();

    disk.makeRoom();
    await clock.advanceUntil(
      'the report',
      () => coordinator.ledger.request(interrupted)?.outcome === 'failed',
      recoveryMs,
    );
    const record = coordinator.ledger.request(interrupted);
    expect(record && answersTo(record)).toEqual(['node.restarted']);
    expect(coordinator.ledger.results).toHaveLength(1);
    await clock.advance(10_000);
    expect(stateOf(fixture)).toMatchObject({ code: 'ready' });
    expect(await findDaemon(fixture.paths, { clock })).toMatchObject({
      socketPath: fixture.paths.socketFile,
    });
    await expectCleanRestart(fixture);
  });

  it('before the first start ever is said, leaves nothing behind, and hinders no later start', async (context) => {
    if (noRealDisk) return context.skip(noRealDisk);
    const fixture = await openDiskFixture(mountSmallDisk);
    const { disk, paths } = fixture;
    disk.fill();
    await expect(fixture.startHere()).rejects.toMatchObject({
      code: 'disk-full',
      details: { path: paths.journalFile },
    });
    expect(existsSync(paths.controlFile)).toBe(false);
    disk.makeRoom();
    await fixture.startHere();
    expect(stateOf(fixture)).toMatchObject({ code: 'ready' });
  });
});
