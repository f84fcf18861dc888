import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { connectToDaemon } from '../../../electron/daemon/control/client.ts';
import { findDaemon } from '../../../electron/daemon/storage/lock.ts';
import { systemClock } from '../../../electron/daemon/system/clock.ts';
import {
  connect,
  type DaemonProcess,
  type FaultFixture,
  journalRows,
  killed,
  openFaultFixture,
  settled,
  temporaryFolder,
} from '../../fixtures/faults/faults.ts';
import { patienceMs } from '../../fixtures/patience.ts';
import { answersTo } from '../../fixtures/serving/serving.ts';

interface Refusal {
  code: string;
  details: { pid: number | null; uptimeMs: number | null; stateDir: string };
}

async function refusalOf(daemon: DaemonProcess): Promise<Refusal> {
  const { code, errors } = await daemon.ended;
  expect(code).toBe(1);
  return JSON.parse(errors) as Refusal;
}

/** The pid that answers on the control socket. */
async function pidOnSocket(fixture: FaultFixture): Promise<number> {
  const client = await connect(fixture.paths);
  client.close();
  return client.greeting.pid;
}

it('a second daemon is refused with the pid and uptime of the first, which goes on serving', async () => {
  const fixture = await openFaultFixture();
  const first = fixture.start();
  await first.logged('hosted');
  const { code, details } = await refusalOf(fixture.start());
  expect(code).toBe('other-daemon');
  expect(details).toEqual({
    pid: first.pid,
    uptimeMs: expect.any(Number),
    stateDir: fixture.paths.stateDir,
  });
  expect(details.uptimeMs).toBeGreaterThanOrEqual(0);
  expect(details.uptimeMs).toBeLessThan(60_000);

  expect(await pidOnSocket(fixture)).toBe(first.pid);
  await fixture.coordinator.answered(fixture.coordinator.submit('Question?'));
  await first.drain();
});

it('of ten that start at once one serves, and the others are refused with its pid', async () => {
  const fixture = await openFaultFixture();
  const daemons = Array.from({ length: 10 }, () => fixture.start());
  const outcomes = await Promise.all(
    daemons.map(async (daemon) => {
      const isHosted = await daemon.logged('hosted').then(
        () => true,
        () => false,
      );
      return isHosted ? null : refusalOf(daemon);
    }),
  );
  const winner = daemons[outcomes.indexOf(null)];
  const refusals = outcomes.filter((outcome) => outcome !== null);
  expect(refusals.map(({ code }) => code)).toEqual(Array(9).fill('other-daemon'));
  // One that gives up before the winner has introduced itself names nobody.
  expect(refusals.every(({ details }) => details.pid === winner?.pid || details.pid === null)).toBe(true);
  await fixture.coordinator.answered(fixture.coordinator.submit('Question?'));
  expect(fixture.coordinator.ledger.violations).toEqual([]);
  await winner?.drain();
});

it('after kill -9 the next one starts at once and answers on the socket that lay there', async () => {
  const fixture = await openFaultFixture();
  for (let round = 0; round < 3; round++) {
    const daemon = fixture.start();
    await daemon.logged('hosted');
    expect(await pidOnSocket(fixture)).toBe(daemon.pid);
    daemon.kill('SIGKILL');
    await killed(daemon);
    expect(existsSync(fixture.paths.socketFile)).toBe(true);
  }
  const last = fixture.start();
  await last.logged('hosted');
  expect(await pidOnSocket(fixture)).toBe(last.pid);
  await last.drain();
  for (const file of [fixture.paths.socketFile, fixture.paths.controlFile])
    expect(existsSync(file)).toBe(false);
});

it('a socket that had to lie elsewhere, because of a long path, is replaced after kill -9 with its folder', async () => {
  const stateDir = join(await temporaryFolder(), 'a-long-name-'.repeat(9));
  const fixture = await openFaultFixture({ stateDir });
  const socketPath = async (daemon: DaemonProcess) => {
    await daemon.logged('hosted');
    const found = await findDaemon(fixture.paths, { clock: systemClock });
    expect(found?.pid).toBe(daemon.pid);
    return found?.socketPath ?? '';
  };
  const victim = fixture.start();
  const left = await socketPath(victim);
  expect(dirname(left)).not.toBe(stateDir);
  expect(statSync(dirname(left)).mode & 0o777).toBe(0o700);
  victim.kill('SIGKILL');
  await killed(victim);
  const daemon = fixture.start();
  const fresh = await socketPath(daemon);
  expect(fresh).not.toBe(left);
  expect(existsSync(dirname(left))).toBe(false);
  const options = { socketPath: fresh, stateDir, timeoutMs: patienceMs };
  const client = await connectToDaemon(options, { clock: systemClock });
  expect(client.greeting.pid).toBe(daemon.pid);
  client.close();
  await daemon.drain();
  expect(existsSync(dirname(fresh))).toBe(false);
});

it('a daemon whose lock was taken away says nothing more to the network and ends with the reason', async () => {
  const fixture = await openFaultFixture();
  const { ledger } = fixture.coordinator;
  const daemon = fixture.start();
  await ledger.when('a poll', () => ledger.polls.length > 0);
  rmSync(fixture.paths.lockFile);
  const heard = () => ledger.polls.length + ledger.heartbeats.length;
  const before = heard();
  expect(await refusalOf(daemon)).toMatchObject({
    code: 'state-dir-unusable',
    details: { path: fixture.paths.lockFile },
  });
  // At most what had left already when the lock went.
  expect(heard() - before).toBeLessThanOrEqual(1);
  expect(daemon.entries.map(({ event }) => event)).toContain('lock-lost');

  const next = fixture.start();
  await fixture.coordinator.answered(fixture.coordinator.submit('Question?'));
  await next.drain();
});

it('a daemon that lost its lock leaves request, socket and record to the one that came after it', async () => {
  // Whether the first notices before it is told to end hangs on when its probe has something new to say.
  const settings = { 'timing.heartbeatMs': 30_000, 'timing.drainMs': 0 };
  const fixture = await openFaultFixture({ settings, ollama: { parallel: 2 } });
  const { coordinator, ollama, paths } = fixture;
  const { ledger } = coordinator;
  await ollama.setFaults({ hangAfterChunks: 1, times: 1 });
  const id = coordinator.submit('Question?');
  const first = fixture.start();
  await ollama.seen.when('a chunk', () => ollama.seen.generations[0]?.chunksSent === 1);
  const told = () => ledger.heartbeats.map(({ body }) => (body as { available: boolean }).available);
  await ledger.when('the beat that says busy', () => told().includes(false));
  const beats = ledger.heartbeats.length;
  rmSync(paths.lockFile);
  const second = fixture.start();
  await settled(fixture, second);
  // Its first beat says "not available": its model is being loaded.
  await ledger.when('the beat of the second that says free', () => told().indexOf(true, beats) >= 0);
  const heard = () => [ledger.heartbeats.length, ledger.results.length, ledger.failures.length];
  const before = heard();
  first.kill('SIGTERM');
  expect(await refusalOf(first)).toMatchObject({ code: 'state-dir-unusable' });

  expect(heard()).toEqual(before);
  const record = ledger.request(id);
  const answers = record ? answersTo(record) : [];
  expect(answers).toHaveLength(2);
  expect(answers).toContain('result');
  expect(answers.some((answer) => answer === 'node.restarted' || answer === 'node.stopping')).toBe(true);
  expect(ledger.deliveredTwiceAfterAcknowledgement).toBe(0);
  expect(ledger.violations).toEqual([]);
  expect(await pidOnSocket(fixture)).toBe(second.pid);
  expect(JSON.parse(readFileSync(paths.controlFile, 'utf8'))).toMatchObject({ pid: second.pid });
  await second.drain();
  expect(journalRows(paths).map(({ state }) => state)).toEqual(['reported', 'delivered']);
});

it('a daemon whose whole state directory was removed ends, and makes nothing of it anew', async () => {
  const fixture = await openFaultFixture();
  const daemon = fixture.start();
  const { ledger } = fixture.coordinator;
  await fixture.coordinator.answered(fixture.coordinator.submit('Question?'));
  // A line logged while the folder is being removed would keep a part of it; an idle daemon logs none.
  const polls = ledger.polls.length;
  await ledger.when('two idle polls', () => ledger.polls.length >= polls + 2);
  rmSync(fixture.paths.stateDir, { recursive: true });
  expect(await refusalOf(daemon)).toMatchObject({ code: 'state-dir-unusable' });
  expect(existsSync(fixture.paths.stateDir)).toBe(false);
});
