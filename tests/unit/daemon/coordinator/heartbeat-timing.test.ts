import { describe, expect, it } from 'vitest';
import { accepted, account, retry, startHeartbeat } from '../../../fixtures/coordinator/timed-heartbeat.ts';

describe('the interval of the heartbeat', () => {
  it('is exact over a hundred beats', async () => {
    const { clock, times } = startHeartbeat();
    await clock.advance(990_000);
    expect(times()).toEqual(Array.from({ length: 100 }, (_, index) => index * 10_000));
  });

  it('is kept from tick to tick, not from answer to tick', async () => {
    const { clock, sent, times } = startHeartbeat(() => null);
    for (let beat = 0; beat < 5; beat += 1) {
      await clock.advance(3000);
      sent.at(-1)?.answer(accepted);
      await clock.advance(7000);
    }
    expect(times()).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000]);
  });

  it('is not left for a change that was taken back before its turn came', async () => {
    let news = true;
    const { clock, heartbeat, times } = startHeartbeat(
      () => accepted,
      () => true,
      () => news,
    );
    await clock.advance(500);
    heartbeat.beatNow();
    news = false;
    await clock.advance(5000);
    news = true;
    heartbeat.beatNow();
    await clock.advance(4500);
    expect(times()).toEqual([0, 5500, 10_000]);
  });

  it('drops the ticks that a delayed process missed and goes on in the old rhythm', async () => {
    const { clock, heartbeat, times } = startHeartbeat();
    await clock.advance(10_000);
    clock.delay(35_000);
    await clock.advance(25_000);
    expect(times()).toEqual([0, 10_000, 45_000, 50_000, 60_000, 70_000]);
    expect(heartbeat.status.maxLatenessMs).toBe(25_000);
    expect(heartbeat.status.lastLatenessMs).toBe(0);
  });

  it('drops the ticks that pass while a beat waits for its answer, and never has two under way', async () => {
    const { clock, sent, times, mostUnderWay } = startHeartbeat((index) => (index === 1 ? null : accepted));
    await clock.advance(34_000);
    expect(times()).toEqual([0, 10_000]);
    sent[1]?.answer(accepted);
    await clock.advance(16_000);
    expect(times()).toEqual([0, 10_000, 40_000, 50_000]);
    expect(mostUnderWay()).toBe(1);
  });

  it.each([
    ['a 403 that is not about the account', retry(403)],
    ['a 401', retry(401)],
    ['a 429 without Retry-After', retry(429)],
    ['a 503', retry(503)],
    ['no answer at all', retry(null)],
  ])('stays ten seconds after %s', async (_, outcome) => {
    const { clock, times } = startHeartbeat(() => outcome);
    await clock.advance(60_000);
    expect(times()).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000]);
  });

  it('is a minute while the account may not be online, and ten seconds again as soon as it may', async () => {
    for (const reason of ['not_staked', 'in_cooldown'] as const) {
      const { clock, heartbeat, times } = startHeartbeat((_, atMs) =>
        atMs >= 10_000 && atMs < 200_000 ? account(reason) : accepted,
      );
      await clock.advance(150_000);
      expect(times()).toEqual([0, 10_000, 70_000, 130_000]);
      expect(heartbeat.status.intervalMs).toBe(60_000);
      expect(heartbeat.status.lastFailure).toEqual({ kind: 'account', reason, status: 403 });
      await clock.advance(120_000);
      expect(times().slice(4)).toEqual([190_000, 250_000, 260_000, 270_000]);
      expect(heartbeat.status).toMatchObject({ intervalMs: 10_000, lastFailure: null, failingSinceMs: null });
    }
  });
});

describe('a refusal of the account that may be over', () => {
  it('is asked about at once, and then all is as before', async () => {
    const { clock, heartbeat, times } = startHeartbeat((_, atMs) =>
      atMs < 20_000 ? account('in_cooldown') : accepted,
    );
    await clock.advance(15_000);
    heartbeat.askAgain();
    await clock.advance(10_000);
    heartbeat.askAgain();
    await clock.advance(25_000);
    expect(times()).toEqual([0, 15_000, 25_000, 35_000, 45_000]);
  });

  it('is not asked about before a Retry-After is over, nor while beats are accepted', async () => {
    const refused = { ...account('in_cooldown'), retryAfterMs: 30_000 };
    const { clock, heartbeat, times } = startHeartbeat((index) => (index === 0 ? refused : accepted));
    await clock.advance(5000);
    heartbeat.askAgain();
    await clock.advance(28_000);
    heartbeat.askAgain();
    await clock.advance(7000);
    expect(times()).toEqual([0, 30_000, 40_000]);
  });
});

describe('Retry-After on a heartbeat', () => {
  it('is honoured', async () => {
    const { clock, times } = startHeartbeat((index) => (index === 0 ? retry(429, 25_000) : accepted));
    await clock.advance(45_000);
    expect(times()).toEqual([0, 25_000, 35_000, 45_000]);
  });

  it('is honoured up to 30 s and no longer', async () => {
    const { clock, times } = startHeartbeat((index) => (index === 0 ? retry(503, 3_600_000) : accepted));
    await clock.advance(40_000);
    expect(times()).toEqual([0, 30_000, 40_000]);
  });

  it('does not make the next beat come earlier than the interval', async () => {
    const { clock, times } = startHeartbeat(() => retry(503, 1000));
    await clock.advance(20_000);
    expect(times()).toEqual([0, 10_000, 20_000]);
  });

  it('holds back what is reported because something changed, and is forgotten after sleep', async () => {
    const { clock, heartbeat, times } = startHeartbeat((index) =>
      index < 2 ? retry(429, 30_000) : accepted,
    );
    await clock.advance(5000);
    heartbeat.beatNow();
    await clock.advance(24_000);
    expect(times()).toEqual([0]);
    await clock.advance(1000);
    expect(times()).toEqual([0, 30_000]);
    await clock.advance(5000);
    heartbeat.beatAfterSleep();
    await clock.settle();
    expect(times()).toEqual([0, 30_000, 35_000]);
  });
});

describe('a change that the heartbeat has to report', () => {
  it('is told at once, without moving the ticks', async () => {
    const { clock, heartbeat, times } = startHeartbeat();
    await clock.advance(4321);
    heartbeat.beatNow();
    await clock.advance(15_679);
    expect(times()).toEqual([0, 4321, 10_000, 20_000]);
  });

  it('is told a second after the last beat at the earliest, and several together', async () => {
    const { clock, heartbeat, times } = startHeartbeat();
    await clock.advance(4000);
    for (let change = 0; change < 50; change += 1) {
      heartbeat.beatNow();
      await clock.advance(20);
    }
    heartbeat.beatNow();
    heartbeat.beatNow();
    await clock.advance(1000);
    expect(times()).toEqual([0, 4000, 5000, 6000]);
  });

  it('is told by a beat of its own when it came while another was under way', async () => {
    const { clock, heartbeat, sent, times, mostUnderWay } = startHeartbeat((index) =>
      index === 1 ? null : accepted,
    );
    await clock.advance(10_000);
    heartbeat.beatNow();
    await clock.advance(4000);
    expect(times()).toEqual([0, 10_000]);
    sent[1]?.answer(accepted);
    await clock.advance(1000);
    expect(times()).toEqual([0, 10_000, 14_000]);
    expect(mostUnderWay()).toBe(1);
  });

  it('does not repeat the regular beat that told it', async () => {
    const { clock, heartbeat, times } = startHeartbeat();
    await clock.advance(9500);
    heartbeat.beatNow();
    await clock.advance(500);
    expect(times()).toEqual([0, 9500, 10_000]);
    await clock.advance(9000);
    expect(times()).toHaveLength(3);
  });
});

describe('the first heartbeat', () => {
  it('waits until there is something to say, and then does not wait for its tick', async () => {
    let ready = false;
    const { clock, heartbeat, times } = startHeartbeat(
      () => accepted,
      () => ready,
    );
    await clock.advance(33_000);
    heartbeat.beatNow();
    await clock.advance(0);
    expect(times()).toEqual([]);
    expect(heartbeat.status.lastAttemptAtMs).toBeNull();
    ready = true;
    heartbeat.beatNow();
    await clock.advance(0);
    expect(times()).toEqual([33_000]);
    await clock.advance(17_000);
    const [first, second, third] = times();
    expect(first).toBe(33_000);
    expect((second ?? 0) - (first ?? 0)).toBeLessThanOrEqual(10_000);
    expect((third ?? 0) - (second ?? 0)).toBe(10_000);
  });
});

describe('waking up', () => {
  it('beats at once, even within a second of the last beat', async () => {
    const { clock, heartbeat, times } = startHeartbeat();
    await clock.advance(10_200);
    clock.suspend(8 * 3_600_000);
    heartbeat.beatAfterSleep();
    await clock.settle();
    expect(times()).toEqual([0, 10_000, 10_200]);
  });

  it('gives up a beat whose connection did not outlive the sleep, without counting it as a failure', async () => {
    const { clock, heartbeat, sent, times, mostUnderWay } = startHeartbeat((index) =>
      index === 1 ? null : accepted,
    );
    await clock.advance(10_500);
    clock.suspend(60_000);
    heartbeat.beatAfterSleep();
    await clock.settle();
    expect(sent[1]?.aborted).toBe(true);
    expect(times()).toEqual([0, 10_000, 10_500]);
    expect(heartbeat.status).toMatchObject({ accepted: 2, failed: 0, lastFailure: null });
    expect(mostUnderWay()).toBe(1);
    await clock.advance(9500);
    expect(times()).toEqual([0, 10_000, 10_500, 20_000]);
  });
});

describe('what the heartbeat knows of itself', () => {
  it('counts accepted and failed beats and the time since which they fail', async () => {
    const { clock, heartbeat } = startHeartbeat((index) =>
      index === 1 || index === 2 ? retry(503) : accepted,
    );
    const startedAtMs = clock.now();
    const { status } = heartbeat;
    await clock.advance(25_000);
    expect(status).toMatchObject({
      accepted: 1,
      failed: 2,
      firstAcceptedAtMs: startedAtMs,
      lastAcceptedAtMs: startedAtMs,
      lastAttemptAtMs: startedAtMs + 20_000,
      failingSinceMs: startedAtMs + 10_000,
      lastFailure: { kind: 'retry', reason: 'http_503', status: 503 },
    });
    await clock.advance(5000);
    expect(status).toMatchObject({
      accepted: 2,
      failed: 2,
      firstAcceptedAtMs: startedAtMs,
      lastAcceptedAtMs: startedAtMs + 30_000,
      failingSinceMs: null,
      lastFailure: null,
    });
  });
});

describe('stopping the heartbeat', () => {
  it('gives up the beat under way and sends one last', async () => {
    const { clock, heartbeat, sent, mostUnderWay } = startHeartbeat((index) =>
      index === 1 ? null : accepted,
    );
    await clock.advance(12_000);
    await clock.during(heartbeat.stop(2000));
    expect(sent).toHaveLength(3);
    expect(sent[1]?.aborted).toBe(true);
    expect(mostUnderWay()).toBe(1);
    await clock.advance(60_000);
    expect(sent).toHaveLength(3);
    expect(clock.timers).toBe(0);
  });

  it('waits no longer for the last answer than it was told to', async () => {
    const { clock, heartbeat, sent } = startHeartbeat((index) => (index === 0 ? accepted : null));
    await clock.advance(5000);
    await clock.during(heartbeat.stop(2000), 2000);
    expect(sent[1]).toMatchObject({ atMs: 5000, aborted: true });
    expect(clock.timers).toBe(0);
  });

  it('sends no last one when told not to, nor when there was never a first', async () => {
    const told = startHeartbeat();
    await told.clock.advance(5000);
    await told.clock.during(told.heartbeat.stop(0));
    expect(told.times()).toEqual([0]);
    const never = startHeartbeat(
      () => accepted,
      () => false,
    );
    await never.clock.advance(5000);
    await never.clock.during(never.heartbeat.stop(2000));
    expect(never.times()).toEqual([]);
  });
});

describe('a loop that hangs', () => {
  it('is told from one that works or waits, and from one that has ended', async () => {
    const { clock, heartbeat, sent } = startHeartbeat((index) => (index < 3 ? accepted : null));
    expect(heartbeat.isMoving()).toBe(true);
    await clock.advance(20_000);
    expect(heartbeat.isMoving()).toBe(true);
    // The fourth is never answered, though the client's own time limit is long over.
    await clock.advance(10_000 + 29_000);
    expect(heartbeat.isMoving()).toBe(true);
    await clock.advance(2000);
    expect(heartbeat.isMoving()).toBe(false);
    sent.at(-1)?.answer(accepted);
    await clock.advance(0);
    expect(heartbeat.isMoving()).toBe(true);
    await heartbeat.stop(0);
    await clock.advance(600_000);
    expect(heartbeat.isMoving()).toBe(true);
  });

  it('is none while an account is refused, which is asked for once a minute', async () => {
    const { clock, heartbeat } = startHeartbeat(() => account('not_staked'));
    for (let minute = 0; minute < 5; minute++) {
      await clock.advance(59_000);
      expect(heartbeat.isMoving()).toBe(true);
    }
    await heartbeat.stop(0);
  });
});
