import { expect, it } from 'vitest';
import * as z from 'zod';
import { printDocument } from '../../../electron/cli/documents/documents.ts';
import type { Terminal } from '../../../electron/cli/terminal/terminal.ts';

const schema = z.strictObject({
  id: z.string(),
  rows: z.array(z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('a'), n: z.number() })])),
});

function printed(value: unknown): unknown {
  const lines: string[] = [];
  printDocument(
    { out: (line: string) => void lines.push(line) } as unknown as Terminal,
    schema,
    value as never,
  );
  return JSON.parse(lines.join(''));
}

it('a field that no document declares is left out, and ends no program', () => {
  const row = { kind: 'a', n: 1 };
  expect(printed({ id: 'x', more: 1, rows: [row, { ...row, more: { deep: true } }] })).toEqual({
    id: 'x',
    rows: [row, row],
  });
});

it('a field that a document declares and that is not there is a fault', () => {
  expect(() => printed({ id: 'x', more: 1, rows: [{ kind: 'a' }] })).toThrow(z.ZodError);
});
