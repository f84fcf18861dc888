import { describe, expect, it } from 'vitest';
import { readEdits, settingsText } from '../../../electron/cli/commands/config/edit.ts';
import type { SettingInForce } from '../../../electron/node/operations/settings.ts';

const setting = (
  name: string,
  value: unknown,
  source: SettingInForce['source'] = 'default',
): SettingInForce => ({
  ...{ name, value, default: value, bounds: 'anything', meaning: 'a setting', source },
  ...{ givenBy: null, editable: true },
});
const settings = [
  setting('concurrency', 1),
  setting('rpcUrl', null),
  setting('defaultModel', 'llama3.2', 'saved'),
];

describe('settings in an editor', () => {
  it('that were left as they are change nothing', () => {
    expect(readEdits(settingsText(settings), settings)).toEqual({ set: new Map(), unset: [] });
  });

  it('are changed by their lines alone', () => {
    const text = settingsText(settings).replace('concurrency = 1', 'concurrency=2  ');
    expect(readEdits(text, settings)).toEqual({ set: new Map([['concurrency', '2']]), unset: [] });
  });

  it('return to the default when their line is deleted or begins with #', () => {
    const text = settingsText(settings).replace('defaultModel =', '# defaultModel =');
    expect(readEdits(text, settings)).toEqual({ set: new Map(), unset: ['defaultModel'] });
    expect(readEdits('', settings).unset).toEqual(['defaultModel']);
  });

  it.each(['concurency = 2', 'nonsense', 'pause = 1'])('with the line "%s" are refused', (line) => {
    expect(() => readEdits(`${settingsText(settings)}\n${line}`, settings)).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
  });
});
