import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSettings, parseSettingText } from '../../../../electron/daemon/storage/settings.ts';
import { toSettings } from '../../../../electron/daemon/storage/settings-file.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import { startChild } from '../../../fixtures/storage/sandbox.ts';
import {
  broken,
  brokenName,
  clock,
  opened,
  stateDirectory,
} from '../../../fixtures/storage/settings-files.ts';

const defaultSettings = () => toSettings(new Map());

describe('the defaults', () => {
  it('are those of the design', async () => {
    const { paths, settings } = await opened();
    expect(settings.current).toEqual(defaultSettings());
    expect(settings.notices).toEqual([]);
    expect(readdirSync(paths.stateDir)).not.toContain('settings.json');
    expect(settings.current).toEqual({
      coordinatorUrl: 'https://parallelix.io/api',
      ollamaUrl: null,
      rpcUrl: null,
      chain: { id: 1, secondRpcUrl: null, publicRpcs: true, token: null, registry: null, rewards: null },
      defaultModel: null,
      mode: 'auto',
      concurrency: 1,
      allowSubstitution: false,
      caFile: null,
      capabilitiesVersion: null,
      pause: null,
      ollama: { manage: true, modelsDir: null, contextTokens: 4_096, releaseUrl: null },
      hardware: { cards: null, acceptTierMismatch: false },
      timing: {
        idlePollMs: 2_000,
        pollBackoffFirstMs: 2_000,
        pollBackoffMaxMs: 30_000,
        heartbeatMs: 10_000,
        accountHeartbeatMs: 60_000,
        retryAfterMaxMs: 60_000,
        heartbeatRetryAfterMaxMs: 30_000,
        chainWatchedMs: 4_000,
        outboxRetryFirstMs: 1_000,
        outboxRetryMaxMs: 60_000,
        outboxRetryJitterPercent: 20,
        outboxGiveUpMs: 86_400_000,
        requestDeadlineMs: 120_000,
        drainMs: 30_000,
        shutdownDrainMs: 5_000,
      },
      limits: {
        queueLimit: 8,
        undeliveredLimit: 32,
        promptBytes: 262_144,
        inboxBytes: 1_048_576,
        answerBytes: 65_536,
        resultBytes: 1_048_576,
        attempts: 3,
        minFreeBytes: 67_108_864,
        deliveredRowsDays: 400,
      },
      desktop: {
        startAtLogin: false,
        keepAwake: false,
        singleKeys: true,
        language: 'system',
        theme: 'system',
        notifications: true,
        notifyOffline: true,
        notifyOnline: true,
        notifyAttention: true,
        notifyEarnings: true,
        notifyCooldown: true,
        notifyPull: true,
        notifyUpdate: true,
        updates: true,
        explainedClosing: false,
        explainedNoTray: false,
        explainedMenuEntry: false,
        firstEarned: false,
        explainedFirstEarned: false,
        notifiedVersion: null,
      },
    });
  });

  it('are all valid by their own rules and described', async () => {
    const { settings } = await opened();
    const described = settings.describe();
    expect(described.length).toBeGreaterThan(30);
    for (const { name, value, default: fallback, bounds, meaning, source } of described) {
      expect(value).toEqual(fallback);
      expect(source).toBe('default');
      expect(bounds).not.toBe('');
      expect(meaning).not.toBe('');
      // Two are set by what is done, never as text.
      if (name !== 'pause' && name !== 'desktop.notifiedVersion')
        expect(parseSettingText(name, String(fallback ?? 'none'))).toEqual(fallback);
    }
  });
});

describe('a setting that is changed', () => {
  it('is in use at once, in the file alone of its kind, and there after reopening', async () => {
    const { paths, settings } = await opened();
    await settings.set('timing.heartbeatMs', 5_000);
    await settings.set('coordinatorUrl', 'http://127.0.0.1:8080/api/');
    await settings.set('pause', { sinceMs: 1, untilMs: null });
    expect(settings.current.timing.heartbeatMs).toBe(5_000);
    expect(settings.get('timing.heartbeatMs')).toBe(5_000);
    const saved = {
      schemaVersion: 1,
      timing: { heartbeatMs: 5_000 },
      coordinatorUrl: 'http://127.0.0.1:8080/api',
      pause: { sinceMs: 1, untilMs: null },
    };
    expect(JSON.parse(readFileSync(paths.settingsFile, 'utf8'))).toEqual(saved);
    expect(statSync(paths.settingsFile).mode & 0o777).toBe(0o600);
    const again = await openSettings({ paths }, { clock });
    expect(again.current).toEqual(settings.current);
    expect(again.describe().find(({ name }) => name === 'timing.heartbeatMs')?.source).toBe('saved');
  });

  it('goes back to its default on request', async () => {
    const { paths, settings } = await opened();
    await settings.set('concurrency', 4);
    await settings.set('concurrency', undefined);
    expect(settings.current.concurrency).toBe(1);
    expect(JSON.parse(readFileSync(paths.settingsFile, 'utf8'))).toEqual({ schemaVersion: 1 });
  });

  it('goes back with all others at once, whatever order their bounds would ask for', async () => {
    const { paths, settings } = await opened();
    await settings.set('timing.pollBackoffMaxMs', 500_000);
    await settings.set('timing.pollBackoffFirstMs', 60_000);
    await settings.set('concurrency', 4);
    await settings.unsetAll(['timing.pollBackoffMaxMs', 'timing.pollBackoffFirstMs']);
    expect(JSON.parse(readFileSync(paths.settingsFile, 'utf8'))).toEqual({
      schemaVersion: 1,
      concurrency: 4,
    });
    expect(() => settings.unsetAll(['no.such'])).toThrow('setting-invalid');
  });

  it('loses nothing that other processes set at the same time', async () => {
    const { paths, settings } = await opened();
    const names = ['timing.drainMs', 'timing.idlePollMs', 'limits.queueLimit', 'limits.attempts'];
    const children = names.map((name) =>
      startChild(
        `import { openSettings } from '@/storage/settings.ts';
        import { systemClock as clock } from '@/system/clock.ts';
        const [text, name] = process.argv.slice(-2);
        const settings = await openSettings({ paths: JSON.parse(text) }, { clock });
        for (let value = 251; value <= 256; value++) await settings.set(name, name === 'limits.attempts' ? value - 250 : value);`,
        [JSON.stringify(paths), name],
      ),
    );
    await Promise.all([settings.set('concurrency', 2), settings.set('allowSubstitution', true)]);
    for (const child of children) expect(await child.ended).toMatchObject({ code: 0, errors: '' });
    const { concurrency, allowSubstitution, timing, limits } = await settings.reload();
    expect([concurrency, allowSubstitution, timing.drainMs, timing.idlePollMs]).toEqual([2, true, 256, 256]);
    expect([limits.queueLimit, limits.attempts]).toEqual([256, 6]);
    expect(broken(paths)).toEqual([]);
  });

  it.each([
    ['concurrency', 0],
    ['concurrency', 17],
    ['concurrency', 1.5],
    ['concurrency', '2'],
    ['mode', 'tpu'],
    ['mode', 'toString'],
    ['allowSubstitution', 'yes'],
    ['coordinatorUrl', 'http://parallelix.io/api'],
    ['coordinatorUrl', 'http://127.0.0.1.example.com'],
    ['coordinatorUrl', 'http://localhost.example.com'],
    ['coordinatorUrl', 'https://user:secret@parallelix.io'],
    ['coordinatorUrl', 'https://parallelix.io/api?x=1'],
    ['coordinatorUrl', 'ftp://parallelix.io'],
    ['coordinatorUrl', 'parallelix.io'],
    ['coordinatorUrl', ''],
    ['coordinatorUrl', null],
    ['ollamaUrl', '127.0.0.1:11434'],
    ['ollamaUrl', 'file:///etc/passwd'],
    ['caFile', 'ca.pem'],
    ['capabilitiesVersion', 'v2'],
    ['defaultModel', 'a b'],
    ['defaultModel', ''],
    ['pause', { sinceMs: 'now' }],
    ['timing.heartbeatMs', 1],
    ['timing.heartbeatMs', null],
    ['timing', {}],
    ['timing.', 1],
    ['schemaVersion', 2],
    ['__proto__', {}],
    ['constructor', 1],
    ['nonsense', 1],
  ])('is refused when %s is %j, and nothing is written', async (name, value) => {
    const { paths, settings } = await opened();
    const refusal = await Promise.resolve()
      .then(() => settings.set(name, value))
      .catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      code: 'setting-invalid',
      details: { name, reason: expect.stringMatching(/./) },
    });
    expect(readdirSync(paths.stateDir)).not.toContain('settings.json');
    expect(settings.current).toEqual(defaultSettings());
  });

  it.each(['https://example.org/api', 'http://localhost:1', 'http://127.8.9.1', 'http://[::1]:8080/x'])(
    'may be the coordinator address %s',
    async (url) => {
      const { settings } = await opened();
      expect((await settings.set('coordinatorUrl', url)).coordinatorUrl).toBe(url);
    },
  );

  it('keeps the first wait below the longest', async () => {
    const { settings } = await opened();
    await expect(settings.set('timing.outboxRetryFirstMs', 60_000)).resolves.toBeDefined();
    await expect(settings.set('timing.outboxRetryMaxMs', 30_000)).rejects.toMatchObject({
      code: 'setting-invalid',
    });
    expect(settings.current.timing.outboxRetryMaxMs).toBe(60_000);
  });

  it.each([
    ['concurrency', '4', 4],
    ['allowSubstitution', 'on', true],
    ['allowSubstitution', 'no', false],
    ['defaultModel', 'none', null],
    ['defaultModel', 'qwen2.5:7b', 'qwen2.5:7b'],
    ['mode', 'cpu', 'cpu'],
  ])('is read from a command line: %s %s', (name, text, value) => {
    expect(parseSettingText(name, text)).toBe(value);
  });

  it.each([
    ['concurrency', ''],
    ['concurrency', '0x2'],
    ['concurrency', '1e1'],
    ['concurrency', 'two'],
    ['allowSubstitution', 'maybe'],
    ['allowSubstitution', 'constructor'],
    ['pause', '5'],
    ['mode', ''],
  ])('is not read from a command line as %s %j', (name, text) => {
    expect(() => parseSettingText(name, text)).toThrow('setting-invalid');
  });
});

describe('a settings file that cannot be', () => {
  it.each([
    ['empty', ''],
    ['torn', '{"schemaVersion": 1, "timing": {"heartb'],
    ['binary', '\u0000\u0001\u0002'],
    ['a list', '[1,2]'],
    ['null', 'null'],
    ['huge', `{"schemaVersion":1,"x":"${'y'.repeat(300_000)}"}`],
  ])('because it is %s is kept beside, and the defaults are used', async (_what, text) => {
    const { paths, settings } = await opened(text);
    expect(settings.current).toEqual(defaultSettings());
    expect(settings.notices).toMatchObject([
      { kind: 'healed', dropped: [], keptAt: expect.stringContaining(brokenName) },
    ]);
    expect(broken(paths)).toEqual([brokenName]);
    expect(readFileSync(`${paths.stateDir}/${brokenName}`, 'utf8')).toBe(text);
    expect((await openSettings({ paths }, { clock })).notices).toEqual([]);
    await settings.set('concurrency', 3);
    expect((await openSettings({ paths }, { clock })).current.concurrency).toBe(3);
  });

  it('loses only the fields that are wrong, and says which', async () => {
    const text = JSON.stringify({
      schemaVersion: 1,
      concurrency: 99,
      defaultModel: 'qwen2.5:7b',
      coordinatorUrl: 'http://evil.example',
      timing: { heartbeatMs: 5_000, idlePollMs: 'soon' },
      limits: 7,
      somethingLater: { kept: true },
    });
    const { paths, settings } = await opened(text);
    const [healed, unknown] = settings.notices;
    expect(healed).toMatchObject({
      kind: 'healed',
      dropped: ['concurrency', 'coordinatorUrl', 'timing.idlePollMs', 'limits'],
    });
    expect(unknown).toEqual({ kind: 'unknown-names', names: ['somethingLater'] });
    const expected = defaultSettings();
    expected.defaultModel = 'qwen2.5:7b';
    expected.timing.heartbeatMs = 5_000;
    expect(settings.current).toEqual(expected);
    expect(readFileSync(`${paths.stateDir}/${brokenName}`, 'utf8')).toBe(text);
    expect(JSON.parse(readFileSync(paths.settingsFile, 'utf8'))).toEqual({
      schemaVersion: 1,
      defaultModel: 'qwen2.5:7b',
      timing: { heartbeatMs: 5_000 },
      somethingLater: { kept: true },
    });
  });

  it('with waits in the wrong order gets the default for both', async () => {
    const timing = { pollBackoffFirstMs: 50_000, pollBackoffMaxMs: 40_000 };
    const { settings } = await opened(JSON.stringify({ schemaVersion: 1, timing }));
    expect(settings.current.timing).toEqual(defaultSettings().timing);
    expect(settings.notices).toMatchObject([
      { dropped: ['timing.pollBackoffFirstMs', 'timing.pollBackoffMaxMs'] },
    ]);
  });

  it('is not heard to change the rest of the program', async () => {
    const { settings } = await opened(
      '{"schemaVersion":1,"__proto__":{"polluted":1},"timing":{"__proto__":{"polluted":1}}}',
    );
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect((settings.current as { polluted?: number }).polluted).toBeUndefined();
    expect(settings.current.timing.heartbeatMs).toBe(10_000);
  });

  it('from a newer version is used as far as known and not changed', async () => {
    const text = '{"schemaVersion": 7, "concurrency": 3, "timing": {"heartbeatMs": 1}, "new": true}';
    const { paths, settings } = await opened(text);
    expect(settings.notices).toEqual([{ kind: 'newer-version', schemaVersion: 7 }]);
    expect(settings.current.concurrency).toBe(3);
    expect(settings.current.timing.heartbeatMs).toBe(10_000);
    await expect(settings.set('concurrency', 4)).rejects.toMatchObject({
      code: 'settings-read-only',
      details: { schemaVersion: 7 },
    });
    expect(readFileSync(paths.settingsFile, 'utf8')).toBe(text);
    expect(broken(paths)).toEqual([]);
  });

  it('that is a folder is left alone, and the defaults are used', async () => {
    const paths = await stateDirectory();
    mkdirSync(paths.settingsFile);
    const settings = await openSettings({ paths }, { clock });
    expect(settings.notices).toEqual([{ kind: 'unreadable', reason: 'EISDIR' }]);
    expect(settings.current).toEqual(defaultSettings());
    await expect(settings.set('concurrency', 2)).rejects.toMatchObject({ code: 'state-dir-unusable' });
  });

  it('is not taken for the defaults while it is healed by twelve at once', async () => {
    const paths = await stateDirectory('{"schemaVersion":1,"concurrency":5,"mode":"tpu"}');
    const all = await Promise.all(
      Array.from({ length: 12 }, () => openSettings({ paths }, { clock: systemClock })),
    );
    expect(all.map(({ current }) => current.concurrency)).toEqual(Array(12).fill(5));
    expect(broken(paths)).toHaveLength(1);
    const noticing = all.filter(({ notices }) => notices.length > 0);
    expect(noticing.length).toBeGreaterThan(0);
    for (const { notices } of noticing)
      expect(basename(String(notices[0] && 'keptAt' in notices[0] && notices[0].keptAt))).toBe(
        broken(paths)[0],
      );
  });

  it('in a directory that cannot be written is used as far as it is valid', async () => {
    const paths = await stateDirectory('{"schemaVersion":1,"concurrency":5,"mode":"tpu"}');
    chmodSync(paths.settingsFile, 0o644);
    const child = startChild(
      `import { chmodSync, chownSync } from 'node:fs';
      import { dirname } from 'node:path';
      import { openSettings } from '@/storage/settings.ts';
      import { systemClock as clock } from '@/system/clock.ts';
      const paths = JSON.parse(process.argv.at(-1));
      if (process.getuid() === 0) {
        chmodSync(dirname(paths.stateDir), 0o755);
        chownSync(paths.stateDir, 65534, 65534);
        process.setgroups([]); process.setgid(65534); process.setuid(65534);
      }
      chmodSync(paths.stateDir, 0o500);
      const { current, notices } = await openSettings({ paths }, { clock });
      console.log(JSON.stringify({ concurrency: current.concurrency, mode: current.mode, notices }));
      chmodSync(paths.stateDir, 0o700);`,
      [JSON.stringify(paths)],
    );
    const { output, errors } = await child.ended;
    expect(errors).toBe('');
    expect(JSON.parse(output)).toMatchObject({
      concurrency: 5,
      mode: 'auto',
      notices: [{ dropped: ['mode'], keptAt: null }],
    });
  });
});
