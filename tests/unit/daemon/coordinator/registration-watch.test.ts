import { describe, expect, it } from 'vitest';
import type { CoordinatorClient, Registration } from '../../../../electron/daemon/coordinator/client.ts';
import { createRegistrationWatch } from '../../../../electron/daemon/coordinator/registration.ts';
import type { Reason } from '../../../../shared/reasons/reason-text.ts';
import { silentLog } from '../../../fixtures/silent-log.ts';
import { createSimulatedClock } from '../../../fixtures/simulated-clock.ts';

const registered: Registration = {
  kind: 'registered',
  nodeId: '4217',
  owner: `0x${'1'.repeat(40)}`,
  tier: 2,
  stakePrlx: '50000',
};
const failed = (reason: Reason, retryAfterMs: number | null = null): Registration => ({
  kind: 'unknown',
  reason,
  retryAfterMs,
});

function startWatch(
  answers: (look: number) => Registration | Promise<Registration>,
  isNeeded: () => boolean = () => true,
) {
  const clock = createSimulatedClock();
  const looks: number[] = [];
  const nodeByKeyHash = async (_hash: string, signal?: AbortSignal): Promise<Registration> => {
    looks.push(clock.monotonicMs());
    const aborted = new Promise<Registration>((resolve) =>
      signal?.addEventListener('abort', () => resolve(failed('aborted'))),
    );
    return Promise.race([answers(looks.length - 1), aborted]);
  };
  const watch = createRegistrationWatch(
    { nodeKeyHash: '0x00', minMs: 5000, maxMs: 30_000, registeredMs: 600_000 },
    {
      coordinator: { nodeByKeyHash } as unknown as CoordinatorClient,
      isNeeded,
      clock,
      log: silentLog,
    },
  );
  watch.start();
  return { clock, looks, watch };
}

describe('the look for a registration', () => {
  it('is made at once, every five seconds while there is none, and every ten minutes afterwards', async () => {
    const { clock, looks, watch } = startWatch((look) =>
      look < 3 ? { kind: 'not-registered' } : registered,
    );
    const startedAtMs = clock.now();
    await clock.advance(14_000);
    expect(watch.status).toMatchObject({
      status: 'not-registered',
      nodeId: null,
      asOfMs: startedAtMs + 10_000,
    });
    await clock.advance(1_201_000);
    expect(looks).toEqual([0, 5000, 10_000, 15_000, 615_000, 1_215_000]);
    const { kind: _, ...found } = registered as Registration & { kind: 'registered' };
    expect(watch.status).toEqual({ status: 'registered', ...found, asOfMs: startedAtMs + 1_215_000 });
  });

  it('is made rarely where none is found and nobody waits for one', async () => {
    const { clock, looks, watch } = startWatch(
      () => ({ kind: 'not-registered' }),
      () => false,
    );
    await clock.advance(1_201_000);
    expect(looks).toEqual([0, 600_000, 1_200_000]);
    expect(watch.status.status).toBe('not-registered');
  });

  it('is made less often while it fails, and its old answer stays with its time', async () => {
    const { clock, looks, watch } = startWatch((look) => (look === 0 ? registered : failed('http_502')));
    const startedAtMs = clock.now();
    await clock.advance(750_000);
    expect(looks).toEqual([0, 600_000, 605_000, 615_000, 635_000, 665_000, 695_000, 725_000]);
    expect(watch.status).toMatchObject({ status: 'registered', nodeId: '4217', asOfMs: startedAtMs });
    expect(watch.failure).toEqual({ reason: 'http_502', sinceMs: startedAtMs + 600_000 });
  });

  it('honours Retry-After up to its own longest wait', async () => {
    const { clock, looks } = startWatch((look) => failed('http_429', look === 0 ? 12_000 : 3_600_000));
    await clock.advance(72_000);
    expect(looks).toEqual([0, 12_000, 42_000, 72_000]);
  });

  it('starts over from five seconds after a failure that ended', async () => {
    const { clock, looks, watch } = startWatch((look) =>
      look === 2 ? { kind: 'not-registered' } : failed('timeout'),
    );
    await clock.advance(30_000);
    expect(looks).toEqual([0, 5000, 15_000, 20_000, 25_000]);
    expect(watch.failure?.reason).toBe('timeout');
  });

  it('forgets node id, owner, tier and stake when the registration is gone', async () => {
    const { clock, watch } = startWatch((look) => (look === 0 ? registered : { kind: 'not-registered' }));
    const told: string[] = [];
    watch.onFacts(() => told.push(watch.status.status));
    await clock.advance(600_000);
    expect(watch.status).toMatchObject({
      status: 'not-registered',
      nodeId: null,
      owner: null,
      tier: null,
      stakePrlx: null,
    });
    expect(told).toEqual(['registered', 'not-registered']);
  });

  it('is made at once when asked for, without a second one beside it', async () => {
    const { clock, looks, watch } = startWatch(() => registered);
    await clock.advance(60_000);
    watch.check();
    watch.check();
    await clock.settle();
    expect(looks).toEqual([0, 60_000]);
    await clock.advance(600_000);
    expect(looks).toEqual([0, 60_000, 660_000]);
  });

  it('is given up when the watch is stopped', async () => {
    const { clock, looks, watch } = startWatch(() => new Promise(() => undefined));
    await clock.advance(60_000);
    await clock.during(watch.stop());
    expect(looks).toEqual([0]);
    expect(clock.timers).toBe(0);
    expect(watch.status.status).toBe('unknown');
  });
});
