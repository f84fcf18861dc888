import { vramShare } from '../../hardware/model-budget.ts';
import { setsContextByMemory } from '../api/version.ts';

/** The context that models are given unless the settings say otherwise, tokens. */
export const defaultContextTokens = 4096;

/** The context that every request names; null where it is the server's own, which then may fit it to its memory. */
export function namedContext(contextTokens: number): number | null {
  return contextTokens === defaultContextTokens ? null : contextTokens;
}

/**
 * The context that a model is loaded with, tokens: what our requests name, else what the model sets itself, which the
 * server follows before its own default; never more than it was trained for. [ollama server/routes.go: modelOptions]
 *
 * @param serverTokens what the server gives where nobody names one
 */
export function contextOf(
  { ownContextTokens, contextLength }: { ownContextTokens: number | null; contextLength: number | null },
  { contextTokens, serverTokens }: { contextTokens: number; serverTokens: number },
): number {
  const asked = namedContext(contextTokens) ?? ownContextTokens ?? serverTokens;
  return Math.min(asked, contextLength ?? asked);
}

const gib = 1024 ** 3;
/** What Ollama gives by the memory of all its GPUs, since 0.15.5; 4,096 below. [ollama server/routes.go: Serve] */
const contextTiers = [
  { fromBytes: 47 * gib, tokens: 262_144 },
  { fromBytes: 23 * gib, tokens: 32_768 },
] as const;

/** What is known of a server and the machine it runs on. */
export interface ServerContextFacts {
  /** Somebody else started it, with a configuration of their own; one of ours is told our setting. */
  usersOwn: boolean;
  version: string | null;
  /** Memory for models; null: another machine's. */
  modelBudget: { bytes: number | null; basis?: 'vram' | 'unified-memory' | 'ram' } | null | undefined;
}

/** The context that requests get from a server, tokens: the setting where we name it or started it, else its own. */
export function serverContext(
  contextTokens: number,
  { usersOwn, version, modelBudget }: ServerContextFacts,
): number {
  if (namedContext(contextTokens) !== null || !usersOwn || !setsContextByMemory(version))
    return contextTokens;
  const { bytes, basis } = modelBudget ?? { bytes: null };
  const gpuBytes = basis === 'ram' ? 0 : basis === 'vram' ? (bytes ?? 0) / vramShare : (bytes ?? 0);
  return contextTiers.find(({ fromBytes }) => gpuBytes >= fromBytes)?.tokens ?? contextTokens;
}
