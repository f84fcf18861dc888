import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { generatePrivateKey } from '../../../electron/daemon/identity/node-key.ts';
import {
  type DaemonProcess,
  type FaultFixture,
  filesOf,
  idle,
  journalRows,
  killed,
  openFaultFixture,
  settled,
} from '../../fixtures/faults/faults.ts';
import { formsOfKey, formsOfText, tracesOf } from '../../fixtures/faults/traces.ts';
import { until } from '../../fixtures/serving/serving.ts';

/**
 * The stand-in's answers quote the first 48 characters of a prompt: what is there is in the result too, what
 * stands behind is in the prompt alone.
 */
interface Planted {
  inResult: string;
  inPromptOnly: string;
}

const planted: Planted[] = [
  { inResult: 'RESULT-plain-0815', inPromptOnly: 'PROMPT-plain-4711' },
  { inResult: 'RESÜLT-ünïcödé-Ω-秘密-🗝️', inPromptOnly: 'PRÖMPT-ünïcödé-∑-内緒-🔒' },
  { inResult: `RESULT-"double"-'single'-\\back`, inPromptOnly: `PROMPT-"double"-'single'-\\back\ttab\nline` },
];
const promptOf = ({ inResult, inPromptOnly }: Planted) =>
  `${inResult} ${'.'.repeat(48)} ${inPromptOnly} and what follows`;
const resultForms = planted.flatMap(({ inResult }) => formsOfText(inResult));
const promptForms = planted.flatMap(({ inPromptOnly }) => formsOfText(inPromptOnly));
const systemText = 'SYSTEM-text-2342';

/** Everything that crosses the control socket for one subscriber, until the test is over. */
function recordSocket(fixture: FaultFixture): { text(): string; send(line: string): void } {
  const socket = createConnection(fixture.paths.socketFile);
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  socket.on('error', () => undefined);
  socket.write(`${JSON.stringify({ id: 1, command: 'subscribe', input: {} })}\n`);
  return { text: () => text, send: (line) => void socket.write(`${line}\n`) };
}

describe('what operators run for other people', () => {
  it('is on disk only from finished to delivered, and prompts never, whatever happens to the requests', async () => {
    const fixture = await openFaultFixture({ behaviour: { maxEntries: 5, requeueAfterFailure: 'never' } });
    const { coordinator, ollama, paths } = fixture;
    const daemon = fixture.start();
    await daemon.logged('heartbeat-accepted');
    const traffic = recordSocket(fixture);
    const places = () => ({ output: daemon.output(), socket: traffic.text() });
    const promptTraces = () => tracesOf([...promptForms, ...formsOfText(systemText)], paths, places());

    for (const one of planted) {
      coordinator.submit(promptOf(one), { system: `${systemText} ${one.inPromptOnly}` });
      coordinator.submit(promptOf(one), { model: `mixtral-${one.inPromptOnly.replace(/\s/g, '')}` });
    }
    await settled(fixture, daemon);
    expect(promptTraces()).toEqual([]);

    // Errors that quote, and entries that are none, are the ways by which text gets into logs.
    for (const { inPromptOnly } of planted) {
      await ollama.setFaults({ status: 400, errorText: `cannot run "${inPromptOnly}"`, times: 1 });
      coordinator.submit(inPromptOnly);
      await settled(fixture, daemon);
      await ollama.setFaults({ errorAfterChunks: 1, errorText: inPromptOnly, times: 1 });
      coordinator.submit(inPromptOnly);
      await settled(fixture, daemon);
      // Three failures in a row would pause the node.
      coordinator.submit(`RESUME ${inPromptOnly}`);
      await settled(fixture, daemon);
      const entries = [
        { id: `!${inPromptOnly}`, prompt: inPromptOnly },
        { id: 7, prompt: inPromptOnly },
        { id: `bad_${inPromptOnly.length}`, prompt: [inPromptOnly] },
        inPromptOnly,
      ];
      const refused = daemon.entries.filter(({ event }) => event === 'inbox-entries-refused').length;
      coordinator.setFaults({ inbox: { rawBody: { requests: entries }, times: 1 } });
      const isRefused = ({ event }: { event: string }) => event === 'inbox-entries-refused';
      await until('the refusal', () => daemon.entries.filter(isRefused).length > refused);
      coordinator.setFaults({ inbox: { rawBody: `{"requests":"${inPromptOnly}`, times: 1 } });
      await coordinator.ledger.when('the malformed answer', () => coordinator.faults.inbox === undefined);
      traffic.send(JSON.stringify({ id: 2, command: 'pause', input: { prompt: inPromptOnly } }));
    }
    await idle(fixture, daemon);
    expect(promptTraces()).toEqual([]);
    await until('no result text left', () => tracesOf(resultForms, paths, places()).length === 0);
    expect(coordinator.ledger.results).toHaveLength(2 * planted.length);
    expect(
      coordinator.ledger.results.slice(0, planted.length).every(({ result }) => result.includes('RES')),
    ).toBe(true);

    await daemon.drain();
    expect(tracesOf([...resultForms, ...promptForms], paths, places())).toEqual([]);
  });

  it('kept back by an outage lies in the journal alone, and is gone after kill -9, restart and delivery', async () => {
    const fixture = await openFaultFixture();
    const { coordinator, paths } = fixture;
    coordinator.setFaults({ result: { status: { code: 503 } } });
    for (const one of planted) coordinator.submit(promptOf(one));
    const victim = fixture.start();
    const waiting = () => victim.entries.filter(({ event }) => event === 'request-finished').length;
    await until('all finished', () => waiting() === planted.length);
    for (const { inResult } of planted) {
      const holding = tracesOf(formsOfText(inResult), paths, { output: victim.output() });
      expect(holding.length).toBeGreaterThan(0);
      expect(holding.filter((name) => !['journal.db', 'journal.db-wal'].includes(name))).toEqual([]);
    }
    expect(tracesOf(promptForms, paths, { output: victim.output() })).toEqual([]);
    victim.kill('SIGKILL');
    await killed(victim);
    coordinator.clearFaults();

    const daemon = fixture.start();
    await settled(fixture, daemon);
    const output = () => ({ output: daemon.output() });
    await until('no result text left', () => tracesOf(resultForms, paths, output()).length === 0);
    expect(tracesOf(promptForms, paths, output())).toEqual([]);
    expect(coordinator.ledger.results.filter(({ accepted }) => accepted)).toHaveLength(planted.length);
    await daemon.drain();
    expect(journalRows(paths).map(({ state, result }) => [state, result])).toEqual(
      planted.map(() => ['delivered', null]),
    );
  });

  it('erased before a kill -9 is not found in what the crash left, once the next start is up', async () => {
    const fixture = await openFaultFixture();
    const { coordinator, paths } = fixture;
    const [one] = planted;
    if (one) coordinator.submit(promptOf(one));
    await killed(fixture.start({ dieAt: 'the row is closed and nothing is checkpointed' }));
    expect(tracesOf(resultForms, paths)).toEqual(['journal.db-wal']);
    const daemon = fixture.start();
    await daemon.logged('hosted');
    expect(tracesOf(resultForms, paths, { output: daemon.output() })).toEqual([]);
    await daemon.drain();
  });
});

describe('the private key', () => {
  const readKey = (fixture: FaultFixture) => readFileSync(fixture.paths.keyFile, 'utf8').trim();
  const ofProcess = ({ pid }: DaemonProcess) => ({
    cmdline: readFileSync(`/proc/${pid}/cmdline`),
    environ: readFileSync(`/proc/${pid}/environ`),
  });

  it('is in node.key and in nothing else that a daemon writes, says or shows', async (context) => {
    if (process.platform !== 'linux') return context.skip('needs /proc, to see what others see of a process');
    const fixture = await openFaultFixture({ behaviour: { requeueAfterFailure: 'never' } });
    const { coordinator, ollama, paths } = fixture;
    const forms = formsOfKey(readKey(fixture));
    expect(tracesOf(forms, paths)).toEqual(['node.key']);
    const daemon = fixture.start();
    await daemon.logged('heartbeat-accepted');
    const traffic = recordSocket(fixture);
    coordinator.submit('Question?');
    coordinator.submit('Question?', { model: 'mixtral' });
    await settled(fixture, daemon);
    coordinator.setFaults({
      heartbeat: { status: { code: 401 }, times: 2 },
      result: { reset: true, times: 2 },
    });
    coordinator.submit('Another?');
    await settled(fixture, daemon);
    for (const line of [
      'nonsense',
      '{"id":2,"command":"key","input":{}}',
      '{"id":3,"command":"snapshot","input":{}}',
    ])
      traffic.send(line);
    await until('the answers', () => traffic.text().includes('"id":3'));
    const { heartbeats, results, failures } = coordinator.ledger;
    const heard = JSON.stringify([heartbeats, results, failures, ollama.seen.requests]);
    const others = { ...ofProcess(daemon), socket: traffic.text(), network: heard };
    await daemon.drain();
    expect(tracesOf(forms, paths, { ...others, output: daemon.output() })).toEqual(['node.key']);
  });

  it.each([
    ['with something behind it', (key: string) => `${key}zz`, 0o600, 'key-malformed'],
    ['with its last digit lost', (key: string) => key.slice(0, -1), 0o600, 'key-malformed'],
    ['twice', (key: string) => `${key}\n${key}\n`, 0o600, 'key-malformed'],
    ['of somebody else', () => generatePrivateKey(), 0o600, 'key-differs'],
    ['readable by others', (key: string) => key, 0o644, 'key-readable-by-others'],
  ] as const)('%s stops a start with an error that does not hold it', async (_what, change, mode, code) => {
    const fixture = await openFaultFixture();
    const { paths } = fixture;
    const key = readKey(fixture);
    const changed = change(key);
    writeFileSync(paths.keyFile, changed);
    chmodSync(paths.keyFile, mode);
    const before = [...filesOf(paths)].filter(([name]) => /key|identity/.test(name));

    const daemon = fixture.start();
    const { errors, ...end } = await daemon.ended;

    expect(end).toEqual({ code: 1, signal: null });
    expect(JSON.parse(errors)).toMatchObject({ code });
    const other = changed.replace(/^0x/, '').slice(0, 63);
    const traces = tracesOf([...formsOfKey(key), Buffer.from(key.slice(0, 63)), Buffer.from(other)], paths, {
      output: daemon.output(),
    });
    expect(traces).toEqual(['node.key']);
    expect([...filesOf(paths)].filter(([name]) => /key|identity/.test(name))).toEqual(before);
  });
});
