import * as z from 'zod';
import type { UnknownReason } from '../../../shared/contract/chain.ts';
import { isNodeError } from '../../../shared/errors.ts';
import type { HttpClient } from '../http/client.ts';
import { parseJson } from '../http/json-body.ts';

/** One call of a batch. */
export interface RpcCall {
  method: string;
  params: readonly unknown[];
}

/** What an RPC answered to one call. Only a contract's own refusal is an answer too. */
export type RpcAnswer =
  | { kind: 'result'; result: unknown }
  /** The contract said no; `data` is what it gave back, if anything. */
  | { kind: 'revert'; data: string | null; message: string }
  | { kind: 'failure'; reason: UnknownReason; message: string; retryAfterMs: number | null };

type RpcFailure = Extract<RpcAnswer, { kind: 'failure' }>;

/** One Ethereum JSON-RPC. Never rejects. */
export interface Rpc {
  /** The answers in the order of the calls; all the same failure when the RPC gave none. */
  batch(calls: readonly RpcCall[], signal?: AbortSignal): Promise<readonly RpcAnswer[]>;
}

const timeoutMs = 10_000;
/** Code of two contracts and a range of logs fit in; nothing that would be felt does not. */
const maxBodyBytes = 4 * 1024 * 1024;
const maxMessageLength = 200;

const errorSchema = z.object({
  code: z.number(),
  message: z.string().catch(''),
  data: z.unknown().optional(),
});
const answerSchema = z.object({
  id: z.number().int(),
  result: z.unknown().optional(),
  error: errorSchema.nullish(),
});
type Answer = z.infer<typeof answerSchema>;

/** JSON-RPC's and the providers' numbers for "too much". */
const limitCodes = new Set([-32005, -32029, 429]);
const prunedPattern =
  /missing trie node|pruned|archive|history (?:is )?not available|state .*not available|block not found|unknown block|header not found|beyond current head/i;
/**
 * That logs of fewer blocks would be given, as geth, Nethermind, Erigon, reth and the providers word it. Some say it
 * with the number for "too much" or "invalid", and some in the error's data.
 */
const tooWidePattern =
  /\branges?\b|too many (?:blocks|results|logs)|returned more than|max(?:imum)? (?:results|logs|blocks)|response size|(?:response|result|query)(?: set| is){0,2} too (?:large|big)|query time(?:out|d out)/i;
const limitPattern = /rate limit|too many requests|exceeded .*(?:quota|limit|capacity)|credits/i;

export function createRpc(options: { url: string }, modules: { http: HttpClient }): Rpc {
  const { url } = options;
  const { http } = modules;
  let lastId = 0;
  /** Some take one call at a time only; known after the first batch that they refused. */
  let takesBatches = true;

  async function post(body: unknown, signal: AbortSignal | undefined): Promise<unknown | RpcFailure> {
    try {
      const answer = await http.request({
        method: 'POST',
        url,
        body: JSON.stringify(body),
        timeoutMs,
        maxBodyBytes,
        repeatable: true,
        ...(signal ? { signal } : {}),
      });
      const parsed = parseJson(answer.body);
      if (answer.status === 429)
        return failure('rate-limited', 'http 429', retryAfter(answer.headers['retry-after']));
      if (parsed === undefined) {
        const reason = answer.status >= 500 ? 'unreachable' : 'not-an-rpc';
        return failure(reason, `http ${answer.status}`, retryAfter(answer.headers['retry-after']));
      }
      return parsed;
    } catch (error) {
      if (!isNodeError(error)) throw error;
      return failure('unreachable', error.code);
    }
  }

  async function whole(calls: readonly RpcCall[], signal?: AbortSignal): Promise<readonly RpcAnswer[]> {
    const numbered = calls.map((call) => ({ jsonrpc: '2.0', id: ++lastId, ...call }));
    const body = await post(numbered.length === 1 ? numbered[0] : numbered, signal);
    if (isFailure(body)) return calls.map(() => body);
    const answers = z.array(answerSchema).safeParse(Array.isArray(body) ? body : [body]);
    if (!answers.success || (!Array.isArray(body) && numbered.length > 1)) {
      const refused = refusalOf(body, numbered.length === 1 ? numbered[0]?.method : undefined);
      return calls.map(() => refused);
    }
    const byId = new Map(answers.data.map((answer) => [answer.id, answer]));
    return numbered.map(({ id, method }) => answerOf(byId.get(id), method));
  }

  return {
    async batch(calls, signal) {
      if (calls.length === 0) return [];
      if (calls.length > 1 && takesBatches) {
        const answers = await whole(calls, signal);
        const refused = answers.every((one) => one.kind === 'failure' && one.reason === 'not-an-rpc');
        if (!refused) return answers;
      }
      const answers: RpcAnswer[] = [];
      for (const call of calls) {
        const [answer = failure('not-an-rpc', 'no answer')] = await whole([call], signal);
        answers.push(answer);
        // It will not answer the others either.
        if (answer.kind === 'failure' && !isAboutBlocks(answer))
          return calls.map((_, index) => answers[index] ?? answer);
      }
      if (calls.length > 1) takesBatches = false;
      return answers;
    },
  };
}

function failure(reason: UnknownReason, message: string, retryAfterMs: number | null = null): RpcFailure {
  return { kind: 'failure', reason, message: message.slice(0, maxMessageLength), retryAfterMs };
}

function isFailure(value: unknown): value is RpcFailure {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'failure';
}

/** It answers, and does not have or give these blocks: nothing is wrong with it. */
export function isAboutBlocks({ reason }: RpcFailure): boolean {
  return reason === 'history-pruned' || reason === 'range-too-wide';
}

/** One error in place of a batch, or of the answer to one call. */
function refusalOf(body: unknown, method: string | undefined): RpcFailure {
  const alone = z.object({ error: errorSchema }).safeParse(body);
  if (!alone.success) return failure('not-an-rpc', 'no JSON-RPC answer');
  const { error } = alone.data;
  if (isTooWide(error, method)) return failure('range-too-wide', error.message);
  return failure(isLimit(error.code, error.message) ? 'rate-limited' : 'not-an-rpc', error.message);
}

function answerOf(answer: Answer | undefined, method: string): RpcAnswer {
  if (answer === undefined) return failure('not-an-rpc', 'answer missing');
  const { error, result } = answer;
  if (!error)
    return result === undefined
      ? failure('not-an-rpc', 'neither result nor error')
      : { kind: 'result', result };
  if (isTooWide(error, method)) return failure('range-too-wide', error.message);
  if (isLimit(error.code, error.message)) return failure('rate-limited', error.message);
  if (prunedPattern.test(error.message)) return failure('history-pruned', error.message);
  if (error.code === 3 || /revert|invalid opcode|out of gas/i.test(error.message)) {
    const data = typeof error.data === 'string' && /^0x[0-9a-f]*$/i.test(error.data) ? error.data : null;
    return { kind: 'revert', data, message: error.message.slice(0, maxMessageLength) };
  }
  return failure('not-an-rpc', error.message);
}

function isTooWide({ message, data }: z.infer<typeof errorSchema>, method: string | undefined): boolean {
  if (method !== 'eth_getLogs') return false;
  const said = `${message} ${JSON.stringify(data ?? '').slice(0, 1000)}`;
  // Of how many requests a limit speaks, not of how many blocks.
  if (limitPattern.test(message) && !/\bblocks?\b|\bresults\b/i.test(message)) return false;
  return tooWidePattern.test(said) && !prunedPattern.test(said);
}

function isLimit(code: number, message: string): boolean {
  return limitCodes.has(code) || limitPattern.test(message);
}

function retryAfter(header: string | undefined): number | null {
  const seconds = /^\d{1,6}$/.test(header ?? '') ? Number(header) : null;
  return seconds === null ? null : seconds * 1000;
}
