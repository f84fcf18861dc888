import type { Chain } from './chain/chain.ts';
import type { Coordinator } from './coordinator/coordinator.ts';
import type { MemoryRegistry } from './memory-registry.ts';
import type { OllamaStandIn } from './ollama/stand-in.ts';
import type { NodeRegistry } from './registry.ts';

/** What a practice network is made of. */
export interface PracticeParts {
  readonly coordinator: Coordinator;
  /** Null when left out. */
  readonly ollama: OllamaStandIn | null;
  readonly chain: Chain | null;
  /** What the coordinator reads: the chain, or the registry in memory. */
  readonly registry: NodeRegistry;
  readonly memory: MemoryRegistry | null;
}
