import { describe, expect, it } from 'vitest';
import { createLogger, type LogEntry } from '../../../../electron/daemon/logging/logger.ts';
import { createRedactor } from '../../../../electron/daemon/logging/redaction.ts';
import { composeBundle } from '../../../../electron/daemon/support-report/report.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import { describeFinding } from '../../../../shared/texts/check-text.ts';
import { createAnswerCache, describeEntry, eventNames } from '../../../../shared/texts/event-text.ts';
import { vocabulary } from '../../../../shared/vocabulary.ts';
import { unknownComputer } from '../../../fixtures/sample-computer.ts';
import { sampleSnapshot } from '../../../fixtures/sample-snapshot.ts';

/** The product's own words, tried one by one as names of the computer and of the person: what people really call them. */
const terms = [...vocabulary(), ...eventNames];
const stranger = { homeDir: '/home/ann.smith', userName: 'ann.smith', hostName: 'annsbox' };
const called = (name: string) => ({ homeDir: `/home/${name}`, userName: name, hostName: name });

function logOf(names: typeof stranger, write: (log: ReturnType<typeof createLogger>) => void): LogEntry[] {
  const entries: LogEntry[] = [];
  write(
    createLogger(
      { file: null },
      { clock: systemClock, redactor: createRedactor(names), sink: (entry) => void entries.push(entry) },
    ),
  );
  return entries;
}

const logged = (event: string, facts: Record<string, unknown> = {}) =>
  JSON.stringify({ t: '2026-11-23T12:00:00.000Z', level: 'info', event, ...facts });

/** A report with a bit of everything in it; `planted` is a text of the world. */
function reportOf(names: typeof stranger, planted = 'nothing'): string {
  const snapshot = sampleSnapshot();
  return composeBundle({
    atMs: Date.UTC(2026, 10, 23, 12, 30),
    version: '0.1.0',
    system: { platform: 'linux', release: '6.1.0', arch: 'x64', nodeVersion: 'v24.0.0' },
    // What makers call their parts is no word of ours, and goes where somebody is called so.
    computer: unknownComputer,
    node: 'the command line, a daemon runs',
    snapshot: {
      ...snapshot,
      heartbeat: { ...snapshot.heartbeat, lastFailure: 'ECONNREFUSED' },
    },
    settings: [{ name: 'limits.queue', value: 9, default: 8 }],
    checks: [
      describeFinding({ code: 'backup-none', facts: {} }),
      describeFinding({ code: 'generation-fails', facts: { model: 'x7', reason: 'ollama-died' } }),
    ],
    log: [
      logged('request-finished', { requestId: 'r_1', model: 'x7', ms: 12, inputTokens: 3, outputTokens: 4 }),
      logged('delivered', { requestId: 'r_1' }),
      logged('request-not-run', { requestId: 'r_2', failure: 'queue-full' }),
      logged('key-out-of-reach', { code: 'keychain-locked' }),
      logged('crashed', { error: `NodeError: model-not-installed`, detail: planted }),
    ],
    sensitive: { secrets: [], ...names },
  });
}

/** Every word that a report says of itself, the labels and sentences included. */
const reportWords = [
  ...new Set(reportOf(stranger).match(/[\p{L}\p{N}]{3,}(?:[-._][\p{L}\p{N}]+)*/gu)),
].filter(
  // Texts of the world, in the sample: whoever is called like them is somebody.
  (word) => !isWorldly(word),
);

function isWorldly(word: string): boolean {
  const parts = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return worldly().some((text) => parts(word).every((part) => parts(text).includes(part)));
}

function worldly(): string[] {
  const { hardware, ollama, identity, serving, registration, pulls, selfTests } = sampleSnapshot();
  const texts: string[] = ['x7', 'r_1', 'r_2', '6.1.0', '0.1.0', 'v24.0.0', 'nothing', 'NodeError'];
  const collect = (value: unknown): void => {
    if (typeof value === 'string' && !vocabulary().has(value)) texts.push(value);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect);
  };
  for (const part of [hardware, ollama, identity, serving, registration, pulls, selfTests]) collect(part);
  return texts;
}

describe('a computer that is called like a word of the product', () => {
  it('finds hundreds of such words to be tried', () => {
    expect(terms.length).toBeGreaterThan(300);
    for (const word of ['heartbeats', 'model', 'request', 'Checks', 'version', 'Log'])
      expect(reportWords).toContain(word);
  });

  it.each([
    ['every term', terms],
    ['every part of a term', [...new Set(terms.flatMap((term) => term.split(/[-_. ,]+/)))]],
    ['every word of a report', reportWords],
    [
      'what people call them',
      ['server', 'request', 'model', 'gpu', 'node', 'ollama', 'test', 'home', 'will'],
    ],
  ])('loses nothing of its log, %s tried', (_what, names) => {
    for (const name of names) {
      const entries = logOf(called(name), (log) => {
        for (const event of eventNames) log.info(event);
        log.info('request-finished', { requestId: 'r_1', model: 'x7', ms: 12, outputTokens: 4 });
        log.info('delivered', { requestId: 'r_1' });
        for (const code of terms) log.info('state', { code });
        log.info('requests-not-run', { count: 2, failures: 'queue-full, deadline-exceeded' });
      });
      const kept = entries.map(({ event, facts }) => ({ event, ...facts }));
      expect(JSON.stringify(kept), name).not.toMatch(/\[name\]|\[redacted\]/);
      const answers = createAnswerCache();
      for (const entry of entries) answers.see(entry);
      const lines = entries
        .filter(({ event }) => event === 'delivered')
        .map((entry) => describeEntry(entry, answers).text);
      expect(lines, name).toContain('Delivered r_1 · x7 · 12 ms · — → 4 tokens');
    }
  });

  it.each([
    ['every term', terms],
    ['every part of a term', [...new Set(terms.flatMap((term) => term.split(/[-_. ,]+/)))]],
    ['every word of a report', reportWords],
  ])('has the same support report as any other, %s tried', (_what, names) => {
    const expected = reportOf(stranger);
    for (const name of names) {
      if (isWorldly(name)) continue;
      expect(reportOf(called(name)), name).toBe(expected);
    }
  });

  it('still loses its name where it is a name, and everybody else’s', () => {
    for (const name of ['server', 'request', 'model', 'gpu', 'timeout', 'will']) {
      const [entry] = logOf(called(name), (log) =>
        log.warn('ca-hint-unusable', { path: `//${name}/certs`, reason: `cannot reach ${name}.local` }),
      );
      expect(entry?.facts, name).toEqual({ path: '//[name]/certs', reason: 'cannot reach [name].local' });
      const report = reportOf(called(name), `mount of ${name}: /home/${name}/x`);
      expect(report, name).toContain('detail=mount of [name]: ~/x');
    }
    const [mixed] = logOf({ ...stranger, hostName: 'server' }, (log) =>
      log.warn('request-failed', { requestId: 'r_1', detail: 'ann.smith on server, annsbox' }),
    );
    expect(mixed).toMatchObject({ event: 'request-failed', facts: { detail: '[name] on [name], annsbox' } });
  });

  it('keeps the functions that a crash went through', () => {
    const error = new Error('broken');
    error.stack = 'Error: broken\n    at Server.request (file:///home/request/cli.mjs:1:2)';
    const [entry] = logOf(called('request'), (log) => log.fault(error));
    expect(entry?.facts.stack).toBe('  at Server.request (file://~/cli.mjs:1:2)');
  });

  it('keeps a code inside a text, which names nobody', () => {
    const [entry] = logOf(called('model'), (log) =>
      log.warn('crashed', { error: 'NodeError: model-not-installed, not a model' }),
    );
    expect(entry?.facts.error).toBe('NodeError: model-not-installed, not a [name]');
  });
});
