import type { CommandOutput } from '../../../shared/contract/commands.ts';
import { call } from './deployed-code.ts';
import { type Contracts, functions } from './functions.ts';
import type { ChainReader } from './reader.ts';
import type { RpcAnswer } from './rpc.ts';
import type { RpcPool } from './rpc-pool.ts';
import { notKnown } from './unknown.ts';
import { callData, quantity, revertReason, selectorOf, wordsOf } from './words.ts';

type TryCall = CommandOutput<'wallet.tryCall'>;
type Look = CommandOutput<'wallet.look'>;

/** Anybody but the owner: a call that goes through for both is not the owner's call. */
const stranger = '0x00000000000000000000000000000000005712a9';

/** Read-only questions that a person asks before the wallet signs anything. */
export interface WalletQuestions {
  look(address: string, signal: AbortSignal): Promise<Look>;
  tryCall(
    input: {
      call: 'claim' | 'requestUnstake' | 'cancelUnstake' | 'withdrawStake';
      nodeId: string;
      owner: string | null;
    },
    signal: AbortSignal,
  ): Promise<TryCall>;
}

export function createWalletQuestions(
  options: { contracts: Contracts },
  modules: { pool: RpcPool; reader: ChainReader; now: () => number },
): WalletQuestions {
  const { contracts } = options;
  const { pool, reader, now } = modules;

  async function ask(signal: AbortSignal) {
    const found = await pool.answering(signal);
    if ('failed' in found) return found;
    const { head, url } = found;
    const origin = { block: head.number, blockTimeMs: head.timeMs, source: url, readAtMs: now() };
    return { ...found, origin, at: `0x${head.number.toString(16)}` };
  }

  return {
    async look(address, signal) {
      const found = await ask(signal);
      if ('failed' in found) {
        const nothing = notKnown(found.failed);
        return { prlxWei: nothing, allowanceWei: nothing, ethWei: nothing };
      }
      const { origin, at } = found;
      const { token, registry } = contracts;
      const holder = BigInt(address);
      const [code, prlx, allowance, eth] = await found.batch([
        { method: 'eth_getCode', params: [token, at] },
        call(token, callData(selectorOf('balanceOf(address)'), holder), at),
        call(token, callData(selectorOf('allowance(address,address)'), holder, BigInt(registry)), at),
        { method: 'eth_getBalance', params: [address, at] },
      ]);
      const hasCode = code?.kind === 'result' && code.result !== '0x';
      const amount = (answer: RpcAnswer | undefined, value: bigint | null | undefined) => {
        if (answer?.kind === 'failure') return notKnown(answer.reason);
        if (value === null || value === undefined) return notKnown('not-an-rpc');
        return { known: true, value: String(value), ...origin } as const;
      };
      const word = (answer: RpcAnswer | undefined) => {
        if (code?.kind === 'result' && !hasCode) return notKnown('no-code');
        const words = answer?.kind === 'result' ? wordsOf(answer.result) : null;
        return amount(answer, words?.length === 1 ? words[0] : null);
      };
      const ethWei = amount(eth, eth?.kind === 'result' ? quantity(eth.result) : null);
      return { prlxWei: word(prlx), allowanceWei: word(allowance), ethWei };
    },

    async tryCall({ call: name, nodeId, owner }, signal) {
      const nothing = (reason: Parameters<typeof notKnown>[0]): TryCall => {
        const unknown = notKnown(reason);
        return { outcome: unknown, callData: null, to: null, feeWei: unknown };
      };
      if (owner === null) return nothing('not-registered');
      const { contract } = functions[name];
      const signatures = reader.signatures(name);
      if (signatures === null) return nothing('not-read-yet');
      const [signature] = signatures;
      if (signature === undefined) return nothing('function-absent');
      const found = await ask(signal);
      if ('failed' in found) return nothing(found.failed);
      const { origin, at } = found;
      const to = contracts[contract];
      const data = callData(selectorOf(signature), BigInt(nodeId));
      const [ours, theirs, gas, price] = await found.batch([
        call(to, data, at, owner),
        call(to, data, at, stranger),
        { method: 'eth_estimateGas', params: [{ from: owner, to, data }] },
        { method: 'eth_gasPrice', params: [] },
      ]);
      if (!ours || ours.kind === 'failure') return nothing(ours?.reason ?? 'not-an-rpc');
      // What lets anybody do it is not the documented call.
      if (ours.kind === 'result' && theirs?.kind !== 'revert') return nothing('layout-unproven');
      const succeeds = ours.kind === 'result';
      const [units, each] = [gas, price].map((one) => (one?.kind === 'result' ? quantity(one.result) : null));
      const feeKnown = succeeds && units != null && each != null;
      return {
        outcome: {
          known: true,
          succeeds,
          revert: ours.kind === 'revert' ? (revertReason(ours.data) ?? ours.message) : null,
          ...origin,
        },
        callData: succeeds ? data : null,
        to: succeeds ? to : null,
        feeWei: feeKnown
          ? { known: true, value: String((units as bigint) * (each as bigint)), ...origin }
          : notKnown(gas?.kind === 'failure' ? gas.reason : 'not-published'),
      };
    },
  };
}
