import { expect, it } from 'vitest';
import { weekOf } from '../../../renderer/pages/dashboard/week.ts';
import { emptyActivity, sampleActivity } from '../../fixtures/sample-activity.ts';

const dayMs = 86_400_000;
const nowMs = Date.UTC(2026, 10, 23, 12);

it('the last seven days count what lies in them, the share by the time that each part lasted', () => {
  const slots = [
    { startMs: nowMs - 9 * dayMs, endMs: nowMs - 8 * dayMs, online: 0, requests: 100, outputTokens: 9 },
    { startMs: nowMs - 3 * dayMs, endMs: nowMs - 2 * dayMs, online: 0.5, requests: 4, outputTokens: 40 },
    // Half of it is still to come.
    { startMs: nowMs - dayMs / 4, endMs: nowMs + dayMs / 4, online: 1, requests: 2, outputTokens: 20 },
  ].map((slot) => ({ ...slot, failed: 0, missed: 0 }));
  const outage = (fromDays: number, lengthMs: number) => ({
    startMs: nowMs - fromDays * dayMs,
    endMs: nowMs - fromDays * dayMs + lengthMs,
    lengthMs,
    reason: null,
  });
  const outages = [outage(2, 5000), outage(3, 60_000), outage(9, dayMs)];
  const week = weekOf({
    ...sampleActivity('month', nowMs),
    asOfMs: nowMs,
    sinceMs: nowMs - 30 * dayMs,
    slots,
    outages,
  });
  expect(week).toEqual({ online: 0.6, requests: 6, outputTokens: 60, outages: 2, longestOutageMs: 60_000 });
});

it('what is not on record for all of it has no figure', () => {
  expect(weekOf(emptyActivity)).toMatchObject({ online: null, requests: null, outputTokens: null });
  const { slots, ...rest } = sampleActivity('month', nowMs);
  const holes = slots.map((slot, index) => (index === slots.length - 2 ? { ...slot, requests: null } : slot));
  expect(weekOf({ ...rest, slots: holes })).toMatchObject({ requests: null, outages: 1 });
});
