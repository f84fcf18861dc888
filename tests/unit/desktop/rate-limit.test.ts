import { expect, it } from 'vitest';
import { createRateLimit } from '../../../electron/desktop/ipc/rate-limit.ts';
import { createSimulatedClock } from '../../fixtures/simulated-clock.ts';

it('a rate limit allows a burst, then so many a second, and saves up no more than the burst', async () => {
  const clock = createSimulatedClock();
  const allow = createRateLimit({ burst: 5, perSecond: 2 }, { clock });
  const allowed = (asked: number) => Array.from({ length: asked }, allow).filter(Boolean).length;
  expect(allowed(10)).toBe(5);
  expect(allowed(10)).toBe(0);
  await clock.advance(1000);
  expect(allowed(10)).toBe(2);
  await clock.advance(3_600_000);
  expect(allowed(10)).toBe(5);
});
