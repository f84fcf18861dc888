import { describe, expect, it } from 'vitest';
import { createElapsed, readBootId } from '../../../../electron/daemon/serving/elapsed.ts';
import { createJournal } from '../../../../electron/daemon/serving/journal.ts';
import { createStatements } from '../../../../electron/daemon/serving/statements.ts';
import { clock, database, journalForEachTest, path } from '../../../fixtures/serving/journal-rows.ts';
import { createSimulatedClock } from '../../../fixtures/simulated-clock.ts';

const day = 24 * 60 * 60 * 1000;
const startMs = Date.UTC(2026, 5, 1);
journalForEachTest({ startAtMs: startMs });

const open = (bootId: string | null = 'boot', at = clock) =>
  createElapsed({ bootId }, { statements: createStatements({ path }, { database }), clock: at });

describe('time that has passed', () => {
  it('goes on through sleep, and is moved by no setting of the clock', async () => {
    const elapsed = open();
    await clock.advance(1000);
    clock.setWallClock(500 * day);
    expect(elapsed.ms()).toBe(1000);
    clock.suspend(6 * 3_600_000);
    expect(elapsed.ms()).toBe(6 * 3_600_000 + 1000);
    clock.setWallClock(-1000 * day);
    expect(elapsed.ms()).toBe(6 * 3_600_000 + 1000);
  });

  it('counts a restart within a boot, also after a crash that kept nothing more', async () => {
    const elapsed = open();
    await clock.advance(1000);
    elapsed.keep();
    await clock.advance(59_000);
    const next = open();
    expect(next.ms()).toBe(60_000);
    await clock.advance(5000);
    expect(next.ms()).toBe(65_000);
  });

  it.each([
    ['another boot', 'another'],
    ['a system that does not tell its boot', null],
  ])('after %s what passed meanwhile is not counted', async (_what, bootId) => {
    const elapsed = open();
    await clock.advance(3_600_000);
    elapsed.keep();
    const later = createSimulatedClock({ startAtMs: startMs + 400 * day });
    const next = open(bootId, later);
    expect(next.ms()).toBe(3_600_000);
    await later.advance(1000);
    expect(next.ms()).toBe(3_601_000);
  });

  it('is of this boot where the system reports it', () => {
    if (process.platform === 'linux') expect(readBootId()).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('a journal whose computer has its clock set', () => {
  const identity = { nodeId: '7', nodeAddress: `0x${'11'.repeat(20)}`, nodeKeyHash: `0x${'22'.repeat(32)}` };
  const work = {
    ...{ model: 'm', result: 'text', poe: `0x${'a'.repeat(64)}` },
    ...{ generationMs: 5, inputTokens: 1, outputTokens: 2 },
  };
  const journalOf = () => createJournal({ identity, attempts: 3, path }, { database, clock });

  it('forgets no request it delivered, so that none is run again', async () => {
    const journal = journalOf();
    const [one] = journal.accept(['req_1']);
    if (one?.kind !== 'accepted') throw new Error('not accepted');
    journal.finish(one.seq, work);
    journal.close(one.seq, 'delivered', 'http_200');
    clock.setWallClock(500 * day);
    journal.prune(30);
    expect(journal.standing('req_1')).toBe('delivered');
    clock.setWallClock(-500 * day);
    await clock.advance(29 * day);
    journal.prune(30);
    expect(journal.standing('req_1')).toBe('delivered');
    await clock.advance(2 * day);
    journal.prune(30);
    expect(journal.standing('req_1')).toBe('accepted');
  });

  it('knows how long an answer has waited', async () => {
    const journal = journalOf();
    const [one] = journal.accept(['req_1']);
    if (one?.kind !== 'accepted') throw new Error('not accepted');
    journal.finish(one.seq, work);
    journal.keepTime();
    clock.setWallClock(2 * day);
    await clock.advance(3_600_000);
    expect(journalOf().undelivered()[0]?.ageMs).toBe(3_600_000);
  });
});
