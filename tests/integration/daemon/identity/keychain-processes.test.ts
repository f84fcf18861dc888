import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createNodeKey, generatePrivateKey } from '../../../../electron/daemon/identity/node-key.ts';
import {
  type KeychainSession,
  noKeychainHere,
  onceMoreAfterCrash,
  orSkip,
  startSession,
} from '../../../fixtures/identity/keychain-session.ts';

let session: KeychainSession;

beforeAll(async () => {
  if (noKeychainHere) return;
  session = await startSession();
});
afterAll(() => session?.stop());
beforeEach(async (context) => {
  orSkip(context);
  await session.stopService('SIGKILL');
  await session.startService('open');
});

function startStore() {
  const child: ChildProcess = spawn(
    process.execPath,
    [join(import.meta.dirname, '../../../fixtures/identity/keychain-child.ts')],
    {
      env: { ...session.env, NODE_NO_WARNINGS: '1' },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await ended;
  });
  if (!child.stdout) throw new Error('no standard output');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    line: async () => String((await lines.next()).value),
    add: (nodeKeyHash: string, privateKey: string) => child.stdin?.write(`${nodeKeyHash} ${privateKey}\n`),
  };
}

function freshKey() {
  const privateKey = generatePrivateKey();
  return { privateKey, nodeKeyHash: createNodeKey(privateKey).nodeKeyHash };
}

/** What every user of this computer can see of its processes, and what their owner can. */
function commandLinesAndEnvironments(): string {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`, `/proc/${pid}/comm`])
    .map((path) => {
      try {
        return readFileSync(path, 'latin1');
      } catch {
        // Ended meanwhile, or somebody else's.
        return '';
      }
    })
    .join('\n');
}

describe('two processes at one keychain', onceMoreAfterCrash, () => {
  it('that add the same key at once both succeed, and there is one entry', async () => {
    const stores = [startStore(), startStore()];
    for (const store of stores) expect(await store.line()).toBe('ready');
    for (let round = 0; round < 10; round += 1) {
      const { nodeKeyHash, privateKey } = freshKey();
      for (const store of stores) store.add(nodeKeyHash, privateKey);
      expect(await Promise.all(stores.map((store) => store.line()))).toEqual(['added', 'added']);
      expect(await session.entriesOf(nodeKeyHash)).toHaveLength(1);
      expect(await session.secretOf(nodeKeyHash)).toBe(privateKey);
    }
  });

  it('that add different keys at once overwrite nothing', async () => {
    const stores = [startStore(), startStore()];
    for (const store of stores) expect(await store.line()).toBe('ready');
    const before = await session.contents();
    const keys = Array.from({ length: 10 }, freshKey);
    for (const [index, { nodeKeyHash, privateKey }] of keys.entries())
      stores[index % 2]?.add(nodeKeyHash, privateKey);
    for (const _key of keys.slice(0, 5))
      expect(await Promise.all(stores.map((store) => store.line()))).toEqual(['added', 'added']);
    const entries = keys.map(({ nodeKeyHash, privateKey }) => `${nodeKeyHash} ${privateKey}`);
    expect(await session.contents()).toEqual([...before, ...entries].sort());
  });

  it('show the key in no command line and no environment', async () => {
    const store = startStore();
    expect(await store.line()).toBe('ready');
    const { nodeKeyHash, privateKey } = freshKey();
    let looking = true;
    const seen: string[] = [];
    const look = () => {
      seen.push(commandLinesAndEnvironments());
      if (looking) setImmediate(look);
    };
    look();
    store.add(nodeKeyHash, privateKey);
    expect(await store.line()).toBe('added');
    looking = false;
    seen.push(commandLinesAndEnvironments());
    const text = seen.join('\n');
    // The children are among what was checked.
    expect(text).toContain('keychain-child.ts');
    expect(text).toContain(session.env.DBUS_SESSION_BUS_ADDRESS);
    expect(text.toLowerCase()).not.toContain(privateKey);
    expect(text).not.toContain(Buffer.from(privateKey, 'hex').toString('base64'));
    expect(text).not.toContain(Buffer.from(privateKey, 'hex').toString('latin1'));
  });
});
