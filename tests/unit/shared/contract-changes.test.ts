import { describe, expect, it } from 'vitest';
import { applyEvent, changesSince, follows, sectionsOf } from '../../../shared/contract/changes.ts';
import { sampleSnapshot } from '../../fixtures/sample-snapshot.ts';

const sample = sampleSnapshot();
const first = { version: 3, snapshot: sample };
const draining = { ...sample, control: { ...sample.control, draining: true } };

describe('what a daemon reported', () => {
  it('holds as changes the sections that differ, whole, and nothing else', () => {
    const told = sectionsOf(sample);
    expect(changesSince(told, structuredClone(sample))).toBeNull();
    expect(changesSince(told, draining)).toEqual({ control: draining.control });
  });

  it('comes out the same on the other side', () => {
    const changes = changesSince(sectionsOf(sample), draining) ?? {};
    expect(applyEvent(first, { event: 'change', version: 4, changes })).toEqual({
      version: 4,
      snapshot: draining,
    });
    expect(applyEvent(first, { event: 'snapshot', version: 9, snapshot: draining })).toEqual({
      version: 9,
      snapshot: draining,
    });
  });

  it('is nothing before a snapshot was received', () => {
    expect(applyEvent(null, { event: 'change', version: 4, changes: {} })).toBeNull();
  });

  it('says when a change was missed', () => {
    const change = (version: number) => ({ event: 'change', version, changes: {} }) as const;
    expect(follows(first, change(4))).toBe(true);
    expect(follows(first, change(5))).toBe(false);
    expect(follows(null, change(4))).toBe(false);
    expect(follows(first, { event: 'snapshot', version: 9, snapshot: draining })).toBe(true);
  });
});
