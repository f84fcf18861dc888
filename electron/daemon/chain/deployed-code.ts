import type { UnknownReason } from '../../../shared/contract/chain.ts';
import type { RpcAnswer, RpcCall } from './rpc.ts';
import { addressOf, selectorOf, wordsOf } from './words.ts';

/** Where EIP-1967 proxies keep the address of the code they run, and of the beacon that names it. */
const implementationSlot = '0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc';
const beaconSlot = '0xa3f0ad74e5423aebfd80d3ef4346578335a9a72aeaee59ff6cb3582b35133d50';

/** The code that answers a call to a contract: its own, and that of the implementation behind a proxy. */
export interface DeployedCode {
  /** Lower-case hex without 0x. */
  readonly code: string;
  /** Says whether it is still the same code: an implementation can be replaced. */
  readonly at: string;
}

export type Ask = (calls: readonly RpcCall[]) => Promise<readonly RpcAnswer[]>;

/** Whether the deployed code holds a selector. Necessary, and never enough: bytes may be there by chance. */
export function holdsSelector({ code }: DeployedCode, selector: string): boolean {
  // A compiler writes a number without leading zero bytes.
  return code.includes(selector.slice(2).replace(/^(?:00)+/, ''));
}

/** Reads the code at `address`, following a proxy; a reason where there is none. */
export async function readDeployedCode(
  address: string,
  block: string,
  ask: Ask,
): Promise<DeployedCode | { unknown: UnknownReason }> {
  const [own, implementation, beacon] = await ask([
    { method: 'eth_getCode', params: [address, block] },
    { method: 'eth_getStorageAt', params: [address, implementationSlot, block] },
    { method: 'eth_getStorageAt', params: [address, beaconSlot, block] },
  ]);
  const code = codeOf(own);
  if (typeof code !== 'string') return code;
  if (code === '') return { unknown: 'no-code' };
  let behind = slotAddress(implementation);
  const viaBeacon = slotAddress(beacon);
  if (behind === null && viaBeacon !== null) {
    const [said] = await ask([call(viaBeacon, selectorOf('implementation()'), block)]);
    behind = said?.kind === 'result' ? slotAddress(said) : null;
  }
  if (behind === null) return { code, at: address.toLowerCase() };
  const [implemented] = await ask([{ method: 'eth_getCode', params: [behind, block] }]);
  const further = codeOf(implemented);
  if (typeof further !== 'string') return further;
  return further === '' ? { unknown: 'no-code' } : { code: code + further, at: behind };
}

/** `eth_call` of `data` at a block. */
export function call(to: string, data: string, block: string, from?: string): RpcCall {
  return { method: 'eth_call', params: [{ to, data, ...(from ? { from } : {}) }, block] };
}

function codeOf(answer: RpcAnswer | undefined): string | { unknown: UnknownReason } {
  if (answer?.kind === 'failure') return { unknown: answer.reason };
  const result = answer?.kind === 'result' ? answer.result : null;
  if (typeof result !== 'string' || !/^0x(?:[0-9a-f]{2})*$/i.test(result)) return { unknown: 'not-an-rpc' };
  return result.slice(2).toLowerCase();
}

function slotAddress(answer: RpcAnswer | undefined): string | null {
  const [word = 0n] = (answer?.kind === 'result' && wordsOf(answer.result)) || [];
  return word === 0n ? null : addressOf(word);
}
