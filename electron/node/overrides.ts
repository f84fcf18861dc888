/** The variable that names the state directory, for every host. */
export const stateDirVariable = 'PARALLELIX_STATE_DIR';

/**
 * Settings, by their dotted names, that a start can be given other values for than are saved, each with the
 * environment variable that does it; null where only a flag can.
 */
export const variables = {
  coordinatorUrl: 'PARALLELIX_API_URL',
  ollamaUrl: 'OLLAMA_HOST',
  rpcUrl: null,
  defaultModel: 'PARALLELIX_MODEL',
  concurrency: null,
  mode: null,
  'hardware.acceptTierMismatch': 'PARALLELIX_ACCEPT_TIER_MISMATCH',
} as const satisfies Readonly<Record<string, string | null>>;

export type OverridableSetting = keyof typeof variables;

/** A value as it was given, and what gave it: `--model`, `PARALLELIX_MODEL`. */
export interface GivenValue {
  readonly name: string;
  readonly text: string;
}

/** What the flags of a call say, in place of what is saved or recorded. */
export type FlagOverrides = { readonly [Name in OverridableSetting | 'nodeId' | 'owner']?: GivenValue };
