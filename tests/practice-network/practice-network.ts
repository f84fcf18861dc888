import type { Chain, ChainOptions } from './chain/chain.ts';
import { startControlServer } from './control.ts';
import type { CoordinatorOptions } from './coordinator/coordinator.ts';
import { startCoordinator } from './coordinator/coordinator.ts';
import type { MemoryRegistry } from './memory-registry.ts';
import { createMemoryRegistry } from './memory-registry.ts';
import type { OllamaStandIn, OllamaStandInOptions } from './ollama/stand-in.ts';
import { startOllamaStandIn } from './ollama/stand-in.ts';
import type { PracticeParts } from './parts.ts';
import type { Registration } from './registry.ts';

export interface PracticeNetworkOptions {
  /** `none`: a registry in memory, so that tests without any chain in them start at once. Default: a real EVM. */
  chain?: ChainOptions | 'none' | undefined;
  ollama?: OllamaStandInOptions | 'none' | undefined;
  coordinator?: CoordinatorOptions | undefined;
  control?: { port?: number | undefined } | undefined;
  /** Default 4217. */
  firstNodeId?: number | undefined;
}

/** Chain, coordinator, the stand-in for Ollama and a control server, on loopback, each on a port of its own. */
export interface PracticeNetwork extends PracticeParts {
  readonly urls: {
    /** With the base path, as a node is given it. */
    coordinatorUrl: string;
    ollamaUrl: string;
    rpcUrl: string;
    controlUrl: string;
  };
  registerNode(registration: Registration): Promise<{ nodeId: string; owner: string }>;
  /** Ends everything; nothing is left behind, the anvil process included. */
  stop(): Promise<void>;
}

/** The address of a part that was left out: nothing listens there. */
const absent = 'http://127.0.0.1:1';

type WithChain = PracticeNetwork & { chain: Chain; memory: null };
type WithoutChain = PracticeNetwork & { chain: null; memory: MemoryRegistry };
type WithOllama = { ollama: OllamaStandIn };

export function startPracticeNetwork(
  options: PracticeNetworkOptions & { chain: 'none'; ollama: 'none' },
): Promise<WithoutChain>;
export function startPracticeNetwork(
  options: PracticeNetworkOptions & { chain: 'none' },
): Promise<WithoutChain & WithOllama>;
export function startPracticeNetwork(
  options: PracticeNetworkOptions & { ollama: 'none' },
): Promise<WithChain>;
export function startPracticeNetwork(options?: PracticeNetworkOptions): Promise<WithChain & WithOllama>;
export async function startPracticeNetwork(options: PracticeNetworkOptions = {}): Promise<PracticeNetwork> {
  const firstNodeId = options.firstNodeId ?? 4217;
  const stops: (() => Promise<void>)[] = [];
  const started = <T extends { stop(): Promise<void> }>(part: T): T => {
    stops.push(part.stop);
    return part;
  };
  /** The coordinator first: it still writes to the chain when it ends. */
  async function stop(): Promise<void> {
    for (const end of stops.reverse().splice(0)) await end();
  }

  try {
    const wantsChain = options.chain !== 'none';
    const chain = wantsChain
      ? started(await startRealChain({ firstNodeId, ...chainOptions(options) }))
      : null;
    const memory = wantsChain ? null : createMemoryRegistry({ firstNodeId });
    const registry = chain ?? memory;
    if (!registry) throw new Error('unreachable');
    const ollama = options.ollama === 'none' ? null : started(await startOllamaStandIn(options.ollama));
    const coordinator = started(await startCoordinator(options.coordinator ?? {}, { registry }));
    const parts: PracticeParts = { coordinator, ollama, chain, registry, memory };
    const control = await startControlServer({ port: options.control?.port }, parts);
    stops.push(control.down);
    return {
      ...parts,
      urls: {
        coordinatorUrl: coordinator.url,
        ollamaUrl: ollama?.url ?? absent,
        rpcUrl: chain?.rpcUrl ?? absent,
        controlUrl: control.url,
      },
      registerNode: registry.registerNode,
      stop,
    };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

function chainOptions(options: PracticeNetworkOptions): ChainOptions {
  return typeof options.chain === 'object' ? options.chain : {};
}

/** Loaded only when wanted: contracts and ABI coding are most of the start-up time. */
async function startRealChain(options: ChainOptions): Promise<Chain> {
  const { startChain } = await import('./chain/chain.ts');
  return startChain(options);
}
