import { type PracticeNetworkOptions, startPracticeNetwork } from '../practice-network/practice-network.ts';
import { createCliWorld, type RunningCli } from './cli-process.ts';

/** A command line beside a practice network of its own. */
export async function createConnectedCli(options: Omit<PracticeNetworkOptions, 'chain' | 'ollama'> = {}) {
  const network = await startPracticeNetwork({ ...options, chain: 'none' });
  const { coordinatorUrl, ollamaUrl } = network.urls;
  const world = await createCliWorld({ PARALLELIX_API_URL: coordinatorUrl, OLLAMA_HOST: ollamaUrl });
  return {
    network,
    world,
    /** Makes a key and, unless told otherwise, registers it; returns what the documents say. */
    async makeNode(how: { register?: boolean; tier?: number } = {}) {
      const { nodeKeyHash, tier } = (await world.run(['init', '--json'])).json() as {
        nodeKeyHash: string;
        tier: number;
      };
      const registered =
        how.register === false ? null : await network.registerNode({ nodeKeyHash, tier: how.tier ?? tier });
      return { nodeKeyHash, tier, nodeId: registered?.nodeId ?? null };
    },
    /** A node whose first heartbeat was accepted. */
    async startNode(args: readonly string[] = [], env?: NodeJS.ProcessEnv): Promise<RunningCli> {
      const node = world.start(['start', ...args], env);
      await node.printed(/First heartbeat accepted|"event":"heartbeat","tMs":\d+,"accepted":true/);
      return node;
    },
    async stop() {
      await world.clean();
      await network.stop();
    },
  };
}

export type ConnectedCli = Awaited<ReturnType<typeof createConnectedCli>>;

/** A request whose answer has begun, and takes its time. */
export async function submitSlowRequest({ network }: ConnectedCli, tokenDelayMs: number): Promise<string> {
  await network.ollama.setFaults({ tokenDelayMs });
  const requestId = network.coordinator.submit('A slow question');
  await network.ollama.seen.when('a generation', () => network.ollama.seen.generationsInFlight > 0);
  return requestId;
}
