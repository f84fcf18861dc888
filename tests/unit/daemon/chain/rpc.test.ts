import { describe, expect, it } from 'vitest';
import { createRpc } from '../../../../electron/daemon/chain/rpc.ts';
import { createBlockRange } from '../../../../electron/daemon/earnings/block-range.ts';
import type { HttpClient } from '../../../../electron/daemon/http/client.ts';

/** What becomes of an error that an RPC answers to one call. */
async function reasonOf(method: string, error: { code: number; message: string; data?: unknown }, id = 1) {
  const http = {
    request: async () => ({
      status: 200,
      headers: {},
      body: Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: id === 1 ? 1 : null, error })),
    }),
  } as unknown as HttpClient;
  const [answer] = await createRpc({ url: 'https://rpc.example' }, { http }).batch([{ method, params: [] }]);
  return answer?.kind === 'failure' ? answer.reason : answer?.kind;
}

describe('logs that an RPC does not give', () => {
  it.each([
    ['geth and public RPCs', -32602, 'exceed maximum block range: 5000'],
    ['reth, by blocks', -32602, 'query exceeds max block range 100000'],
    ['reth, by logs', -32602, 'query exceeds max results 20000, retry with the range 1-2'],
    ['Nethermind', -32005, 'Too many logs requested. Max logs per response is 20000.'],
    ['Infura, by logs', -32005, 'query returned more than 10000 results'],
    ['Infura, by blocks', -32602, 'range 1000000 exceeds limit of 10000'],
    ['Infura, by time', -32005, 'query timeout exceeded'],
    [
      'Alchemy, by size',
      -32602,
      'Log response size exceeded. You can make eth_getLogs requests with up to a 2K block range',
    ],
    [
      'Alchemy, free tier',
      -32600,
      'Under the Free tier plan, you can make eth_getLogs requests with up to a 10 block range.',
    ],
    ['QuickNode', -32614, 'eth_getLogs is limited to a 10,000 range'],
    ['Ankr', -32600, 'block range is too wide'],
    ['dRPC', 35, 'ranges over 10000 blocks are not supported on freetier'],
    ['1RPC', -32602, 'eth_getLogs is limited to 0 - 50 blocks range'],
  ])('because the range is too wide are told from all else: %s', async (_, code, message) => {
    expect(await reasonOf('eth_getLogs', { code, message })).toBe('range-too-wide');
    expect(await reasonOf('eth_getLogs', { code, message }, 0), 'without an id').toBe('range-too-wide');
    expect(await reasonOf('eth_call', { code, message })).not.toBe('range-too-wide');
  });

  it('because the range is too wide are told from the data of the error too', async () => {
    const data = { payload: 'range 9009594 is bigger than range limit 2000' };
    expect(await reasonOf('eth_getLogs', { code: -32602, message: 'invalid params', data })).toBe(
      'range-too-wide',
    );
  });

  it.each([
    ['history-pruned', -32701, 'History has been pruned for this block'],
    ['history-pruned', -32602, 'Archive requests require a personal token for this block range'],
    ['history-pruned', -32602, 'block range extends beyond current head block'],
    ['rate-limited', -32005, 'daily request count exceeded'],
    ['rate-limited', -32029, 'too many requests'],
    ['rate-limited', -32000, 'rate limit exceeded for range queries'],
    ['not-an-rpc', -32603, 'internal error'],
  ])('for another reason are %s: %s %s', async (reason, code, message) => {
    expect(await reasonOf('eth_getLogs', { code, message })).toBe(reason);
  });
});

describe('the number of blocks that logs are asked for at once', () => {
  it('is halved at once while the range is too wide, down to ten', () => {
    const size = createBlockRange();
    const asked = [];
    do asked.push(size.blocks);
    while (size.failed('range-too-wide', size.blocks));
    expect(asked).toEqual([2000, 1000, 500, 250, 125, 62, 31, 15, 10]);
  });

  it('grows again after ranges that were given: what limited it may have been over in a minute', () => {
    const size = createBlockRange();
    while (size.failed('range-too-wide', size.blocks));
    for (let n = 0; n < 7; n += 1) size.succeeded();
    expect(size.blocks).toBe(10);
    size.succeeded();
    expect(size.blocks).toBe(20);
    for (let n = 0; n < 100; n += 1) size.succeeded();
    expect(size.blocks).toBe(2000);
  });

  it('is halved once, and no further than fifty, for another reason; an outage says nothing of it', () => {
    const size = createBlockRange();
    expect(size.failed('history-pruned', 3)).toBe(false);
    expect(size.blocks).toBe(1000);
    for (let n = 0; n < 20; n += 1) size.failed('not-an-rpc', 3);
    expect(size.blocks).toBe(50);
    size.failed('unreachable', 3);
    expect(size.blocks).toBe(50);
    expect(size.failed('range-too-wide', 50)).toBe(true);
    expect(size.blocks).toBe(25);
    expect(size.failed('history-pruned', 25)).toBe(false);
    expect(size.blocks).toBe(25);
  });
});
