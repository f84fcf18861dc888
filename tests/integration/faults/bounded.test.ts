import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openFaultFixture } from '../../fixtures/faults/faults.ts';
import { hostHere } from '../../fixtures/faults/host.ts';
import { createSimulatedClock } from '../../fixtures/simulated-clock.ts';

const minuteMs = 60_000;
const log = { maxBytes: 20_000, maxFiles: 5 };
/** One SQLite page per write and some on top: what a minute of work may leave before the next checkpoint. */
const mostWalBytes = 256 * 1024;

it('an hour of work leaves a bounded log, an empty write-ahead log and a journal of a few hundred bytes a request', async () => {
  const fixture = await openFaultFixture({
    settings: { 'timing.heartbeatMs': 10_000, 'timing.idlePollMs': 5000 },
  });
  const { coordinator, paths, ollamaUrl } = fixture;
  const clock = createSimulatedClock();
  clock.lead(coordinator);
  const { host } = await clock.during(hostHere({ stateDir: paths.stateDir, ollamaUrl, log }, { clock }));
  const end = async () => {
    await clock.during(host.daemon.drain(1000).then(() => host.ended));
  };
  onTestFinished(end);
  const walBytes = () => statSync(`${paths.journalFile}-wal`).size;
  const logSizes = () => readdirSync(paths.logDir).map((name) => statSync(join(paths.logDir, name)).size);
  let requests = 0;
  let mostLogs = 0;

  for (let minute = 0; minute < 60; minute++) {
    for (const _ of [1, 2, 3, 4]) coordinator.submit(`Question ${++requests}?`);
    // While the outbox is never empty, only the housekeeping keeps the write-ahead log short.
    if (minute === 30) coordinator.setFaults({ result: { status: { code: 503 } } });
    if (minute === 37) coordinator.clearFaults();
    await clock.advance(minuteMs);
    expect(walBytes()).toBeLessThan(mostWalBytes);
    const sizes = logSizes();
    mostLogs = Math.max(mostLogs, sizes.length);
    expect(sizes.length).toBeLessThanOrEqual(log.maxFiles);
    for (const size of sizes) expect(size).toBeLessThanOrEqual(log.maxBytes);
  }
  await clock.advanceUntil('an empty outbox', () => host.daemon.snapshot().serving.undelivered === 0);
  await clock.advance(minuteMs);

  expect(coordinator.ledger.summary()).toMatchObject({ answered: requests, open: 0, violations: 0 });
  // So that the bounds above were met by something.
  expect(mostLogs).toBe(log.maxFiles);
  expect(walBytes()).toBe(0);
  expect(statSync(paths.journalFile).size).toBeLessThan(64 * 1024 + requests * 1000);
  const newest = readFileSync(paths.logFile, 'utf8');
  expect(newest.endsWith('\n')).toBe(true);
  for (const line of newest.trim().split('\n')) JSON.parse(line);
  expect(readdirSync(paths.stateDir).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  expect(coordinator.ledger.heartbeats.length).toBeGreaterThan(350);
});
