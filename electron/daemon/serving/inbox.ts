import * as z from 'zod';
import { isRequestId } from '../../../shared/ids.ts';
import type { FailureCode } from './failure.ts';

/** One inference request, judged and bounded. The prompt lives in memory only. */
export interface InferenceRequest {
  requestId: string;
  prompt: string;
  system: string | null;
  model: string | null;
}

export interface JudgedInbox {
  /** Can be run. */
  requests: InferenceRequest[];
  /** Have a usable id but cannot be run: it is reported to the coordinator at once. */
  unusable: { requestId: string; failure: FailureCode }[];
  /** Entries without a usable id: nothing can be said of them to anybody; counted only. */
  refused: number;
  /** Entries beyond those that are judged; counted only. */
  unread: number;
}

/** More than a node could start, and report as unusable, before the next answer. */
export const mostJudged = 64;

const entrySchema = z.object({
  id: z.unknown().optional(),
  requestId: z.unknown().optional(),
  prompt: z.unknown().optional(),
  input: z.unknown().optional(),
  system: z.unknown().optional(),
  model: z.unknown().optional(),
});

/** Longest model name that is accepted; Ollama's own limit is far below. */
const modelNameLength = 300;

/**
 * Judges the raw entries of an inbox answer, the first `mostJudged`. An id twice in one answer counts once. Field names by
 * the published tolerance: `id` or `requestId`, `prompt` or `input`. [network.md 6.2]
 */
export function judgeInbox(entries: readonly unknown[], limits: { promptBytes: number }): JudgedInbox {
  const judged: JudgedInbox = {
    requests: [],
    unusable: [],
    refused: 0,
    unread: Math.max(0, entries.length - mostJudged),
  };
  const seen = new Set<string>();
  for (const raw of entries.slice(0, mostJudged)) {
    const entry = entrySchema.safeParse(raw);
    const requestId = entry.success ? (entry.data.id ?? entry.data.requestId) : undefined;
    if (!entry.success || !isRequestId(requestId)) {
      judged.refused += 1;
      continue;
    }
    if (seen.has(requestId)) continue;
    seen.add(requestId);
    const verdict = judgeContent(entry.data, limits.promptBytes);
    if (typeof verdict === 'string') judged.unusable.push({ requestId, failure: verdict });
    else judged.requests.push({ requestId, ...verdict });
  }
  return judged;
}

function judgeContent(
  entry: z.infer<typeof entrySchema>,
  promptBytes: number,
): Omit<InferenceRequest, 'requestId'> | FailureCode {
  const prompt = entry.prompt ?? entry.input;
  const system = entry.system ?? null;
  const model = entry.model ?? null;
  if (typeof prompt !== 'string' || prompt.trim() === '') return 'request-invalid';
  if (system !== null && typeof system !== 'string') return 'request-invalid';
  if (model !== null && (typeof model !== 'string' || model.length > modelNameLength))
    return 'request-invalid';
  if (Buffer.byteLength(prompt) > promptBytes) return 'prompt-too-large';
  if (system !== null && Buffer.byteLength(system) > promptBytes) return 'prompt-too-large';
  return { prompt, system: system === '' ? null : system, model: model === '' ? null : model };
}
