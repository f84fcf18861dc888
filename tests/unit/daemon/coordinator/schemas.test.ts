import { describe, expect, it } from 'vitest';
import {
  decimalAmount,
  failureJson,
  heartbeatJson,
  inboxSchema,
  isAddress,
  registrationSchema,
  resultJson,
  statsSchema,
} from '../../../../electron/daemon/coordinator/schemas.ts';

/** `exampleBodies` of the network's test vectors, as the reference client emits them. */
const example = {
  heartbeat:
    '{"nodeId":"4217","nodeAddress":"0xfa3468e466ae6dd79e10dd90cd144f3bb640c31b","message":"parallelix-node:heartbeat:4217:1760000000000","signature":"0x45fb7cb059bad1e562d86bb9b1bbf6f3a08107ed41f87f7bfd1d2850f9e7ea30395fd903b95e3d6b63d132b49aa47c7ec7d79e548dc0c2c2e2a628ef4cb1ae961b","capabilities":{"version":"2.0.0","tier":3,"mode":"gpu","model":"qwen2.5:7b","models":["qwen2.5:7b","llama3.2:latest"],"gpu":"Example GPU 24GB","vramGb":24,"cores":16,"ramGb":67},"served":0,"available":true}',
  result:
    '{"nodeId":"4217","requestId":"req_a3f1","result":"The capital of France is Paris.","poe":"0x4ae35ba7399eaf5fd1aa45720d564f87568fdf0b7aceb360b98871781fa1a5b6","model":"qwen2.5:7b","ms":812,"inputTokens":14,"outputTokens":8,"message":"parallelix-node:result:req_a3f1","signature":"0xd4138499c582022ea743d9b479b84d3b6f506a289043f035346970d10445ef4272ee59f390e2fd705ecc588c12976e7137a98dd2b55a95ccce06133c80f1ba891b"}',
  failure:
    '{"nodeId":"4217","requestId":"req_a3f1","error":"ollama 500","message":"parallelix-node:result:req_a3f1","signature":"0xd4138499c582022ea743d9b479b84d3b6f506a289043f035346970d10445ef4272ee59f390e2fd705ecc588c12976e7137a98dd2b55a95ccce06133c80f1ba891b"}',
};

/** The same object with its keys, and those of its objects, in the opposite order and one more. */
function shuffled(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, shuffled(inner)] as const);
  return { homeDirectory: '/home/me', ...Object.fromEntries(entries.reverse()) };
}

describe('bodies of requests', () => {
  it('are written as the reference client writes them, whatever order they were built in', () => {
    expect(heartbeatJson(shuffled(JSON.parse(example.heartbeat)) as never)).toBe(example.heartbeat);
    expect(resultJson(shuffled(JSON.parse(example.result)) as never)).toBe(example.result);
    expect(failureJson(shuffled(JSON.parse(example.failure)) as never)).toBe(example.failure);
  });

  it('carry null for what is not known', () => {
    const body = JSON.parse(example.heartbeat);
    body.capabilities = { ...body.capabilities, gpu: null, vramGb: Number.NaN };
    expect(heartbeatJson(body)).toContain('"gpu":null,"vramGb":null');
    const result = { ...JSON.parse(example.result), inputTokens: null, outputTokens: null };
    expect(resultJson(result)).toContain('"inputTokens":null,"outputTokens":null');
  });
});

describe('amounts', () => {
  const table: readonly [value: unknown, wanted: string | null][] = [
    [0, '0'],
    [12, '12'],
    [0.5, '0.5'],
    [1e21, '1000000000000000000000'],
    [1.5e22, '15000000000000000000000'],
    [1e-7, '0.0000001'],
    [1.25e-7, '0.000000125'],
    ['12.500', '12.5'],
    ['007.10', '7.1'],
    ['0.0', '0'],
    ['5.', '5'],
    [' 42 ', '42'],
    ['1e3', '1000'],
    ['1.23E-2', '0.0123'],
    ['12.34e1', '123.4'],
    ['123456789012345678901234.123456789012345678', '123456789012345678901234.123456789012345678'],
    ['0.1234567890123456789', '0.123456789012345678'],
    ['1e-99', '0'],
    [-1, null],
    ['-1', null],
    ['+1', null],
    ['.5', null],
    ['', null],
    ['0x10', null],
    ['1,000', null],
    ['NaN', null],
    ['1e999', null],
    ['9'.repeat(81), null],
    [Number.NaN, null],
    [Number.POSITIVE_INFINITY, null],
    [null, null],
    [undefined, null],
    [true, null],
    [['1'], null],
    [{ toString: () => '1' }, null],
  ];
  it.each(table)('%s is %s', (value, wanted) => {
    expect(decimalAmount(value)).toBe(wanted);
  });
});

describe('addresses', () => {
  it('are taken in one case or with a correct checksum', () => {
    const checksummed = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
    expect(isAddress(checksummed)).toBe(true);
    expect(isAddress(checksummed.toLowerCase())).toBe(true);
    expect(isAddress(`0x${checksummed.slice(2).toUpperCase()}`)).toBe(true);
    expect(isAddress('0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed')).toBe(false);
    for (const text of [
      '',
      '0x',
      checksummed.slice(2),
      `${checksummed}0`,
      `0x${'g'.repeat(40)}`,
      `${checksummed}\n`,
    ]) {
      expect(isAddress(text), text).toBe(false);
    }
  });
});

describe('answers', () => {
  it('an inbox is its requests, else its jobs, else empty', () => {
    const read = (value: unknown) => inboxSchema.safeParse(value).data;
    expect(read({ requests: [1, { a: 2 }], jobs: [3] })).toEqual([1, { a: 2 }]);
    expect(read({ requests: null, jobs: [3] })).toEqual([3]);
    expect(read({ requests: { 0: 'x', length: 1 } })).toEqual([]);
    expect(read({})).toEqual([]);
    for (const malformed of [null, undefined, 1, 'x', [], [{ id: 'a' }]])
      expect(read(malformed)).toBeUndefined();
  });

  it('stats without a usable amount say that it is not known', () => {
    expect(statsSchema.safeParse({ lifetimeEarningsPrlx: '12.50' }).data).toEqual({
      lifetimeEarningsPrlx: '12.5',
    });
    expect(statsSchema.safeParse({}).data).toEqual({ lifetimeEarningsPrlx: null });
    expect(statsSchema.safeParse({ lifetimeEarningsPrlx: { wei: 1 } }).data).toEqual({
      lifetimeEarningsPrlx: null,
    });
    expect(statsSchema.safeParse([]).success).toBe(false);
  });

  const owner = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
  it('a registration is taken with its id as a string and its owner unchanged', () => {
    const read = (more: object) =>
      registrationSchema.safeParse({ nodeId: '4217', owner, tier: 3, stakePrlx: 50_000, ...more }).data;
    const wanted = { nodeId: '4217', owner, tier: 3, stakePrlx: '50000' };
    expect(read({})).toEqual(wanted);
    expect(read({ nodeId: 4217, tier: '3', stakePrlx: '50000.0' })).toEqual(wanted);
    expect(read({ nodeId: '0' })?.nodeId).toBe('0');
    for (const tier of [0, 5, 2.5, '5', 'GPU', null, undefined, {}]) expect(read({ tier })?.tier).toBeNull();
    const bare = registrationSchema.safeParse({ nodeId: '4217', owner }).data;
    expect(bare).toEqual({ nodeId: '4217', owner, tier: null, stakePrlx: null });
  });

  it('a registration with an id or owner that cannot be one is none', () => {
    for (const nodeId of [
      '',
      '-1',
      '1.5',
      '0x1',
      ' 1',
      '007',
      '1\n',
      '9'.repeat(79),
      -1,
      1.5,
      2 ** 53,
      null,
      {},
    ]) {
      expect(registrationSchema.safeParse({ nodeId, owner }).success, JSON.stringify(nodeId)).toBe(false);
    }
    for (const bad of ['', '0x0', owner.replace('aA', 'Aa'), null, 7]) {
      expect(registrationSchema.safeParse({ nodeId: '1', owner: bad }).success, String(bad)).toBe(false);
    }
  });
});
