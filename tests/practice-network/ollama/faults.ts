import * as z from 'zod';

const count = z.int().nonnegative();
const times = z.int().positive();

/** Everything the stand-in for Ollama can be told to do wrong. `null` and `false` mean: behave. */
export const ollamaFaultsSchema = z.strictObject({
  /** The listener is closed: connections are refused until it is set back. */
  down: z.boolean(),
  /** Only the next n generations meet the generation faults below; then they clear themselves. Null: until cleared. */
  times: times.nullable(),

  /** Waiting before the first token (a model that loads slowly), ms. */
  firstTokenDelayMs: count.nullable(),
  /** Waiting before every token, ms; null: the option the stand-in was started with. */
  tokenDelayMs: count.nullable(),
  /** The connection is destroyed after that many chunks; 0: after the headers. */
  dieAfterChunks: count.nullable(),
  /** No further byte after that many chunks, connection open. */
  hangAfterChunks: count.nullable(),
  /** Not even headers. */
  hangBeforeHeaders: z.boolean(),
  /** Answers this status with {"error": errorText}. */
  status: z.int().min(400).max(599).nullable(),
  errorText: z.string(),
  /** A line {"error": errorText} after that many chunks, status 200 already sent. */
  errorAfterChunks: count.nullable(),
  /** A line that is no JSON after that many chunks; the stream then goes on. */
  garbageAfterChunks: count.nullable(),
  /** The stream ends properly, but no line says done. */
  endWithoutDone: z.boolean(),
  /** What every token is said to have taken, whatever it took, ms. */
  claimedTokenMs: times.nullable(),
  /** prompt_eval_count and eval_count are left out. */
  omitCounts: z.boolean(),
  /** Done at once with an empty text. */
  emptyResponse: z.boolean(),
  /** The field `response` is missing from every line. */
  omitResponse: z.boolean(),
  /** This text instead of the derived one. */
  answerText: z.string().nullable(),
  /** An answer of that many bytes instead of the derived one. */
  answerBytes: count.nullable(),
  /** Goes on generating, and keeps its place, when the client hangs up. */
  ignoreAbort: z.boolean(),

  /** A model that is not in memory is not loaded: this status with {"error": errorText}. */
  loadStatus: z.int().min(400).max(599).nullable(),
  /** Loading takes that long, ms; null: the option the stand-in was started with. */
  loadDelayMs: count.nullable(),
  /** How much of what is in memory is on the GPU, 0 to 1; null: the option. */
  vramShare: z.number().min(0).max(1).nullable(),

  /** version, tags, show, ps: delay, status or no answer at all. */
  apiDelayMs: count.nullable(),
  apiStatus: z.int().min(400).max(599).nullable(),
  apiHang: z.boolean(),

  /** Pull speed; null: as fast as the disk. */
  pullBytesPerSecond: z.int().positive().nullable(),
  /** One pull: connection destroyed after that many bytes of this attempt; what came stays for the next. Clears itself. */
  pullDieAfterBytes: count.nullable(),
  /** One pull: an {"error": errorText} line after that many bytes. Clears itself. */
  pullErrorAfterBytes: count.nullable(),
  /** One pull: the bytes do not match the digest. Clears itself. */
  pullCorrupt: z.boolean(),
  /** One pull: the stream ends before "success". Clears itself. */
  pullEndsWithoutSuccess: z.boolean(),
  /** No further byte during a pull, connection open; how far it is is repeated a few times. */
  pullHang: z.boolean(),
  /** The same, after that many bytes of each attempt. */
  pullHangAfterBytes: count.nullable(),
  /** Nothing but the first line of a pull, connection open. */
  pullSilent: z.boolean(),
  /** All bytes have come; checking them never ends. */
  pullHangVerifying: z.boolean(),
  /** The registry wants a newer Ollama. */
  pullTooOld: z.boolean(),
  /** What a pull says that its first layer has, whatever it brings; until cleared. */
  pullClaimedBytes: z.int().positive().nullable(),
  /** Layers come side by side. */
  pullParallel: z.boolean(),
  /** The registry answers this status instead of a manifest. */
  pullManifestStatus: z.int().min(500).max(599).nullable(),
  /** The registry has the manifest and not the weights, fails over them, or there is no room to write them. */
  pullBlob: z.enum(['missing', 'failing', 'no-space']).nullable(),
});

export type OllamaFaults = z.infer<typeof ollamaFaultsSchema>;

export const noOllamaFaults: OllamaFaults = {
  down: false,
  times: null,
  firstTokenDelayMs: null,
  tokenDelayMs: null,
  dieAfterChunks: null,
  hangAfterChunks: null,
  hangBeforeHeaders: false,
  status: null,
  errorText: 'stand-in: fault on demand',
  errorAfterChunks: null,
  garbageAfterChunks: null,
  endWithoutDone: false,
  claimedTokenMs: null,
  omitCounts: false,
  emptyResponse: false,
  omitResponse: false,
  answerText: null,
  answerBytes: null,
  ignoreAbort: false,
  loadStatus: null,
  loadDelayMs: null,
  vramShare: null,
  apiDelayMs: null,
  apiStatus: null,
  apiHang: false,
  pullBytesPerSecond: null,
  pullDieAfterBytes: null,
  pullErrorAfterBytes: null,
  pullCorrupt: false,
  pullEndsWithoutSuccess: false,
  pullHang: false,
  pullHangAfterBytes: null,
  pullSilent: false,
  pullHangVerifying: false,
  pullTooOld: false,
  pullClaimedBytes: null,
  pullParallel: false,
  pullManifestStatus: null,
  pullBlob: null,
};

const outlivesGenerations = new Set<keyof OllamaFaults>([
  'down',
  'loadStatus',
  'loadDelayMs',
  'vramShare',
  'apiDelayMs',
  'apiStatus',
  'apiHang',
  'pullBytesPerSecond',
  'pullDieAfterBytes',
  'pullErrorAfterBytes',
  'pullCorrupt',
  'pullEndsWithoutSuccess',
  'pullHang',
  'pullHangAfterBytes',
  'pullSilent',
  'pullHangVerifying',
  'pullTooOld',
  'pullClaimedBytes',
  'pullParallel',
  'pullManifestStatus',
  'pullBlob',
]);

/** The faults left over when the last of `times` generations has begun. */
export function withoutGenerationFaults(faults: OllamaFaults): OllamaFaults {
  const kept = Object.entries(faults).filter(([name]) => outlivesGenerations.has(name as keyof OllamaFaults));
  return { ...noOllamaFaults, ...(Object.fromEntries(kept) as Partial<OllamaFaults>) };
}
