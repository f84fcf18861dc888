import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ConnectedCli, createConnectedCli } from '../fixtures/cli/network.ts';
import { startManglingProxy } from './mangling-proxy.ts';
import { type Seeded, seeded } from './seeded.ts';

/*
 * For as long as FUZZ_MINUTES says, with the seed that FUZZ_SEED gives or that is printed: a real node behind a network
 * that spoils a third of all answers, a control socket that is talked nonsense to, and state files with bytes changed.
 */
const minutes = Number(process.env.FUZZ_MINUTES ?? 0);
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
const skipped = 'takes minutes: FUZZ_MINUTES=10 npm test -- tests/fuzz/for-minutes.test.ts';
const limitMs = minutes * 60_000 + 240_000;

const residentMb = (pid: number) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function world(options: Parameters<typeof createConnectedCli>[0] = {}): Promise<ConnectedCli> {
  const cli = await createConnectedCli(options);
  onTestFinished(() => cli.stop());
  return cli;
}

/** Bytes that are no conversation, and hanging up in the middle. */
function talkNonsense(path: string, random: Seeded): void {
  const socket = createConnection(path);
  socket.on('error', () => {});
  const command = random.pick(['snapshot', 'subscribe', 'models', 'checks', '__proto__', 'x'.repeat(300)]);
  socket.write(random.chance(0.5) ? random.bytes(random.below(3000)) : `{"id":1,"command":"${command}"}\n`);
  setTimeout(() => socket.destroy(), random.below(300));
}

const folderBytes = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).reduce(
    (sum, entry) => sum + (entry.isFile() ? statSync(join(entry.parentPath, entry.name)).size : 0),
    0,
  );

describe('for minutes on end', () => {
  it(
    'a node stays up behind answers that are spoilt, grows no further, and serves when they are right again',
    async ({ skip }) => {
      skip(minutes === 0, skipped);
      console.log(`FUZZ_SEED=${seed}`);
      const random = seeded(seed);
      const cli = await world({ coordinator: { behaviour: { leaseMs: 5000 } } });
      await cli.makeNode();
      const { coordinator, ollama } = cli.network;
      const proxies = await Promise.all(
        [cli.network.urls.coordinatorUrl, cli.network.urls.ollamaUrl].map((url) =>
          startManglingProxy(url, random),
        ),
      );
      onTestFinished(async () => void (await Promise.all(proxies.map((proxy) => proxy.stop()))));
      const [front, back] = proxies;
      for (const setting of [
        'timing.heartbeatMs 2000',
        'timing.idlePollMs 250',
        'timing.requestDeadlineMs 5000',
      ])
        expect((await cli.world.run(['config', 'set', ...setting.split(' ')])).code).toBe(0);
      const node = cli.world.start(['start', '--wait', '--json'], {
        PARALLELIX_API_URL: front?.url,
        OLLAMA_HOST: back?.url,
      });
      let ended: number | null | undefined;
      void node.ended.then(({ code }) => {
        ended = code;
      });
      const socketFile = join(cli.world.stateDir, 'run', 'daemon.sock');
      const residents: number[] = [];
      const untilMs = performance.now() + minutes * 36_000;
      for (let round = 0; performance.now() < untilMs && ended === undefined; round += 1) {
        if (coordinator.ledger.summary().open < 20) coordinator.submit(`Question ${round}?`);
        talkNonsense(socketPathOf(cli) ?? socketFile, random);
        if (round % 20 === 0) residents.push(residentMb(node.pid));
        await pause(100 + random.below(200));
      }
      expect([ended, node.stderr.slice(-2000)]).toEqual([undefined, '']);
      const growthMb = (residents.at(-1) ?? 0) - (residents[Math.floor(residents.length / 3)] ?? 0);
      const kinds = proxies.map(({ mangled }) => Object.fromEntries(mangled));
      console.log(
        JSON.stringify({ kinds, residentMb: residents.map(Math.round), ...coordinator.ledger.summary() }),
      );
      expect(growthMb).toBeLessThan(40);
      expect(folderBytes(cli.world.stateDir)).toBeLessThan(64 * 1024 * 1024);
      for (const proxy of proxies) proxy.share = 0;
      const asked = coordinator.submit('And now?');
      const { results } = await coordinator.answered(asked, { timeoutMs: 200_000 });
      expect(results.at(-1)).toMatchObject({ accepted: true, poeVerified: true });
      expect(ollama.seen.generationsPeak).toBeLessThan(20);
      node.signal('SIGTERM');
      expect((await node.ended).code).toBe(0);
    },
    limitMs,
  );

  it(
    'state files with other bytes end in words or in a node that serves, and cost no key',
    async ({ skip }) => {
      skip(minutes === 0, skipped);
      const random = seeded(seed + 1);
      const cli = await world();
      await cli.makeNode();
      const first = await cli.startNode();
      first.signal('SIGTERM');
      await first.ended;
      const kept = join(cli.world.homeDir, 'kept');
      cpSync(cli.world.stateDir, kept, { recursive: true });
      const files = readdirSync(kept, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(kept.length + 1));
      const seen = new Map<string, number>();
      const untilMs = performance.now() + minutes * 24_000;
      while (performance.now() < untilMs) {
        rmSync(cli.world.stateDir, { recursive: true });
        cpSync(kept, cli.world.stateDir, { recursive: true });
        const name = random.pick(files);
        const path = join(cli.world.stateDir, name);
        const spoilt = spoil(readFileSync(path), random);
        writeFileSync(path, spoilt);
        const keysBefore = keysIn(cli.world.stateDir);
        const node = cli.world.start(['start', '--plain']);
        await Promise.race([node.printed(/First heartbeat accepted/).catch(() => {}), node.ended]);
        node.signal('SIGTERM');
        const { code, signal, stderr } = await node.ended;
        const context = `${name}, ${spoilt.length} bytes: ${stderr.slice(-1000)}`;
        expect(signal, context).toBeNull();
        expect([0, 2, 3, 4, 5, 6, 7], context).toContain(code);
        expect(code === 0 || stderr.trim() !== '', context).toBe(true);
        for (const [file, bytes] of keysBefore)
          expect([...keysIn(cli.world.stateDir).values()], `${context} ${file}`).toContain(bytes);
        seen.set(`${name}: ${code}`, (seen.get(`${name}: ${code}`) ?? 0) + 1);
      }
      console.log(JSON.stringify(Object.fromEntries(seen)));
      expect(seen.size).toBeGreaterThan(3);
    },
    limitMs,
  );
});

function spoil(bytes: Buffer, random: Seeded): Buffer {
  const copy = Buffer.from(bytes);
  const flip = () => {
    for (let count = 1 + random.below(8); count > 0 && copy.length > 0; count -= 1)
      copy[random.below(copy.length)] = random.below(256);
    return copy;
  };
  return random.pick([
    flip,
    flip,
    () => copy.subarray(0, random.below(copy.length + 1)),
    () => Buffer.concat([copy, random.bytes(random.below(500))]),
    () => Buffer.alloc(copy.length),
    () => random.bytes(random.below(2000)),
    () =>
      Buffer.from(
        JSON.stringify(random.json([null, 0, '', 'x', [], 1e308], ['version', 'nodeId', '__proto__'], 5)) ??
          '',
      ),
  ])();
}

/** Every file that may hold a key, with its bytes, wherever it is put aside. */
function keysIn(stateDir: string): Map<string, string> {
  return new Map(
    readdirSync(stateDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /key|identity/.test(join(entry.parentPath, entry.name)))
      .filter((entry) => entry.name === 'node.key')
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return [path, readFileSync(path).toString('base64')];
      }),
  );
}

function socketPathOf({ world: { stateDir } }: ConnectedCli): string | null {
  try {
    const { socket } = JSON.parse(readFileSync(join(stateDir, 'control.json'), 'utf8')) as {
      socket?: string;
    };
    return socket ?? null;
  } catch {
    return null;
  }
}
