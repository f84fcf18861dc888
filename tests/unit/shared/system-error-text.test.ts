import { describe, expect, it } from 'vitest';
import { exitCodeOfError } from '../../../electron/cli/exit-codes.ts';
import { fileError } from '../../../electron/daemon/storage/system-fault.ts';
import { NodeError } from '../../../shared/errors.ts';
import { systemErrno, systemErrnos, systemPlaces } from '../../../shared/system-errors.ts';
import { systemErrorText } from '../../../shared/texts/system-error-text.ts';

const cells = systemErrnos.flatMap((errno) => systemPlaces.map((place) => ({ errno, place })));
const path = '/var/lib/node/x';

describe('the table of system errors and places', () => {
  it('says in every cell what happened, what it means and what to do, in short sentences, and never the same', () => {
    const texts = cells.map(({ errno, place }) => systemErrorText(errno, place, path));
    for (const text of texts) {
      expect(text).toContain(path);
      const sentences = text.split(/(?<=[.;])\s/);
      expect(sentences.length, text).toBeGreaterThanOrEqual(3);
      for (const sentence of sentences) expect(sentence.split(' ').length, sentence).toBeLessThanOrEqual(20);
    }
    expect(new Set(texts).size).toBe(cells.length);
  });

  it('gives every cell an exit code: 6 where the key is at stake, 7 elsewhere, never a fault of the program', () => {
    for (const { errno, place } of cells) {
      const error = fileError(Object.assign(new Error('x'), { code: errno }), path, place);
      expect(error).toBeInstanceOf(NodeError);
      expect(exitCodeOfError(error)).toBe(place === 'key' || place === 'record' ? 6 : 7);
    }
  });

  it('tells a file by its name where nobody says what it is', () => {
    const placeAt = (name: string) =>
      (fileError(Object.assign(new Error('x'), { code: 'EIO' }), `/s/${name}`).details as { place: string })
        .place;
    expect(
      [
        'node.key',
        'identity.json',
        'journal.db-wal',
        'lock.db',
        'settings.json',
        'control.sock',
        'node.log.2',
      ].map(placeAt),
    ).toEqual(['key', 'record', 'journal', 'lock', 'settings', 'control-socket', 'log']);
    expect(placeAt('anything')).toBe('other');
  });

  it('takes "operation not permitted" for "permission denied", and knows no other error', () => {
    expect(systemErrno('EPERM')).toBe('EACCES');
    expect(systemErrno('ELOOP')).toBeNull();
    expect(systemErrno('constructor')).toBeNull();
  });
});
