import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ConnectedCli, createConnectedCli } from '../../fixtures/cli/network.ts';

let cli: ConnectedCli;

beforeEach(async () => {
  cli = await createConnectedCli();
});
afterEach(() => cli.stop());

const hostile = '\u001b]52;c;cm0gLXJmIH4=\u0007\u202e\u009b2J\n2026-01-02 03:04:05 Forged line';
// biome-ignore lint/suspicious/noControlCharactersInRegex: what must not reach a terminal
const steers = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
const forged = /^2026-01-02 03:04:05 Forged line/m;

it('nothing that answers in the place of Ollama steers the terminal or forges a line, whichever command prints it', async () => {
  const { models } = cli.network.ollama;
  const common = { capabilities: ['completion'], sizeBytes: 1_000_000, contextLength: 2048 };
  const usual = { ...common, family: 'llama', parameterSize: '1B', quantization: 'Q4_0' };
  models.add({ ...usual, name: `evil${hostile}` });
  models.add({
    ...common,
    name: 'told:latest',
    family: `llama${hostile}`,
    quantization: `Q4${hostile}`,
    parameterSize: `1B${hostile}`,
  });
  await cli.makeNode();
  const node = await cli.startNode(['--plain']);
  const outputs = [];
  for (const args of [
    ['status'],
    ['status', '--json'],
    ['models', 'list'],
    ['models', 'list', '--json'],
    ['verify'],
    ['logs'],
    ['probe'],
    ['diagnostics'],
  ]) {
    const { stdout, stderr } = await cli.world.run(args);
    outputs.push([args.join(' '), stdout + stderr] as const);
  }
  node.signal('SIGTERM');
  const { stdout, stderr } = await node.ended;
  outputs.push(['start --plain', stdout + stderr]);
  for (const [command, text] of outputs) {
    expect(text, command).not.toMatch(steers);
    expect(text, command).not.toMatch(forged);
  }
  const beat = cli.network.coordinator.ledger.heartbeats.at(-1)?.body as { models?: string[] };
  expect(JSON.stringify(beat)).not.toContain('evil');
});
