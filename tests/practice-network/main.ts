/*
 * Runs the practice network by itself until it is interrupted: chain, coordinator, stand-in for Ollama, and a
 * control server for faults and work.
 */
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { startPracticeNetwork } from './practice-network.ts';

const usage =
  'practice network: flags are --coordinator-port --ollama-port --rpc-port --control-port --token-delay-ms, each with a number';

const port = z.coerce.number().int().min(1).max(65_535).optional();
const flagsSchema = z.object({
  'coordinator-port': port,
  'ollama-port': port,
  'rpc-port': port,
  'control-port': port,
  'token-delay-ms': z.coerce.number().int().min(0).max(60_000).optional(),
});

const messageOf = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause));

function readFlags() {
  try {
    const text = { type: 'string' } as const;
    const options = {
      'coordinator-port': text,
      'ollama-port': text,
      'rpc-port': text,
      'control-port': text,
      'token-delay-ms': text,
    };
    return flagsSchema.parse(parseArgs({ options, strict: true }).values);
  } catch (cause) {
    const why =
      cause instanceof z.ZodError ? z.prettifyError(cause).replaceAll(/\s+/g, ' ') : messageOf(cause);
    console.error(`${usage}. ${why.split('\n')[0]}`);
    process.exit(2);
  }
}

const flags = readFlags();

const network = await startPracticeNetwork({
  // A block every two seconds besides those of transactions, so that what is earned can be watched.
  chain: { port: flags['rpc-port'], blockTimeS: 2 },
  ollama: { port: flags['ollama-port'], tokenDelayMs: flags['token-delay-ms'] ?? 20 },
  coordinator: { port: flags['coordinator-port'] },
  control: { port: flags['control-port'] },
}).catch((cause: unknown) => {
  console.error(`practice network: cannot start. ${messageOf(cause)}`);
  process.exit(1);
});

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await network.stop();
}
process.once('SIGINT', () => void stop());
process.once('SIGTERM', () => void stop());

const { coordinatorUrl, ollamaUrl, rpcUrl, controlUrl } = network.urls;
const { prlx, registry, rewards } = network.chain.addresses;
console.log(`The practice network is running. Nothing here is the real network: chain, coordinator and Ollama are local.

  coordinator            ${coordinatorUrl}
  Ollama (stand-in)      ${ollamaUrl}
  Ethereum RPC           ${rpcUrl}   chain id ${network.chain.chainId}
  control                ${controlUrl}

  PRLX                   ${prlx}
  NodeRegistryLocker     ${registry}
  OperatorStakeRewardsV2 ${rewards}
  (reference contracts; mainnet has other addresses)

In another terminal, point a node with a folder of its own at it:
  export PARALLELIX_API_URL=${coordinatorUrl} OLLAMA_HOST=${ollamaUrl} PARALLELIX_STATE_DIR=$(mktemp -d)
  npm run --silent cli -- init --json | curl -sd @- ${controlUrl}/register
  npm run --silent cli -- start

The second line creates its key and registers it (what the Console does on the real network). Then give it work:
  curl -d '{"prompt":"Hello","count":3}' ${controlUrl}/work
  curl ${controlUrl}/summary

Break something, and fix it:
  curl -d '{"faults":{"result":{"times":2,"status":{"code":503,"retryAfter":1}}}}' ${controlUrl}/faults/coordinator
  curl -d '{"outage":"refused"}' ${controlUrl}/faults/coordinator
  curl -d '{"dieAfterChunks":3,"times":1}' ${controlUrl}/faults/ollama
  curl -d '{"clear":true,"outage":"off"}' ${controlUrl}/faults/coordinator

Ctrl+C ends it.`);
