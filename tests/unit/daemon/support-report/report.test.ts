import { describe, expect, it } from 'vitest';
import { findLeak } from '../../../../electron/daemon/support-report/leak-scan.ts';
import { type BundleSources, composeBundle } from '../../../../electron/daemon/support-report/report.ts';
import { isNodeError } from '../../../../shared/errors.ts';
import { said } from '../../../../shared/reasons/reason-text.ts';
import { describeFinding } from '../../../../shared/texts/check-text.ts';
import { sampleComputer } from '../../../fixtures/sample-computer.ts';
import { sampleSnapshot } from '../../../fixtures/sample-snapshot.ts';

const key = '93fe4a1ddf10d0339818127c21db7dc362d1287ff43b71e758a197c76100993c';
const passphrase = 'correct horse battery staple';
const seedPhrase = 'legal winner thank year wave sausage worth useful legal winner thank yellow';
const sensitive = {
  secrets: [key, passphrase],
  homeDir: '/home/ann.smith',
  userName: 'ann.smith',
  hostName: 'annsbox',
};

function logLine(facts: Record<string, unknown>, event = 'start-failed'): string {
  return JSON.stringify({ t: '2026-11-23T12:00:00.000Z', level: 'error', event, ...facts });
}

function sources(changes: Partial<BundleSources> = {}): BundleSources {
  const setting = { bounds: '', meaning: '', source: 'saved' as const };
  return {
    atMs: Date.UTC(2026, 10, 23, 12, 30),
    version: '0.1.0',
    system: { platform: 'linux', release: '6.1.0', arch: 'x64', nodeVersion: 'v24.0.0' },
    computer: sampleComputer,
    node: 'the app, hosting',
    snapshot: sampleSnapshot(),
    settings: [
      { ...setting, name: 'limits.queue', value: 8, default: 8 },
      { ...setting, name: 'rpcUrl', value: 'https://mainnet.example/v3', default: null },
    ],
    checks: [
      describeFinding({ code: 'backup-none', facts: {} }),
      describeFinding({
        code: 'key-private',
        facts: { place: '/x/node.key', nodeKeyHash: `0x${'b'.repeat(64)}` },
      }),
    ],
    log: [logLine({ requestId: 'req_0001', model: 'llama3.2:latest' }, 'request-accepted'), 'torn'],
    sensitive,
    ...changes,
  };
}

it('names the places of a crash, one a line, and nothing of whose computer it is', () => {
  const stack = '  at run (file:///home/ann.smith/node/cli.mjs:10:5)\n  at node:events:1:2';
  const text = composeBundle(sources({ log: [logLine({ error: 'Error: broken', stack }, 'crashed')] }));
  expect(text).toContain('at run (file://~/node/cli.mjs:10:5)\n');
  expect(text).toContain('at node:events:1:2\n');
  expect(text).not.toContain('ann.smith');
});

const forms = {
  'the key in hex': key,
  'the key with 0x': `0x${key}`,
  'the key in upper case': key.toUpperCase(),
  'the key in base64': Buffer.from(key, 'hex').toString('base64'),
  'the key in base64url': Buffer.from(key, 'hex').toString('base64url'),
  'the key as bytes': key.replace(/../g, '$& ').trim(),
  'the key as numbers': [...Buffer.from(key, 'hex')].join(','),
  'a key nobody knows here': 'a1'.repeat(32),
  'the passphrase': passphrase,
  'the passphrase, shouted': passphrase.toUpperCase(),
  'a seed phrase': seedPhrase,
  'a name': 'seen by ann.smith',
  'a home folder': '/home/ann.smith/models',
  'a computer’s name': 'annsbox.local',
  'a web address with a user': 'https://ann:hunter2@rpc.example/x',
  'a web address with a query': 'https://rpc.example/x?apikey=0a1b2c',
  'a web address with a key in its path': 'https://mainnet.example/v3/0a1b2c3d4e5f60718293a4b5',
  'a header': 'Authorization: Bearer abc.def-123',
};
describe('the diagnostics bundle', () => {
  it('holds what support needs, for a person to read', () => {
    const text = composeBundle(sources());
    for (const part of [
      'version: 0.1.0',
      'system: linux 6.1.0 x64, Node v24.0.0',
      'node: the app, hosting',
      'node id: 4217',
      'heartbeats: 12 accepted, 1 failed',
      'served=3',
      'rpcUrl: https://mainnet.example/v3',
      'backup: warning.',
      'model: {"name":"llama3.2:latest"',
      'req_0001',
      'a torn line',
    ])
      expect(text).toContain(part);
    // What is as by default tells nothing.
    expect(text).not.toContain('limits.queue');
  });

  it('is made where no daemon can be asked', () => {
    expect(composeBundle(sources({ snapshot: null, checks: [], log: [] }))).toContain(
      'no daemon could be asked',
    );
  });

  it('names neither the wallet nor the whole fingerprint of the key', () => {
    const text = composeBundle(sources());
    const { identity } = sampleSnapshot();
    expect(text).not.toContain(identity.owner);
    expect(text).not.toContain(identity.nodeKeyHash);
    expect(text).not.toContain(identity.nodeAddress);
  });

  const places: Record<string, (planted: string) => Partial<BundleSources>> = {
    'a setting': (value) => ({
      settings: [{ name: 'ollamaUrl', value, default: null, bounds: '', meaning: '', source: 'saved' }],
    }),
    'a fact of the log': (error) => ({ log: [logLine({ error })] }),
    'an unforeseen fact of the log': (planted) => ({ log: [logLine({ detail: planted }, 'unforeseen')] }),
    'a check': (place) => ({ checks: [describeFinding({ code: 'key-none', facts: { place } })] }),
    'the name of a model': (name) => {
      const snapshot = sampleSnapshot();
      const [first] = snapshot.ollama.models;
      if (first) first.name = name;
      return { snapshot };
    },
    'a failure of the network': (word) => {
      const snapshot = sampleSnapshot();
      const lastFailure = said(word);
      return { snapshot: { ...snapshot, heartbeat: { ...snapshot.heartbeat, lastFailure } } };
    },
    'the words for the node': (node) => ({ node }),
  };
  it.each(Object.entries(places))('never holds a secret that lies in %s', (_place, plant) => {
    for (const [what, planted] of Object.entries(forms)) {
      let text = '';
      try {
        text = composeBundle(sources(plant(planted)));
      } catch (error) {
        expect(isNodeError(error, 'bundle-refused'), what).toBe(true);
      }
      const secret = planted.replace(/^(seen by |Authorization: Bearer |https:\/\/(ann:)?(?=hunter2))/, '');
      expect(text.toLowerCase(), what).not.toContain(secret.toLowerCase());
      expect(text, what).not.toMatch(/hunter2|0a1b2c|abc\.def/);
    }
  });

  it.each(['the passphrase, shouted', 'a seed phrase'] as const)(
    'is not made at all where the redaction leaves %s',
    (what) => {
      const plant = () => composeBundle(sources({ node: `said: ${forms[what]}` }));
      expect(plant).toThrow(expect.objectContaining({ code: 'bundle-refused' }));
    },
  );
});

describe('looking for what must not leave', () => {
  it.each(Object.entries(forms))('finds %s', (_what, planted) => {
    expect(findLeak(`note: ${planted}`, sensitive)).not.toBeNull();
  });

  it('knows names and folders with any signs in them', () => {
    const odd = {
      secrets: [],
      homeDir: '/tmp/plx-Jp+U(GFB)',
      userName: 'ann-marie',
      hostName: 'my-laptop.local',
    };
    for (const planted of Object.values(odd).filter((value) => typeof value === 'string'))
      expect(findLeak(`seen ${planted} here`, odd), planted).toBe('holds-account-name');
  });

  it('leaves ordinary words alone, and what was taken out', () => {
    const text = [
      'passphrase: [redacted]',
      'https://rpc.example/x?[redacted]',
      'Bearer [redacted]',
      'nodeKeyHash=0x12345678…',
      'digest sha256 of nothing, 12 of 30 done',
    ].join('\n');
    expect(findLeak(text, sensitive)).toBeNull();
    expect(findLeak('/root/models of root', { ...sensitive, homeDir: '/root', userName: 'root' })).toBeNull();
  });
});
