/** The context that models are given unless the settings say otherwise, tokens. */
export const defaultContextTokens = 4096;

/** The context that every request names; null where it is the server's own, which then may fit it to its memory. */
export function namedContext(contextTokens: number): number | null {
  return contextTokens === defaultContextTokens ? null : contextTokens;
}

/**
 * The context that a model is loaded with, tokens: what our requests name, else what the model sets itself, which the
 * server follows before its own default; never more than it was trained for. [ollama server/routes.go: modelOptions]
 */
export function contextOf(
  { ownContextTokens, contextLength }: { ownContextTokens: number | null; contextLength: number | null },
  contextTokens: number,
): number {
  const asked = namedContext(contextTokens) ?? ownContextTokens ?? contextTokens;
  return Math.min(asked, contextLength ?? asked);
}
