/*
 * npm run demo: the main job, end to end. The daemon is the real one, started as an operator starts it; around it
 * stands the practice network. Exit code 0 only if every request was served and verified and the figures agree.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { parseOllamaAddress } from '../../electron/daemon/ollama/api/address.ts';
import { formatCount, formatPrlx } from '../../shared/format.ts';
import { describeTier, isTier } from '../../shared/hardware/tiers.ts';
import { demoPrompts } from './demo-prompts.ts';
import { readWindow } from './demo-window.ts';
import { type PracticeNetwork, startPracticeNetwork } from './practice-network.ts';

const runFile = promisify(execFile);
const answerTimeoutMs = 180_000;

let flags: { keep?: boolean; cli?: string };
try {
  flags = parseArgs({ options: { keep: { type: 'boolean' }, cli: { type: 'string' } }, strict: true }).values;
} catch (error) {
  console.error(
    `demo: ${(error as Error).message.split('.')[0]}. Flags are --keep and --cli LAUNCHER (of an installed package), as in: npm run demo -- --keep`,
  );
  process.exit(2);
}

/** What an operator starts: the build, unless the launcher of a package was named. */
const [program = '', ...first] = flags.cli
  ? [flags.cli]
  : [process.execPath, join(import.meta.dirname, '..', '..', 'dist', 'cli.mjs')];

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());

const say = (line = '') => console.log(line);
const stateDir = join(await mkdtemp(join(tmpdir(), 'plx-demo-')), 'state');
// Widened by hand: they are set inside a function, which the compiler does not follow.
let network = null as PracticeNetwork | null;
let daemon = null as ChildProcess | null;
let failure: string | null = null;
try {
  await runDemo();
} catch (error) {
  failure = error instanceof Error ? error.message : String(error);
} finally {
  if (daemon && daemon.exitCode === null) {
    daemon.kill('SIGTERM');
    await once(daemon, 'exit');
  }
  await network?.stop();
  await rm(join(stateDir, '..'), { recursive: true, force: true });
}
if (stopping.signal.aborted && failure === null) say('Stopped.');
if (failure !== null) {
  console.error(`\nThe demo failed: ${failure}`);
  process.exit(1);
}

async function runDemo(): Promise<void> {
  say('ParalleliX Operator, practice run. Nothing here touches the real network.\n');
  const realOllama = await findRealOllama();
  const practice = await startPracticeNetwork({
    chain: { blockTimeS: 1 },
    ...(realOllama ? { ollama: 'none' as const } : { ollama: { tokenDelayMs: 15 } }),
  });
  network = practice;
  const chain = practice.chain;
  if (!chain) throw new Error('the local chain is missing');
  const ollamaUrl = realOllama?.url ?? practice.urls.ollamaUrl;
  step(
    `Practice network up: local chain ${chain.chainId}, coordinator, ${realOllama ? 'your Ollama' : 'stand-in for Ollama'}`,
  );

  const env = {
    ...process.env,
    PARALLELIX_STATE_DIR: stateDir,
    PARALLELIX_API_URL: practice.urls.coordinatorUrl,
    OLLAMA_HOST: ollamaUrl,
  };
  const init = JSON.parse((await runFile(program, [...first, 'init', '--json'], { env })).stdout);
  const { nodeKeyHash, tier } = init;
  step(
    `Node key made: nodeKeyHash ${nodeKeyHash.slice(0, 18)}…, ${isTier(tier) ? describeTier(tier) : tier}`,
  );

  const { nodeId, owner } = await practice.registerNode({ nodeKeyHash, tier });
  step(`Registered on the local chain as node ${nodeId}, 50,000 PRLX staked by ${owner.slice(0, 10)}…`);

  // What the node needs to read what it earns; of the real network it knows the contracts.
  const { prlx, registry, rewards } = chain.addresses;
  for (const [name, value] of [
    ['rpcUrl', chain.rpcUrl],
    ['chain.id', String(chain.chainId)],
    ['chain.token', prlx],
    ['chain.registry', registry],
    ['chain.rewards', rewards],
  ] as const)
    await runFile(program, [...first, 'config', 'set', name, value], { env });

  daemon = spawn(program, [...first, 'start', '--plain'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output: string[] = [];
  for (const stream of [daemon.stdout, daemon.stderr])
    stream?.on('data', (chunk) => output.push(String(chunk)));
  const gone = once(daemon, 'exit').then(([code]) => {
    throw new Error(`the daemon ended by itself with code ${code}\n${output.join('')}`);
  });
  gone.catch(() => {});
  const { ledger } = practice.coordinator;
  await Promise.race([
    gone,
    ledger.when('the first heartbeat', () => ledger.heartbeats.find((beat) => beat.accepted), {
      timeoutMs: 30_000,
    }),
  ]);
  step('Daemon up: first heartbeat accepted');

  say(`\nSending ${demoPrompts.length} inference requests:`);
  const requestIds = demoPrompts.map((prompt) => practice.coordinator.submit(prompt));
  for (const [index, requestId] of requestIds.entries()) {
    const record = await Promise.race([
      gone,
      aborted(),
      practice.coordinator.answered(requestId, { timeoutMs: answerTimeoutMs }),
    ]);
    const result = record.results.at(-1);
    const verdict =
      record.outcome === 'answered' && result?.poeVerified
        ? 'PoE verified'
        : `not served (${record.failures.at(-1)?.error ?? 'no answer'})`;
    say(
      `  ${String(index + 1).padStart(2)}/${demoPrompts.length}  ${requestId}  ${String(result?.ms ?? 0).padStart(5)} ms  ${String(result?.outputTokens ?? 0).padStart(4)} tokens  ${verdict}`,
    );
  }

  await practice.coordinator.settled();
  const block = await newBlock(chain);
  const earnedWei = await chain.earnedWei(nodeId, block);
  const independentWei = await chain.earnedIndependently(nodeId, block);
  const summary = ledger.summary();
  const verified = ledger.results.filter((seen) => seen.accepted && seen.poeVerified).length;
  say(`
  ┌─ Result
  │ heartbeats accepted            ${formatCount(summary.heartbeatsAccepted)}
  │ requests served                ${summary.answered} of ${requestIds.length}
  │ PoEs verified by coordinator   ${verified}
  │ tokens in / out                ${formatCount(summary.inputTokens)} / ${formatCount(summary.outputTokens)}
  │ PRLX earned (contract)         ${formatPrlx(earnedWei, 18)}   earned(${nodeId}) at block ${block}
  │ PRLX earned (recomputed)       ${formatPrlx(independentWei, 18)}   from events and timestamps${earnedWei === independentWei ? ', equal to the wei' : ', DIFFERENT'}
  │ delivered twice after an ack   ${summary.deliveredTwiceAfterAcknowledgement}
  │ breaches of the wire           ${summary.violations}
  ├─ What was real
  │ the node daemon and command line, its key, signatures, journal and sockets
  │ an Ethereum virtual machine (anvil), block by block${realOllama ? `\n  │ Ollama ${realOllama.version} at ${realOllama.url}` : ''}
  ├─ What was a stand-in
  │ coordinator (speaks the published wire) and contracts (reference, the real ABIs are unpublished)${realOllama ? '' : '\n  │ Ollama: no server answered here, so texts were made up by a stand-in'}
  └─`);

  const window = await Promise.race([gone, aborted(), readWindow({ stateDir, nodeId, chain })]);
  say(`
  ┌─ Earnings, as the window shows them (the chain’s clock was put 2 minutes ahead, so that there is a rate)
${window.lines.map((line) => `  │ ${line}`).join('\n')}
  └─`);

  const problems = [
    summary.answered === requestIds.length
      ? null
      : `only ${summary.answered} of ${requestIds.length} requests were served`,
    verified === requestIds.length ? null : `only ${verified} Proofs-of-Execution were verified`,
    summary.violations === 0 ? null : `the coordinator saw ${summary.violations} breaches of the wire`,
    summary.deliveredTwiceAfterAcknowledgement === 0
      ? null
      : 'a result was delivered again after its acknowledgement',
    earnedWei > 0n ? null : 'nothing was earned',
    earnedWei === independentWei ? null : 'the contract and the recomputation disagree',
    window.readWei === window.contractWei ? null : 'the window shows another amount than the contract',
  ].filter((problem) => problem !== null);
  if (problems.length > 0) throw new Error(problems.join('; '));
  say('\nEvery request was served and verified.');

  if (flags.keep && !stopping.signal.aborted) {
    say(`
Left running; Ctrl+C ends it. In another terminal:
  PARALLELIX_STATE_DIR=${stateDir} npm run --silent cli -- status
  curl -d '{"prompt":"Hello","count":3}' ${practice.urls.controlUrl}/work`);
    await Promise.race([gone, new Promise((resolve) => stopping.signal.addEventListener('abort', resolve))]);
  }
  const code = await stopDaemon(daemon);
  if (code !== 0)
    throw new Error(`the daemon ended with code ${code} when asked to stop\n${output.join('')}`);
}

function step(line: string): void {
  if (stopping.signal.aborted) throw new Error('interrupted');
  say(`✓ ${line}`);
}

function aborted(): Promise<never> {
  return new Promise((_, reject) => {
    const interrupted = () => reject(new Error('interrupted'));
    if (stopping.signal.aborted) interrupted();
    else stopping.signal.addEventListener('abort', interrupted, { once: true });
  });
}

async function stopDaemon(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  return code;
}

/** A block after everything that happened, so that "earned" covers it. */
async function newBlock(chain: NonNullable<PracticeNetwork['chain']>): Promise<number> {
  await chain.mine();
  return chain.blockNumber();
}

/** An Ollama that answers here and has a model which can complete, or null. */
async function findRealOllama(): Promise<{ url: string; version: string } | null> {
  const { url } = parseOllamaAddress(process.env.OLLAMA_HOST);
  try {
    const get = async (path: string) =>
      (await fetch(url + path, { signal: AbortSignal.timeout(2000) })).json();
    const { version } = (await get('/api/version')) as { version: string };
    const { models } = (await get('/api/tags')) as { models: { name: string; remote_host?: string }[] };
    return models.some((model) => !model.remote_host) ? { url, version } : null;
  } catch {
    return null;
  }
}
