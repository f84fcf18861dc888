import { describe, expect, it } from 'vitest';
import { usageFixture, type WrongInput } from '../../fixtures/cli/usage.ts';

const wallet = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';

/** Flags, their values, and the variables that stand for them. */
const wrongInputs: WrongInput[] = [
  {
    what: 'an unknown flag',
    args: ['start', '--modle', 'x'],
    names: '--modle',
    remedy: /did you mean --model\?/,
  },
  { what: 'a flag like none', args: ['start', '--zzzzzz'], names: '--zzzzzz', remedy: /no such flag/ },
  { what: 'an unknown short flag', args: ['logs', '-x'], names: '-x', remedy: /no such flag/ },
  {
    what: 'a flag of another command',
    args: ['status', '--model', 'x'],
    names: '--model',
    remedy: /belongs to setup, start, restart, service/,
  },
  {
    what: 'two lengths of a pause',
    args: ['pause', '1h', '--for', '2h'],
    names: '1h --for 2h',
    remedy: /one of them/,
  },
  { what: 'a pause of no length', args: ['pause', 'soon'], names: 'soon', remedy: /30m, 2h/ },
  { what: 'a log since no time', args: ['logs', '--since', 'soon'], names: '--since soon', remedy: /2h/ },
  {
    what: 'a log of no level',
    args: ['logs', '--level', 'loud'],
    names: '--level loud',
    remedy: /debug, info/,
  },
  {
    what: 'a completion of no shell',
    args: ['completion'],
    names: 'completion',
    remedy: /bash, zsh or fish/,
  },
  {
    what: 'a changed setting',
    args: ['config', 'get', 'mode', '--changed'],
    names: '--changed',
    remedy: /config list/,
  },
  { what: 'a forced status', args: ['status', '--force'], names: '--force', remedy: /belongs to init/ },
  {
    what: 'a flag without its value',
    args: ['start', '--model'],
    names: '--model',
    remedy: /needs a value: --model NAME/,
  },
  {
    what: 'a flag where a value belongs',
    args: ['start', '--model', '--gpu'],
    names: '--model',
    remedy: /needs a value/,
  },
  { what: 'an empty value', args: ['start', '--model='], names: '--model', remedy: /needs a value/ },
  {
    what: 'a value for a flag that takes none',
    args: ['start', '--gpu=yes'],
    names: '--gpu=yes',
    remedy: /write --gpu alone/,
  },
  {
    what: 'a flag given twice',
    args: ['start', '--model', 'a', '--model', 'b'],
    names: '--model',
    remedy: /give it once/,
  },
  {
    what: 'both modes at once',
    args: ['start', '--gpu', '--cpu'],
    names: '--gpu --cpu',
    remedy: /one of them/,
  },
  {
    what: 'waiting and not waiting',
    args: ['setup', '--wait', '--yes'],
    names: '--wait --yes',
    remedy: /one of them/,
  },
  {
    what: 'a node id that is no number',
    args: ['start', '--node-id', '42a'],
    names: '--node-id 42a',
    remedy: /number that the registration gave/,
  },
  {
    what: 'a node id below zero',
    args: ['start', '--node-id', '-1'],
    names: '--node-id -1',
    remedy: /number/,
  },
  {
    what: 'an endless node id',
    args: ['start', '--node-id', '9'.repeat(2000)],
    names: '--node-id 999',
    remedy: /1 to 78 digits/,
  },
  {
    what: 'a wallet that is none',
    args: ['init', '--wallet', 'vitalik.eth'],
    names: '--wallet vitalik.eth',
    remedy: /0x and 40 hex digits/,
  },
  {
    what: 'a wallet with a typing error',
    args: ['init', '--wallet', `${wallet.slice(0, -1)}D`],
    names: '--wallet 0x5aAeb',
    remedy: /checksum/,
  },
  {
    what: 'nobody’s wallet',
    args: ['init', '--wallet', `0x${'0'.repeat(40)}`],
    names: '--wallet 0x000',
    remedy: /staking wallet/,
  },
  {
    what: 'an accepted tier where nothing is served',
    args: ['status', '--accept-tier-mismatch'],
    names: '--accept-tier-mismatch',
    remedy: /belongs to start, restart, config/,
  },
  {
    what: 'a value for accepting a tier',
    args: ['start', '--accept-tier-mismatch=yes'],
    names: '--accept-tier-mismatch=yes',
    remedy: /write --accept-tier-mismatch alone/,
  },
  {
    what: 'an accepted tier by environment that is neither yes nor no',
    args: ['start'],
    env: { PARALLELIX_ACCEPT_TIER_MISMATCH: 'perhaps' },
    names: 'PARALLELIX_ACCEPT_TIER_MISMATCH=perhaps',
    remedy: /true or false/,
  },
  {
    what: 'accepting tier 1 where nothing is registered',
    args: ['start', '--accept-tier-1'],
    names: '--accept-tier-1',
    remedy: /belongs to setup, init/,
  },
  {
    what: 'no concurrency',
    args: ['start', '--concurrency', '0'],
    names: '--concurrency 0',
    remedy: /1 to 16/,
  },
  {
    what: 'too much concurrency',
    args: ['start', '--concurrency', '99'],
    names: '--concurrency 99',
    remedy: /1 to 16/,
  },
  {
    what: 'a negative concurrency',
    args: ['start', '--concurrency', '-1'],
    names: '--concurrency -1',
    remedy: /1 to 16/,
  },
  {
    what: 'half a request at a time',
    args: ['start', '--concurrency', '0.5'],
    names: '--concurrency 0.5',
    remedy: /1 to 16/,
  },
  {
    what: 'a coordinator without TLS',
    args: ['start', '--coordinator-url', 'http://example.org/api'],
    names: '--coordinator-url http://example.org',
    remedy: /https:\/\//,
  },
  {
    what: 'a coordinator that is no address',
    args: ['start', '--coordinator-url', 'parallelix'],
    names: '--coordinator-url parallelix',
    remedy: /not a web address/,
  },
  {
    what: 'a coordinator with a password',
    args: ['start', '--coordinator-url', 'https://me:secret@example.org'],
    names: '--coordinator-url',
    remedy: /no user name/,
  },
  {
    what: 'a coordinator by environment',
    args: ['start'],
    env: { PARALLELIX_API_URL: 'ftp://example.org' },
    names: 'PARALLELIX_API_URL=ftp://example.org',
    remedy: /https:\/\//,
  },
  {
    what: 'a third party’s Ollama',
    args: ['models', '--ollama-url', 'https://ollama.com'],
    names: '--ollama-url https://ollama.com',
    remedy: /answered on your own/,
  },
  {
    what: 'a third party’s Ollama by environment',
    args: ['verify'],
    env: { OLLAMA_HOST: 'ollama.com' },
    names: 'OLLAMA_HOST=ollama.com',
    remedy: /answered on your own/,
  },
  {
    what: 'an Ollama of another kind',
    args: ['start', '--ollama-url', 'ftp://127.0.0.1'],
    names: '--ollama-url ftp://',
    remedy: /http:\/\//,
  },
  {
    what: 'an RPC that is no address',
    args: ['verify', '--rpc-url', 'mainnet'],
    names: '--rpc-url mainnet',
    remedy: /not a web address/,
  },
  {
    what: 'control characters in a model',
    args: ['start', '--model', 'a\u001b[31m\nb'],
    names: '--model a\\u{1b}',
    remedy: /no spaces or control characters/,
  },
  {
    what: 'a huge model name',
    args: ['start', '--model', 'm'.repeat(100_000)],
    names: '--model mmm',
    remedy: /model name/,
  },
  {
    what: 'a model by environment',
    args: ['start'],
    env: { PARALLELIX_MODEL: 'two words' },
    names: 'PARALLELIX_MODEL=two words',
    remedy: /no spaces/,
  },
  {
    what: 'a relative state directory',
    args: ['status', '--state-dir', 'here'],
    names: '--state-dir here',
    remedy: /full path/,
  },
  {
    what: 'a state directory that is a file',
    args: ['status', '--state-dir', 'FILE'],
    names: '--state-dir',
    remedy: /there is a file already/,
  },
  {
    what: 'the home directory as state directory',
    args: ['status', '--state-dir', 'HOME'],
    names: '--state-dir',
    remedy: /directory of its own/,
  },
  {
    what: 'an empty state directory',
    args: ['status'],
    env: { PARALLELIX_STATE_DIR: '' },
    names: 'PARALLELIX_STATE_DIR=',
    remedy: /full path/,
  },
  { what: 'a pause of no length', args: ['pause', '--for', 'soon'], names: '--for soon', remedy: /30m, 2h/ },
  { what: 'an endless pause', args: ['pause', '--for', '900d'], names: '--for 900d', remedy: /30d/ },
  {
    what: 'too many log lines',
    args: ['logs', '-n', '1000000'],
    names: '--lines 1000000',
    remedy: /0 to 10000/,
  },
  {
    what: 'log lines that are no number',
    args: ['logs', '--lines', 'many'],
    names: '--lines many',
    remedy: /0 to 10000/,
  },
];

describe('a command line that cannot be understood', () => {
  const { refuses, leftNothing, run } = usageFixture();

  it.concurrent.for(wrongInputs)('$what: exit code 2, one line with the input and the remedy', refuses);

  it('adds the stack with --debug', async () => {
    const { code, stderr } = await run(['start', '--concurrency', '99', '--debug']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^parallelix-operator: --concurrency 99: [^\n]+\n\s+NodeError[^\n]*\n\s+at /);
  });

  it('makes no document out of it', async () => {
    const { code, stdout } = await run(['start', '--concurrency', '99', '--json']);
    expect([code, stdout]).toEqual([2, '']);
  });

  it('leaves no state directory behind', leftNothing);
});
