import * as z from 'zod';
import { isNodeId, isRequestId } from '../../../shared/ids.ts';
import { proofOfExecution } from '../identity/node-key.ts';
import { failureTexts } from './failure.ts';
import type { UndeliveredRow } from './owed.ts';

const whole = z.number().int().nonnegative();
const answer = z.object({
  model: z.string().min(1).max(600),
  result: z.string(),
  poe: z.string(),
  generationMs: whole,
  inputTokens: whole.nullable(),
  outputTokens: whole.nullable(),
});

/**
 * Whether a row that an earlier run left may be posted: its ids have the network's form, and its answer is the one
 * that its proof was made of. A disk that changed one bit of either is found out here; no proof covers the name of the
 * model, the figures, and the id of a failure report.
 */
export function isWhole(row: UndeliveredRow, nodeId: string): boolean {
  const { requestId } = row;
  if (!isRequestId(requestId) || row.nodeId !== nodeId || !isNodeId(nodeId)) return false;
  if (row.failure !== null) return Object.hasOwn(failureTexts, row.failure);
  const parsed = answer.safeParse(row);
  return parsed.success && parsed.data.poe === proofOfExecution(requestId, parsed.data.result, nodeId);
}
