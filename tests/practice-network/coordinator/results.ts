import * as z from 'zod';
import type { NodeRecord, NodeRegistry } from '../registry.ts';
import type { Answer } from './answer.ts';
import { forbid, reasonOf, refuse } from './answer.ts';
import type { CoordinatorBehaviour } from './behaviour.ts';
import type { FailureSeen, LedgerBook, ResultSeen, WorkRecord } from './ledger.ts';
import type { FailureWire, ResultWire } from './wire.ts';
import {
  addressOfKeyHash,
  failureSchema,
  proofOfExecution,
  resultMessage,
  resultSchema,
  signerOf,
} from './wire.ts';
import type { WorkQueue } from './work.ts';

export interface ResultDesk {
  success(body: unknown): Promise<Answer>;
  failure(body: unknown): Promise<Answer>;
}

/** POST /operator/result, both kinds [network.md 6.3]. */
export function createResultDesk(
  behaviour: () => CoordinatorBehaviour,
  modules: { registry: NodeRegistry; ledger: LedgerBook; queue: WorkQueue },
): ResultDesk {
  const { registry, ledger, queue } = modules;
  const note = (rule: string, detail: string) => ledger.violation('result', rule, detail);
  const accept = (): Answer => ({ status: 200, body: { ok: true } });

  /** Checks what both kinds have in common: who signed it, and whether the request was theirs to do. */
  async function checkSender(post: ResultWire | FailureWire): Promise<WorkRecord | Answer> {
    if (post.message !== resultMessage(post.requestId)) return refuse(400, 'bad_message');
    const node: NodeRecord | null | Error = await registry.node(post.nodeId).catch((cause: Error) => cause);
    if (node instanceof Error) return { status: 403, body: { error: 'rpc_error' } };
    if (!node?.staked) return forbid('not_staked');
    if (signerOf(post.message, post.signature) !== addressOfKeyHash(node.nodeKeyHash))
      return refuse(401, 'bad_signature');
    const record = ledger.request(post.requestId);
    if (!record) return refuse(404, 'unknown_request');
    if (!record.dispatches.some((dispatch) => dispatch.nodeId === post.nodeId))
      return refuse(409, 'not_assigned');
    return record;
  }

  function decideSuccess(post: ResultWire, record: WorkRecord, seen: ResultSeen): Answer {
    const earlier = record.results.filter((result) => result.accepted && result.nodeId === post.nodeId);
    seen.duplicate = record.outcome === 'answered';
    seen.afterAcknowledgement = earlier.some((result) => result.acknowledgedAtMs !== null);
    seen.late = queue.isLate(record);
    if (!seen.poeVerified) {
      queue.failed(record, post.nodeId);
      return refuse(400, 'poe_mismatch');
    }
    if (record.model !== null && !sameModel(record.model, post.model))
      note('model', `${record.requestId} asked for ${record.model}, served with ${post.model}`);
    if (
      record.failures.filter((failure) => failure.nodeId === post.nodeId && failure.accepted).length >=
      record.dispatches.length
    )
      note('result_after_failure', `${record.requestId} had been reported as failed`);
    if (seen.duplicate)
      return behaviour().duplicateResult === 'accept' ? accept() : refuse(409, 'already_answered');
    if (seen.late && behaviour().lateResult === 'refuse') return refuse(409, 'too_late');
    seen.accepted = true;
    queue.answered(record);
    return behaviour().successAnswer === '2xx' ? accept() : refuse(409, 'conflict');
  }

  function decideFailure(post: FailureWire, record: WorkRecord, seen: FailureSeen): Answer {
    const own = record.failures.filter((failure) => failure.nodeId === post.nodeId && failure.accepted);
    const dispatches = record.dispatches.filter((dispatch) => dispatch.nodeId === post.nodeId);
    seen.duplicate =
      own.length >= dispatches.length && own.some((failure) => failure.acknowledgedAtMs !== null);
    if (own.length >= dispatches.length || record.outcome !== 'open')
      return behaviour().duplicateResult === 'accept' ? accept() : refuse(409, 'already_ended');
    seen.accepted = true;
    queue.failed(record, post.nodeId);
    return accept();
  }

  /** Enters the answer in the record, and the moment it was acknowledged. */
  function booked(answer: Answer, seen: ResultSeen | FailureSeen): Answer {
    seen.status = answer.status;
    seen.reason = reasonOf(answer);
    if (seen.reason !== null && faultOfTheNode.has(seen.reason))
      note(seen.reason, `${seen.requestId} of node ${seen.nodeId}`);
    return {
      ...answer,
      sent(atMs) {
        if (answer.status < 300) seen.acknowledgedAtMs = atMs;
        ledger.changed();
      },
    };
  }

  return {
    async success(body) {
      const parsed = resultSchema.safeParse(body);
      if (!parsed.success) {
        note('body', z.prettifyError(parsed.error));
        return refuse(400, 'bad_body');
      }
      const post = parsed.data;
      const { requestId, nodeId, model, result, ms, inputTokens, outputTokens } = post;
      const seen: ResultSeen = {
        ...{ atMs: performance.now(), requestId, nodeId, model, result, ms, inputTokens, outputTokens },
        ...{ status: 0, accepted: false, reason: null, acknowledgedAtMs: null },
        ...{ late: false, duplicate: false, afterAcknowledgement: false },
        poeVerified: proofOfExecution(requestId, result, nodeId) === post.poe,
      };
      const found = await checkSender(post);
      const answer = booked('status' in found ? found : decideSuccess(post, found, seen), seen);
      ledger.result(seen);
      return answer;
    },
    async failure(body) {
      const parsed = failureSchema.safeParse(body);
      if (!parsed.success) {
        note('body', z.prettifyError(parsed.error));
        return refuse(400, 'bad_body');
      }
      const post = parsed.data;
      const { requestId, nodeId, error } = post;
      const seen: FailureSeen = {
        ...{ atMs: performance.now(), requestId, nodeId, error },
        ...{ status: 0, accepted: false, reason: null, duplicate: false, acknowledgedAtMs: null },
      };
      const found = await checkSender(post);
      const answer = booked('status' in found ? found : decideFailure(post, found, seen), seen);
      ledger.failure(seen);
      return answer;
    },
  };
}

/** Refusals that a correct node never causes; the others follow from what the coordinator does. */
const faultOfTheNode = new Set([
  'bad_message',
  'bad_signature',
  'unknown_request',
  'not_assigned',
  'poe_mismatch',
]);

/** Names are the same with and without `:latest`. */
function sameModel(asked: string, served: string): boolean {
  return asked.replace(/:latest$/, '') === served.replace(/:latest$/, '');
}
