import { describe, expect, it } from 'vitest';
import { nextStep, progressOf } from '../../../renderer/onboarding-progress.ts';
import {
  freshSnapshot,
  nowMs,
  sampleApp,
  sampleHardware,
  sampleOllama,
  sampleSnapshot,
} from '../../fixtures/e2e/renderer-samples.ts';

const app = sampleApp();
const newcomer = sampleApp({ node: { phase: 'no-identity' } });
const preparation = {
  hardware: sampleHardware,
  ollama: { ...sampleOllama, condition: 'not-installed' as const, models: [], defaultModel: null },
  pulls: [],
  install: null,
  selfTests: [],
};

describe('the path of the seven steps', () => {
  it('begins with the page to read while nothing is known', () => {
    const progress = progressOf(newcomer, null, null);
    expect(Object.values(progress)).toEqual(Array(8).fill('open'));
    expect(nextStep(progress)).toBe('need');
  });

  it('begins with the page to read when only the hardware was measured', () => {
    const progress = progressOf(newcomer, null, preparation);
    expect(progress.probe).toBe('done');
    expect(nextStep(progress)).toBe('need');
  });

  it('goes on at the model once the key is made', () => {
    const snapshot = freshSnapshot({ ollama: preparation.ollama });
    expect(nextStep(progressOf(app, snapshot, snapshot))).toBe('model');
  });

  it('goes on at the registration when only that is missing', () => {
    const snapshot = freshSnapshot();
    expect(nextStep(progressOf(app, snapshot, snapshot))).toBe('register');
  });

  it('is through when a heartbeat was accepted, and shows no claim that nobody saw', () => {
    const snapshot = sampleSnapshot();
    const progress = progressOf(app, snapshot, snapshot);
    expect(progress).toMatchObject({ run: 'done', claim: 'open', exit: 'open' });
    expect(nextStep(progress)).toBe('claim');
  });

  it('stops at the probe while a card may be hidden', () => {
    const snapshot = freshSnapshot({ hardware: { ...sampleHardware, registrationHold: 'driver-mismatch' } });
    const progress = progressOf(app, snapshot, snapshot);
    expect(progress.probe).toBe('blocked');
    expect(nextStep(progress)).toBe('probe');
  });

  it('stops at the registration while the chain says more than the machine shows, unless that is accepted', () => {
    const declared = { tier: 4, match: 'declared-higher' as const, accepted: false };
    const blocked = sampleSnapshot({ hardware: { ...sampleHardware, declared } });
    expect(progressOf(app, blocked, blocked).register).toBe('blocked');
    const accepted = sampleSnapshot({
      hardware: { ...sampleHardware, declared: { ...declared, accepted: true } },
    });
    expect(progressOf(app, accepted, accepted).register).toBe('done');
  });

  it('shows the exit as under way while the stake cools', () => {
    const cooling = sampleSnapshot({
      state: { code: 'cooling', sinceMs: nowMs, params: { date: nowMs, d: 3, h: 2 } },
    });
    expect(progressOf(app, cooling, cooling).exit).toBe('blocked');
  });

  it('shows the exit as done once the stake is withdrawn, and as open before it is asked for', () => {
    const retired = sampleSnapshot({
      state: { code: 'retired', sinceMs: nowMs, params: { id: '4217', date: null } },
    });
    expect(progressOf(app, retired, retired).exit).toBe('done');
    for (const code of ['ready', 'not-registered', 'paused'] as const) {
      const staked = sampleSnapshot({ state: { code, sinceMs: nowMs, params: {} } });
      expect(progressOf(app, staked, staked).exit, code).toBe('open');
    }
  });
});
