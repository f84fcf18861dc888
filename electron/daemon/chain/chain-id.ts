import * as z from 'zod';
import { isNodeError } from '../../../shared/errors.ts';
import { type Reason, reasonOfHttp } from '../../../shared/reasons/reason-text.ts';
import { printableUrl } from '../http/address.ts';
import type { HttpClient } from '../http/client.ts';
import { parseJson } from '../http/json-body.ts';

const answerSchema = z.object({ result: z.string().regex(/^0x[0-9a-f]{1,64}$/i) });

export type ChainIdAnswer = { url: string; chainId: string } | { url: string; chainId: null; reason: Reason };

/**
 * Asks an Ethereum RPC for which chain it answers (`eth_chainId`). `url` in the answer is without
 * anything that may be a key of the operator's. Never rejects.
 */
export async function askChainId(rpcUrl: string, http: HttpClient): Promise<ChainIdAnswer> {
  const url = printableUrl(new URL(rpcUrl));
  try {
    const answer = await http.request({
      method: 'POST',
      url: rpcUrl,
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] }),
      timeoutMs: 8000,
      maxBodyBytes: 64 * 1024,
      repeatable: true,
    });
    const parsed = answerSchema.safeParse(parseJson(answer.body));
    if (parsed.success) return { url, chainId: parsed.data.result.toLowerCase() };
    return {
      url,
      chainId: null,
      reason: answer.status === 200 ? 'not-ethereum' : `http_${answer.status}`,
    };
  } catch (error) {
    if (!isNodeError(error)) throw error;
    return { url, chainId: null, reason: reasonOfHttp(error) };
  }
}
