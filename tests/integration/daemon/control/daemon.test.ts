import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { type ControlClient, connectToDaemon } from '../../../../electron/daemon/control/client.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import { contractVersion } from '../../../../shared/contract/commands.ts';
import type { DaemonEvent } from '../../../../shared/contract/messages.ts';
import { describeState } from '../../../../shared/states/states.ts';
import { afterLiveness, type LivenessFixture, startLiveness } from '../../../fixtures/liveness.ts';

const socketOf = ({ node }: LivenessFixture): string =>
  JSON.parse(readFileSync(node.paths.controlFile, 'utf8')).socketPath;

async function connect(fixture: LivenessFixture): Promise<ControlClient> {
  const { stateDir } = fixture.node.paths;
  const socketPath = socketOf(fixture);
  const client = await connectToDaemon({ socketPath, stateDir, timeoutMs: 60_000 }, { clock: systemClock });
  afterLiveness(async () => client.close());
  return client;
}

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('the control socket of a daemon', () => {
  it('lies in the state directory, for its owner alone, and goes with the daemon', async () => {
    const fixture = await startLiveness();
    const { stateDir, socketFile, controlFile } = fixture.node.paths;
    expect(socketOf(fixture)).toBe(socketFile);
    expect(mode(socketFile)).toBe('600');
    expect(lstatSync(socketFile).isSocket()).toBe(true);
    expect(mode(stateDir)).toBe('700');
    await fixture.stop();
    expect(existsSync(socketFile)).toBe(false);
    expect(existsSync(controlFile)).toBe(false);
  });

  it('takes the place of one that a daemon left when it was killed', async () => {
    const root = mkdtempSync(join(tmpdir(), 'plx-'));
    afterLiveness(async () => rmSync(root, { recursive: true, force: true }));
    const stateDir = join(root, 's');
    mkdirSync(stateDir, { mode: 0o700 });
    const left = join(stateDir, 'control.sock');
    const script = `require('net').createServer().listen(${JSON.stringify(left)}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', script]);
    expect(lstatSync(left).isSocket()).toBe(true);
    const fixture = await startLiveness({ stateDir });
    expect(socketOf(fixture)).toBe(left);
    expect((await connect(fixture)).compatible).toBe(true);
  });

  it('lies in a private folder of its own when the path would be too long, and control.json says where', async () => {
    const root = mkdtempSync(join(tmpdir(), 'plx-'));
    afterLiveness(async () => rmSync(root, { recursive: true, force: true }));
    const stateDir = join(root, 'a'.repeat(60), 'b'.repeat(60));
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    chmodSync(stateDir, 0o700);
    const fixture = await startLiveness({ stateDir });
    const socketPath = socketOf(fixture);
    expect(Buffer.byteLength(fixture.node.paths.socketFile)).toBeGreaterThan(100);
    expect(Buffer.byteLength(socketPath)).toBeLessThanOrEqual(100);
    expect(dirname(dirname(socketPath))).toBe(tmpdir());
    expect(mode(dirname(socketPath))).toBe('700');
    expect(mode(socketPath)).toBe('600');
    expect((await connect(fixture)).greeting.nodeId).toBe(fixture.node.nodeId);
    await fixture.stop();
    expect(existsSync(dirname(socketPath))).toBe(false);
  });
});

describe('a client of a daemon', () => {
  it('is greeted with who serves and how it is, as text', async () => {
    const fixture = await startLiveness();
    await fixture.clock.advance(61_000);
    const { greeting } = await connect(fixture);
    const { state } = fixture.snapshot();
    const { label, sentence } = describeState(state.code, state.params, fixture.clock.now());
    expect(greeting).toEqual({
      greeting: 'parallelix-operator',
      contract: contractVersion,
      version: '0.0.0-test',
      pid: process.pid,
      uptimeMs: 61_000,
      nodeId: fixture.node.nodeId,
      nodeKeyHash: fixture.node.host.identity.key.nodeKeyHash,
      label,
      sentence,
      firstHeartbeatAcceptedAtMs: fixture.snapshot().heartbeat.firstAcceptedAtMs,
      failedHeartbeats: 0,
    });
  });

  it('gets the same snapshot as the daemon itself has', async () => {
    const fixture = await startLiveness();
    await fixture.clock.advance(5000);
    const client = await connect(fixture);
    expect(await client.ask('snapshot', {})).toEqual(JSON.parse(JSON.stringify(fixture.snapshot())));
  });

  it('that subscribes always knows what a fresh snapshot would report', async () => {
    const fixture = await startLiveness();
    const { clock, coordinator, ollama } = fixture;
    const client = await connect(fixture);
    const events: DaemonEvent[] = [];
    await client.subscribe((event) => events.push(event));
    let late: DaemonEvent[] = [];
    for (let round = 0; round < 20; round += 1) {
      coordinator.submit(`request ${round}`);
      if (round === 7) await ollama.setFaults({ down: true });
      if (round === 11) await ollama.clearFaults();
      if (round === 9) await clock.during(client.ask('pause', { forMs: null }));
      if (round === 12) await clock.during(client.ask('resume', {}));
      if (round === 14) {
        const second = await connect(fixture);
        late = [];
        await second.subscribe((event) => late.push(event));
      }
      await clock.advance(3300);
    }
    // Time alone changes figures without anybody being told at once; the next look at them tells.
    await clock.advance(5100);
    const known = (heard: readonly DaemonEvent[]) =>
      Object.assign(
        {},
        ...heard.map((event) => (event.event === 'snapshot' ? event.snapshot : event.changes)),
      );
    const fresh = await client.ask('snapshot', {});
    expect(events[0]?.event).toBe('snapshot');
    expect(events.length).toBeGreaterThan(20);
    for (const heard of [events, late]) {
      expect(known(heard)).toEqual(fresh);
      const versions = heard.map(({ version }) => version);
      expect(versions).toEqual(versions.map((_, index) => (versions[0] ?? 0) + index));
    }
  });

  it('can drain the daemon: it is answered, then the connection ends, then the daemon has ended', async () => {
    const fixture = await startLiveness();
    const { clock, node, beats } = fixture;
    await clock.advance(5000);
    const client = await connect(fixture);
    expect(await clock.during(client.ask('drain', {}))).toEqual({ limitMs: 30_000 });
    await clock.during(node.host.ended);
    await client.closed;
    expect(beats().at(-1)?.available).toBe(false);
    expect(existsSync(node.paths.socketFile)).toBe(false);
    expect(clock.timers).toBe(0);
  });
});

describe('a state directory whose path is too long for a socket', () => {
  it('has it elsewhere though TMPDIR names no folder', async () => {
    const root = mkdtempSync(join(tmpdir(), 'plx-'));
    afterLiveness(async () => rmSync(root, { recursive: true, force: true }));
    vi.stubEnv('TMPDIR', '/nonexistent');
    afterLiveness(async () => void vi.unstubAllEnvs());
    const stateDir = join(root, 'x'.repeat(100));
    mkdirSync(stateDir, { mode: 0o700 });
    const fixture = await startLiveness({ stateDir });
    expect(existsSync(socketOf(fixture))).toBe(true);
    expect(mode(dirname(socketOf(fixture)))).toBe('700');
  });
});
