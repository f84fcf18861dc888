import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stackOf } from '../../../../electron/daemon/logging/fault.ts';
import { parseLogLine } from '../../../../electron/daemon/logging/log-file.ts';
import { createLogger } from '../../../../electron/daemon/logging/logger.ts';
import { createRedactor } from '../../../../electron/daemon/logging/redaction.ts';
import { systemClock as clock } from '../../../../electron/daemon/system/clock.ts';
import { NodeError } from '../../../../shared/errors.ts';
import { temporaryFolder } from '../../../fixtures/storage/sandbox.ts';

const redactor = createRedactor({ homeDir: '/home/ann', userName: 'ann', hostName: 'annsbox' });

/** What the log holds of a fault. */
async function logged(error: unknown) {
  const file = join(await temporaryFolder(), 'node.log');
  const log = createLogger({ file }, { clock, redactor });
  log.fault(error);
  await log.close();
  const text = readFileSync(file, 'utf8');
  expect(text.trim().split('\n')).toHaveLength(1);
  return { text, line: parseLogLine(text.trim()) };
}

function thrown(message: string, frames: readonly string[], cause?: unknown): Error {
  const error = new Error(message, { cause });
  error.stack = [`Error: ${message}`, ...frames].join('\n');
  return error;
}

describe('a fault in the log', () => {
  it('names the places where it was thrown, in one line of the log', async () => {
    const { line } = await logged(new Error('broken'));
    expect(line).toMatchObject({ level: 'error', event: 'crashed', facts: { error: 'Error: broken' } });
    expect(line?.facts.stack).toMatch(/^ {2}at .*fault\.test\.ts:\d+:\d+/);
  });

  it('says nothing of whose computer it is', async () => {
    const { text } = await logged(
      thrown('broken', ['    at run (file:///home/ann/node/dist/cli.mjs:10:5)', '    at /home/ann/x.js:1:2']),
    );
    expect(text).toContain('~/node/dist/cli.mjs:10:5');
    expect(text).not.toMatch(/\/home|\bann\b/);
  });

  it('leaves out the message with all its lines, also those that look like paths', async () => {
    const message = 'no JSON: "What is\nmy secret?"\n    at my (file:///secret.txt:1:1)';
    const { text, line } = await logged(thrown(message, ['    at parse (node:json:1:1)']));
    expect(line?.facts.stack).toBe('  at parse (node:json:1:1)');
    expect(text).not.toContain('my secret?');
    expect(line?.facts.stack).not.toContain('secret.txt');
  });

  it('follows causes, and ends where they go in a circle', async () => {
    const inner = thrown('the passphrase is hunter2', ['    at read (file:///app/key.mjs:2:2)']);
    const outer = thrown('broken', ['    at start (file:///app/cli.mjs:1:1)'], inner);
    const stack = stackOf(outer, redactor.text);
    expect(stack).toBe(
      '  at start (file:///app/cli.mjs:1:1)\ncaused by Error\n  at read (file:///app/key.mjs:2:2)',
    );
    inner.cause = outer;
    expect(stackOf(outer, redactor.text)?.split('\n').length).toBeLessThan(20);
  });

  it('has the code of a known error, and no stack where a text was thrown', async () => {
    const known = await logged(
      new NodeError('disk-full', { path: '/home/ann/x', place: 'other', reason: 'ENOSPC' }),
    );
    expect(known.line?.facts).toMatchObject({ code: 'disk-full', stack: expect.any(String) });
    const { line, text } = await logged('my secret prompt');
    expect(line?.facts).toEqual({ error: 'thrown string' });
    expect(text).not.toContain('secret');
  });
});
