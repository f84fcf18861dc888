import * as z from 'zod';
import { ollamaConditions } from '../../../shared/contract/ollama.ts';
import { document } from './documents.ts';

/** Who did or reports it: the running node, or this command by itself. */
const by = z.enum(['node', 'command']);

/** What `ollama status`, `start` and `stop` print. */
export const ollamaDocument = z.strictObject({
  ...document('ollama'),
  by,
  url: z.string(),
  remote: z.boolean(),
  condition: z.enum(ollamaConditions),
  reason: z.string().nullable(),
  sinceMs: z.number().nullable(),
  version: z.string().nullable(),
  /** What the version means: `cuts-prompts` loses the beginning of a prompt that is too long, unnoticed. */
  versionMeans: z.enum(['current', 'cuts-prompts', 'too-old', 'unknown']),
  server: z.enum(['ours', 'users', 'remote']).nullable(),
  binary: z.string().nullable(),
  pid: z.number().nullable(),
  restart: z.strictObject({ attempt: z.number(), atMs: z.number() }).nullable(),
  /** Of a server that this program starts. */
  logFile: z.string(),
});
export type OllamaDocument = z.infer<typeof ollamaDocument>;

export const ollamaInstallDocument = z.strictObject({
  ...document('ollama-install'),
  by,
  version: z.string(),
  folder: z.string(),
  program: z.string().nullable(),
  alreadyInstalled: z.boolean(),
  totalBytes: z.number().nullable(),
});
