import { describe, it } from 'vitest';
import { usageFixture, type WrongInput } from '../../fixtures/cli/usage.ts';

/** Commands, and the words and settings that come after them. */
const wrongInputs: WrongInput[] = [
  { what: 'an unknown command', args: ['strat'], names: 'strat', remedy: /did you mean start\?/ },
  { what: 'a command like none', args: ['xyzzy'], names: 'xyzzy', remedy: /see: parallelix-operator help/ },
  {
    what: 'a verb that service lacks',
    args: ['service', 'instal'],
    names: 'instal',
    remedy: /service install/,
  },
  {
    what: 'a service flag where nothing is installed',
    args: ['service', 'stop', '--node-id', '7'],
    names: '--node-id',
    remedy: /service install/,
  },
  { what: 'an update of a kind unknown', args: ['update', 'later'], names: 'later', remedy: /schedule/ },
  {
    what: 'a window without anybody to wait in it',
    args: ['update', '--window', '03:00-05:00'],
    names: '--window',
    remedy: /needs --auto/,
  },
  {
    what: 'a window that is no time of the day',
    args: ['update', '--auto', '--window', '25:00-26:00'],
    names: '--window 25:00-26:00',
    remedy: /03:00-05:00/,
  },
  {
    what: 'an update that only looks and asks nobody',
    args: ['update', '--check', '--auto'],
    names: '--check --auto',
    remedy: /give one/,
  },
  {
    what: 'a command given twice',
    args: ['start', 'start'],
    names: 'start',
    remedy: /one command at a time/,
  },
  { what: 'a word too many', args: ['status', 'please'], names: 'please', remedy: /takes nothing more/ },
  {
    what: 'an unknown setting',
    args: ['config', 'get', 'concurency'],
    names: 'concurency',
    remedy: /did you mean concurrency\?/,
  },
  {
    what: 'a setting out of bounds',
    args: ['config', 'set', 'timing.heartbeatMs', '1'],
    names: 'timing.heartbeatMs can’t be "1"',
    remedy: /2000 to 30000/,
  },
  {
    what: 'a setting that only the program sets',
    args: ['config', 'set', 'pause', '1'],
    names: 'pause',
    remedy: /only the program sets it/,
  },
  {
    what: 'a setting without its value',
    args: ['config', 'set', 'concurrency'],
    names: 'config set concurrency',
    remedy: /config set NAME VALUE/,
  },
  {
    what: 'saving a third party’s Ollama',
    args: ['config', 'set', 'ollamaUrl', 'https://api.ollama.com'],
    names: 'ollamaUrl',
    remedy: /answered on your own/,
  },
  {
    what: 'an unknown word of config',
    args: ['config', 'sett', 'a', 'b'],
    names: 'sett',
    remedy: /did you mean config set\?/,
  },
  {
    what: 'an unknown word of models',
    args: ['models', 'lst'],
    names: 'lst',
    remedy: /did you mean models list\?/,
  },
  {
    what: 'getting no model in particular',
    args: ['models', 'pull'],
    names: 'models pull',
    remedy: /models pull NAME/,
  },
  {
    what: 'deleting no model in particular',
    args: ['models', 'rm'],
    names: 'models rm',
    remedy: /models rm NAME/,
  },
  {
    what: 'two models at once',
    args: ['models', 'pull', 'a', 'b'],
    names: 'b',
    remedy: /takes nothing more/,
  },
  {
    what: 'a list of something',
    args: ['models', 'list', 'phi4'],
    names: 'phi4',
    remedy: /models list takes nothing more/,
  },
  {
    what: 'an unknown word of ollama',
    args: ['ollama', 'strat'],
    names: 'strat',
    remedy: /did you mean ollama start\?/,
  },
  {
    what: 'a word too many for ollama',
    args: ['ollama', 'start', 'now'],
    names: 'now',
    remedy: /takes nothing more/,
  },
  {
    what: 'a consent that nothing asks for',
    args: ['ollama', 'stop', '--yes'],
    names: '--yes',
    remedy: /ollama install/,
  },
  {
    what: 'installing Ollama without a consent',
    args: ['ollama', 'install'],
    names: 'ollama install',
    remedy: /needs --yes/,
  },
  {
    what: 'starting a third party’s Ollama',
    args: ['ollama', 'start', '--ollama-url', 'ollama.com'],
    names: '--ollama-url ollama.com',
    remedy: /answered on your own/,
  },
  { what: 'help about nothing', args: ['help', 'strat'], names: 'strat', remedy: /did you mean start\?/ },
];

describe('a command line that cannot be understood', () => {
  const { refuses, leftNothing } = usageFixture();

  it.concurrent.for(wrongInputs)('$what: exit code 2, one line with the input and the remedy', refuses);

  it('leaves no state directory behind', leftNothing);
});
