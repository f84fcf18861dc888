import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CoordinatorClient } from '../../../../electron/daemon/coordinator/client.ts';
import { createUptimeRecord } from '../../../../electron/daemon/coordinator/uptime.ts';
import { createNodeKey, proofOfExecution } from '../../../../electron/daemon/identity/node-key.ts';
import { createJournal } from '../../../../electron/daemon/serving/journal.ts';
import { createJournalMaintenance } from '../../../../electron/daemon/serving/journal-maintenance.ts';
import { createOutbox } from '../../../../electron/daemon/serving/outbox.ts';
import { createServedToday } from '../../../../electron/daemon/serving/served-today.ts';
import { openDatabase } from '../../../../electron/daemon/storage/database.ts';
import { openJournalFile } from '../../../../electron/daemon/storage/journal-file.ts';
import { silentLog } from '../../../fixtures/silent-log.ts';
import { createSimulatedClock } from '../../../fixtures/simulated-clock.ts';
import { seeded } from '../../../fuzz/seeded.ts';

const nodeKey = createNodeKey(`0x${'01'.repeat(32)}`);
const nodeId = '7';
const { nodeAddress, nodeKeyHash } = nodeKey;
const identity = { nodeId, nodeAddress, nodeKeyHash };
const requestId = 'req_a3f1';
const result = 'The answer that waits for the coordinator. '.repeat(20);
const clock = createSimulatedClock({ settle: async () => undefined });

/** In memory where it can be: thousands of journals are written, and what a disk does with them is no matter here. */
const folder = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

let directory: string;
let path: string;
let whole: Buffer;

beforeAll(() => {
  directory = mkdtempSync(join(folder, 'plx-'));
  path = join(directory, 'journal.db');
  const database = openDatabase(path);
  const journal = createJournal({ identity, attempts: 3, path }, { database, clock });
  const [one, two] = journal.accept([requestId, 'req_failed']);
  const figures = { generationMs: 1, inputTokens: 1, outputTokens: 1 };
  const poe = proofOfExecution(requestId, result, nodeId);
  if (one?.kind !== 'accepted' || two?.kind !== 'accepted') throw new Error('not accepted');
  journal.finish(one.seq, { model: 'm', result, poe, ...figures });
  journal.fail(two.seq, 'ollama-died');
  journal.checkpoint();
  database.close();
  whole = readFileSync(path);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Starts what a node makes of this journal, and returns what it posts. */
async function takeOver(bytes: Buffer) {
  rmSync(directory, { recursive: true, force: true });
  directory = mkdtempSync(join(folder, 'plx-'));
  path = join(directory, 'journal.db');
  writeFileSync(path, bytes);
  const results: { requestId: string; result: string; poe: string }[] = [];
  const failures: unknown[] = [];
  const accepted = { kind: 'accepted', status: 200, body: null } as const;
  const coordinator = {
    async result(body: (typeof results)[number]) {
      results.push(body);
      return accepted;
    },
    async failure(body: unknown) {
      failures.push(body);
      return accepted;
    },
  } as unknown as CoordinatorClient;
  const database = openJournalFile(path, { clock, log: silentLog });
  const modules = { database, clock, log: silentLog };
  const journal = createJournal({ identity, attempts: 3, path }, modules);
  createServedToday({ journal, clock }).count();
  const uptime = createUptimeRecord({ nodeId, nodeAddress }, modules);
  const outbox = createOutbox(
    { retryMinMs: 1000, retryMaxMs: 1000, jitter: 0, retryAfterMaxMs: 1000, giveUpMs: 86_400_000 },
    { journal, coordinator, nodeKey, clock, log: silentLog, random: () => 0.5 },
  );
  const maintenance = createJournalMaintenance(
    { nodeId, keepDays: 400 },
    { journal, outbox, onDiskFull: () => undefined, alsoWrite: () => uptime.keep(), clock, log: silentLog },
  );
  maintenance.start();
  await outbox.flush();
  maintenance.stop();
  await outbox.stop();
  database.close();
  return { results, failures };
}

it('a whole journal is taken over, and posted', async () => {
  const { results, failures } = await takeOver(whole);
  expect(results).toMatchObject([{ requestId, result }]);
  expect(failures).toHaveLength(1);
});

it('one flipped bit anywhere in the journal never keeps the node down: the right answer is posted, or nothing of it', async () => {
  const random = seeded(20_261_127);
  // The header, where every bit means something, and anywhere else.
  const header = Array.from({ length: 100 * 8 }, (_, bit) => ({ at: bit >> 3, bit: bit & 7 }));
  const anywhere = Array.from({ length: 1000 }, () => ({
    at: random.below(whole.length),
    bit: random.below(8),
  }));
  const outcomes = { posted: 0, nothing: 0 };
  for (const { at, bit } of [...header, ...anywhere]) {
    const bytes = Buffer.from(whole);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
    const { results } = await takeOver(bytes).catch((error: unknown) => {
      throw new Error(`byte ${at}: ${String(error)}`, { cause: error });
    });
    for (const post of results) expect(post, `byte ${at}`).toMatchObject({ requestId, result });
    outcomes[results.length > 0 ? 'posted' : 'nothing'] += 1;
  }
  expect(outcomes.posted).toBeGreaterThan(500);
  expect(outcomes.nothing).toBeGreaterThan(5);
}, 600_000);
