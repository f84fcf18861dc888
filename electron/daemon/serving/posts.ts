import type { Outcome } from '../coordinator/answer.ts';
import type { CoordinatorClient } from '../coordinator/client.ts';
import type { NodeKey, SignedMessage } from '../identity/node-key.ts';
import { failureTexts } from './failure.ts';
import type { UndeliveredRow } from './owed.ts';

/** Posts what is owed, signed. */
export interface Posts {
  /** Signs for a request that is being run, so that its answer need not wait for it. Each is forgotten later. */
  sign(requestId: string): void;
  forget(requestId: string): void;
  send(row: UndeliveredRow, signal: AbortSignal): Promise<Outcome>;
}

export function createPosts(modules: { coordinator: CoordinatorClient; nodeKey: NodeKey }): Posts {
  const { coordinator, nodeKey } = modules;
  const signatures = new Map<string, SignedMessage>();
  return {
    sign(requestId) {
      signatures.set(requestId, nodeKey.signResult(requestId));
    },
    forget: (requestId) => void signatures.delete(requestId),
    async send(row, signal) {
      const { nodeId, requestId } = row;
      const { message, signature } = signatures.get(requestId) ?? nodeKey.signResult(requestId);
      if (row.failure !== null) {
        const error = failureTexts[row.failure];
        return coordinator.failure({ nodeId, requestId, error, message, signature }, signal);
      }
      const { result, poe, model, generationMs: ms, inputTokens, outputTokens } = row;
      const figures = { model, ms, inputTokens, outputTokens };
      return coordinator.result({ nodeId, requestId, result, poe, ...figures, message, signature }, signal);
    },
  };
}
