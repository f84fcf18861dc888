import type { UnknownReason } from '../../../shared/contract/chain.ts';
import { printableUrl } from '../http/address.ts';
import type { HttpClient } from '../http/client.ts';
import type { Logger } from '../logging/logger.ts';
import { retryDelayMs } from '../system/backoff.ts';
import type { Clock } from '../system/clock.ts';
import { createRpc, isAboutBlocks, type Rpc, type RpcAnswer, type RpcCall } from './rpc.ts';
import { integer, quantity } from './words.ts';

/** A block as an RPC gives it. */
export interface Block {
  number: number;
  hash: string;
  timeMs: number;
}

/** An RPC that has said it is on our chain, and its newest block. */
export interface Answering {
  readonly url: string;
  readonly head: Block;
  batch(calls: readonly RpcCall[]): Promise<readonly RpcAnswer[]>;
  /** The next RPC on our chain that knows `block`, and was not asked yet; null where there is none. Never rejects. */
  next(block: number): Promise<Answering | null>;
  /** It said what cannot be: others are asked for a while. */
  distrust(reason: UnknownReason, message: string): void;
}

export interface RpcStatus {
  url: string;
  own: boolean;
  state: 'unused' | 'answers' | 'failing' | 'refused';
  reason: UnknownReason | null;
  lastAnswerAtMs: number | null;
}

/** Several RPCs, the operator's own first: one that fails is left alone for a while, and the next is asked. */
export interface RpcPool {
  readonly status: readonly RpcStatus[];
  /** The first that answers now, on our chain and at its newest block as far as is known; else why none does. Never rejects. */
  answering(signal: AbortSignal): Promise<Answering | { failed: UnknownReason }>;
}

const backoff = { minMs: 5000, maxMs: 10 * 60_000, jitter: 0.2 };
const mostAskedMs = 60 * 60_000;
/** Faults that do not pass by themselves. */
const lasting: readonly UnknownReason[] = ['other-chain', 'not-an-rpc', 'contradicted'];
const lastingMinMs = 60_000;
/** No new block for so long is not Ethereum's doing. */
const stillMs = 60_000;
/** Ethereum makes a block every 12 s; a head that runs ahead of that is no head. */
const mainnet = { chainId: 1, blockMs: 12_000, slack: 100 };

interface Entry {
  readonly url: string;
  readonly own: boolean;
  readonly rpc: Rpc;
  failures: number;
  /** When it last said what cannot be. */
  liedSinceBootMs: number;
  /** By a clock that nobody sets. */
  leftAloneUntilMs: number;
  state: RpcStatus['state'];
  reason: UnknownReason | null;
  lastAnswerAtMs: number | null;
}

export function createRpcPool(
  options: { chainId: number; own: readonly string[]; others: readonly string[] },
  modules: { http: HttpClient; clock: Clock; log: Logger; random: () => number },
): RpcPool {
  const { chainId } = options;
  const { http, clock, log, random } = modules;
  const entry = (url: string, own: boolean): Entry => ({
    ...{ url, own, rpc: createRpc({ url }, { http }) },
    ...{ failures: 0, liedSinceBootMs: Number.NEGATIVE_INFINITY, leftAloneUntilMs: 0 },
    ...{ state: 'unused', reason: null, lastAnswerAtMs: null },
  });
  const entries = [
    ...options.own.map((url) => entry(url, true)),
    ...options.others.filter((url) => !options.own.includes(url)).map((url) => entry(url, false)),
  ];
  let newest: { block: number; sinceBootMs: number } | null = null;

  function failed(one: Entry, reason: UnknownReason, message: string, askedMs: number | null): void {
    one.failures += 1;
    if (lasting.includes(reason)) one.liedSinceBootMs = clock.sinceBootMs();
    one.state = lasting.includes(reason) ? 'refused' : 'failing';
    if (one.reason !== reason)
      log.warn('rpc-failed', { url: printableUrl(new URL(one.url)), reason, message });
    one.reason = reason;
    const minMs = lasting.includes(reason) ? lastingMinMs : backoff.minMs;
    const asked = { failures: one.failures, askedMs, mostAskedMs };
    one.leftAloneUntilMs = clock.sinceBootMs() + retryDelayMs({ ...backoff, minMs }, asked, random);
  }

  /** @param before those that were asked for the same before it */
  async function tried(
    one: Entry,
    signal: AbortSignal,
    before: readonly Entry[] = [],
  ): Promise<Answering | null> {
    const [chain, latest] = await one.rpc.batch(
      [
        { method: 'eth_chainId', params: [] },
        { method: 'eth_getBlockByNumber', params: ['latest', false] },
      ],
      signal,
    );
    if (signal.aborted || !chain || !latest) return null;
    for (const answer of [chain, latest])
      if (answer.kind === 'failure') {
        failed(one, answer.reason, answer.message, answer.retryAfterMs);
        return null;
      }
    if (chain.kind !== 'result' || latest.kind !== 'result') {
      failed(one, 'not-an-rpc', 'refused', null);
      return null;
    }
    const said = quantity(chain.result);
    if (said === null || said !== BigInt(chainId)) {
      failed(one, said === null ? 'not-an-rpc' : 'other-chain', String(said), null);
      return null;
    }
    const head = blockOf(latest.result);
    if (head === null) {
      failed(one, 'not-an-rpc', 'no block', null);
      return null;
    }
    if (isAhead(head)) {
      failed(one, 'contradicted', `block ${head.number}`, null);
      return null;
    }
    Object.assign(one, { state: 'answers', reason: null, lastAnswerAtMs: clock.now() });
    // Who has lied may look right until its next lie.
    if (clock.sinceBootMs() - one.liedSinceBootMs > backoff.maxMs) one.failures = 0;
    return {
      url: printableUrl(new URL(one.url)),
      head,
      async batch(calls) {
        const answers = await one.rpc.batch(calls, signal);
        const trouble = answers.find((answer) => answer.kind === 'failure' && !isAboutBlocks(answer));
        if (!signal.aborted && trouble?.kind === 'failure')
          failed(one, trouble.reason, trouble.message, trouble.retryAfterMs);
        return answers;
      },
      async next(block) {
        const asked = [...before, one];
        for (const other of entries) {
          if (asked.includes(other) || clock.sinceBootMs() < other.leftAloneUntilMs) continue;
          asked.push(other);
          const found = await tried(other, signal, asked);
          if (signal.aborted) return null;
          if (found !== null && found.head.number >= block) return found;
        }
        return null;
      },
      distrust: (reason, message) => failed(one, reason, message, null),
    };
  }

  function isAhead(head: Block): boolean {
    if (chainId !== mainnet.chainId || newest === null) return false;
    const passedMs = clock.sinceBootMs() - newest.sinceBootMs;
    return head.number > newest.block + passedMs / mainnet.blockMs + mainnet.slack;
  }

  return {
    get status() {
      return entries.map(({ url, own, state, reason, lastAnswerAtMs }) => ({
        ...{ url: printableUrl(new URL(url)), own, state, reason, lastAnswerAtMs },
      }));
    },
    async answering(signal) {
      let behind: Answering | null = null;
      for (const one of entries) {
        if (clock.sinceBootMs() < one.leftAloneUntilMs) continue;
        const found = await tried(one, signal);
        if (signal.aborted) break;
        if (found === null) continue;
        const { number: block } = found.head;
        const sinceBootMs = clock.sinceBootMs();
        if (newest === null || block > newest.block) {
          newest = { block, sinceBootMs };
          return found;
        }
        if (block === newest.block && sinceBootMs - newest.sinceBootMs < stillMs) return found;
        // It hangs back, stands still, or the chain was set back: another may know more.
        if (behind === null || found.head.number > behind.head.number) behind = found;
      }
      if (behind !== null) return behind;
      return { failed: entries.find(({ reason }) => reason !== null)?.reason ?? 'unreachable' };
    },
  };
}

/** A block as `eth_getBlockByNumber` gives it, or null. */
export function blockOf(result: unknown): Block | null {
  if (typeof result !== 'object' || result === null) return null;
  const { number, hash, timestamp } = result as Record<string, unknown>;
  const block = integer(number);
  const seconds = integer(timestamp);
  // Later than any date that can be shown is no time.
  if (block === null || seconds === null || seconds > 8_640_000_000_000) return null;
  if (typeof hash !== 'string' || !/^0x[0-9a-f]{64}$/i.test(hash)) return null;
  return { number: block, hash: hash.toLowerCase(), timeMs: seconds * 1000 };
}
