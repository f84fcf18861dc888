import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAppUpdates, type UpdateWorker } from '../../../../electron/desktop/updates/updates.ts';
import type { OfferedRelease } from '../../../../electron/node/operations/update/manifest.ts';
import { NodeError } from '../../../../shared/errors.ts';
import { silentLog } from '../../../fixtures/silent-log.ts';
import { createSimulatedClock, type SimulatedClock } from '../../../fixtures/simulated-clock.ts';

const hourMs = 3_600_000;

function release(version: string): OfferedRelease {
  const sha256 = version.replaceAll('.', '').padEnd(64, '0');
  const file = {
    kind: 'app',
    format: 'AppImage',
    platform: 'linux',
    arch: 'x64',
    name: 'a',
    size: 1,
    sha256,
  };
  const manifest = {
    ...{ schemaVersion: 1, product: 'parallelix-operator', version, files: [file] },
    ...{ publishedAt: '2026-11-27T12:00:00Z', notes: 'What is new.' },
  } as OfferedRelease['manifest'];
  return { manifest, file, url: `https://releases.example/${version}` };
}

let clock: SimulatedClock;
let facts: {
  offered: OfferedRelease | null;
  automatic: boolean;
  busy: boolean;
  windows: number;
  held: NodeError | null;
  checkFails: NodeError | null;
  installFails: NodeError | null;
};
let did: string[];
let updates: ReturnType<typeof createAppUpdates>;

async function start(kind: 'app' | 'command' | 'nobody' = 'app', random = () => 0.5): Promise<void> {
  const own: NonNullable<UpdateWorker['own']> = {
    heldBack: async () => facts.held,
    async download() {
      did.push('download');
      return '/downloaded';
    },
    async install({ manifest }) {
      if (facts.installFails !== null) throw facts.installFails;
      did.push(`install ${manifest.version}`);
    },
  };
  const worker: UpdateWorker = {
    async check() {
      did.push('check');
      if (facts.checkFails !== null) throw facts.checkFails;
      return facts.offered;
    },
    own: kind === 'app' ? own : null,
    command: () => (kind === 'command' ? 'sudo apt install ./x.deb' : null),
    stop: async () => {},
  };
  updates = createAppUpdates(
    {},
    {
      openWorker: async () => (kind === 'nobody' ? null : worker),
      automatic: () => facts.automatic,
      busy: () => facts.busy,
      needsPerson: () => facts.windows > 0,
      changed: () => {},
      ...{ random, clock, log: silentLog },
    },
  );
  await updates.start();
}

beforeEach(() => {
  clock = createSimulatedClock({
    settle: async () => void (await new Promise((done) => setImmediate(done))),
  });
  did = [];
  facts = {
    ...{ offered: null, automatic: true, busy: false, windows: 1 },
    ...{ held: null, checkFails: null, installFails: null },
  };
});
afterEach(() => updates.stop());

const count = (what: string) => did.filter((one) => one === what).length;

describe('when the app looks for updates', () => {
  it('soon after the start, and every six hours from there', async () => {
    await start();
    expect(did).toEqual([]);
    await clock.advance(120_000);
    expect(count('check')).toBe(1);
    await clock.advance(24 * hourMs);
    expect(count('check')).toBe(5);
  });

  it('at other moments than other apps: up to half an hour to either side', async () => {
    await start('app', () => 0);
    await clock.advance(1);
    await clock.advance(5.5 * hourMs - 2);
    expect(count('check')).toBe(1);
    await clock.advance(2);
    expect(count('check')).toBe(2);
  });

  it('never while the switch is off, and again once it is on', async () => {
    facts.automatic = false;
    await start();
    await clock.advance(24 * hourMs);
    expect(did).toEqual([]);
    facts.automatic = true;
    await clock.advance(6 * hourMs);
    expect(count('check')).toBe(1);
  });

  it('when a person asks, with the switch off too', async () => {
    facts.automatic = false;
    await start();
    await updates.check();
    expect(count('check')).toBe(1);
  });

  it('never in a build that no release belongs to', async () => {
    await start('nobody');
    await clock.advance(24 * hourMs);
    await updates.check();
    expect(did).toEqual([]);
    expect(updates.state.by).toBe('nobody');
  });

  it('and says so where it could not, with the last success still known', async () => {
    await start();
    await updates.check();
    const { checkedAtMs } = updates.state;
    expect(checkedAtMs).toBe(clock.now());
    facts.checkFails = new NodeError('http-timeout', { url: 'https://r.example', timeoutMs: 1 });
    await clock.advance(hourMs);
    await updates.check();
    expect(updates.state).toMatchObject({ status: 'idle', checkedAtMs, failure: { code: 'http-timeout' } });
  });
});

describe('a newer version', () => {
  beforeEach(() => {
    facts.offered = release('0.2.0');
  });

  it('is downloaded by itself and waits for the person while a window is open', async () => {
    await start();
    await clock.advance(hourMs);
    expect(did).toEqual(['check', 'download']);
    expect(updates.state).toMatchObject({
      status: 'ready',
      offered: { version: '0.2.0', notes: 'What is new.', command: null },
    });
  });

  it('is installed by itself once no window is open', async () => {
    await start();
    await clock.advance(hourMs);
    facts.windows = 0;
    updates.changed();
    await clock.settle();
    expect(did.at(-1)).toBe('install 0.2.0');
    expect(updates.state.status).toBe('installing');
  });

  it('is not installed by itself with the switch off', async () => {
    facts.windows = 0;
    await start();
    facts.automatic = false;
    await updates.check();
    updates.changed();
    expect(updates.state.status).toBe('ready');
    expect(did).not.toContain('install 0.2.0');
  });

  it('waits while something must not be cut off, whoever wants it', async () => {
    facts.busy = true;
    await start();
    await updates.check();
    await updates.install();
    expect(updates.state.status).toBe('waiting');
    expect(did).not.toContain('install 0.2.0');
    facts.busy = false;
    updates.changed();
    await clock.settle();
    expect(did.at(-1)).toBe('install 0.2.0');
  });

  it('is put off for a day by Later, and offered again after it', async () => {
    await start();
    await updates.check();
    updates.later();
    facts.windows = 0;
    updates.changed();
    await clock.advance(20 * hourMs);
    expect(did).not.toContain('install 0.2.0');
    await clock.advance(10 * hourMs);
    expect(did.at(-1)).toBe('install 0.2.0');
  });

  it('is brought and installed at once by Update now, even after Later', async () => {
    facts.automatic = false;
    await start();
    updates.later();
    await updates.install();
    await clock.settle();
    expect(did).toEqual(['check', 'download', 'install 0.2.0']);
  });

  it('that failed here before is not brought by itself, and is when a person asks', async () => {
    facts.held = new NodeError('update-held-back', { version: '0.2.0', reason: 'ended', attempts: 3 });
    await start();
    await clock.advance(13 * hourMs);
    expect(did).not.toContain('download');
    expect(updates.state.failure?.code).toBe('update-held-back');
    await updates.check();
    expect(did.at(-1)).toBe('download');
  });

  it('that could not be installed is brought again by the next check, and not tried in a circle', async () => {
    facts.windows = 0;
    facts.installFails = new NodeError('disk-full', { path: '/x', place: 'update', reason: 'ENOSPC' });
    await start();
    await clock.advance(hourMs);
    expect(updates.state).toMatchObject({ status: 'idle', failure: { code: 'disk-full' } });
    expect(did).toEqual(['check', 'download']);
    facts.installFails = null;
    await clock.advance(6 * hourMs);
    expect(did).toEqual(['check', 'download', 'check', 'download', 'install 0.2.0']);
  });

  it('of a system package is announced with its command, and neither brought nor installed', async () => {
    facts.windows = 0;
    await start('command');
    await clock.advance(hourMs);
    await updates.install();
    expect(did.filter((what) => what !== 'check')).toEqual([]);
    expect(updates.state).toMatchObject({
      by: 'command',
      offered: { version: '0.2.0', command: 'sudo apt install ./x.deb' },
    });
  });

  it('is replaced by one that is newer still', async () => {
    await start();
    await updates.check();
    facts.offered = release('0.3.0');
    await updates.check();
    await updates.install();
    await clock.settle();
    expect(did.at(-1)).toBe('install 0.3.0');
  });
});
