import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ollamaText } from '../../../electron/cli/commands/ollama/text.ts';
import type { OllamaDocument } from '../../../electron/cli/documents/ollama.ts';
import { showCursor } from '../../../electron/cli/terminal/sequences.ts';
import type { Terminal } from '../../../electron/cli/terminal/terminal.ts';
import { createTransferView, transferText } from '../../../electron/cli/terminal/transfer-view.ts';
import { ollamaServiceEnabled } from '../../../electron/daemon/ollama/server/system-service.ts';
import { ollamaConditions } from '../../../shared/contract/ollama.ts';
import { temporaryFolder } from '../../fixtures/storage/sandbox.ts';

function plainTerminal(): Terminal & { lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    live: false,
    interactive: false,
    colouredBlocks: false,
    out: (text = '') => void lines.push(text),
    line: (text) => void lines.push(text),
    err: () => undefined,
    write: () => undefined,
    paint: (_tone, text) => text,
    bold: (text) => text,
    columns: () => 80,
    onReaderGone() {},
    onResize: () => undefined,
  };
}

const running: OllamaDocument = {
  schemaVersion: 1,
  document: 'ollama',
  by: 'command',
  url: 'http://127.0.0.1:11434',
  remote: false,
  condition: 'running',
  reason: null,
  sinceMs: 0,
  version: '0.32.9',
  versionMeans: 'current',
  server: 'ours',
  binary: '/usr/bin/ollama',
  pid: 42,
  restart: null,
  logFile: '/state/logs/ollama.log',
};
const textOf = (change: Partial<OllamaDocument>, platform: NodeJS.Platform = 'linux') =>
  ollamaText({ terminal: plainTerminal(), platform, nowMs: 0 }, { ...running, ...change });

describe('how Ollama is reported', () => {
  it.each(ollamaConditions)('when it is %s, says what it means for earning or for the node', (condition) => {
    const text = textOf({ condition, reason: 'ECONNREFUSED', server: null, pid: null });
    expect(text).toMatch(/earn|node|online time/i);
    expect(text).not.toMatch(/undefined|null|NaN|\[object|!/);
  });

  it('says of a server of ours who keeps it: the running node, or the next one that starts', () => {
    const ofNode = textOf({ by: 'node' });
    expect(ofNode).toContain('keeps it running');
    expect(ofNode).not.toContain('takes it over');
    const ofCommand = textOf({ by: 'command' });
    expect(ofCommand).toMatch(/keeps running, and a node that is started\s+uses it/);
    expect(ofCommand).not.toContain('keeps it running');
  });

  it.each<[Partial<OllamaDocument>, RegExp]>([
    [{}, /This program started it[\s\S]*process +42[\s\S]*log +\/state/],
    [{ server: 'users', pid: null }, /isn’t stopped or changed/],
    [{ server: 'remote', remote: true }, /Prompts travel there over the network[\s\S]*another computer/],
    [{ version: '0.9.0', versionMeans: 'cuts-prompts' }, /older than 0\.12\.6 and cuts long prompts/],
    [{ condition: 'stopped', reason: 'own-service', server: null }, /sudo systemctl start ollama/],
    [
      { condition: 'stopped', reason: 'exit code 2', restart: { attempt: 3, atMs: 4000 } },
      /Retrying .*in 4 s.*attempt 3/,
    ],
    [{ condition: 'failing', reason: 'EADDRINUSE', server: null }, /another program uses that address/],
    [
      { condition: 'crashing', reason: 'Error: no luck', server: null },
      /five times within ten minutes[\s\S]*log +\/state/,
    ],
    [{ condition: 'not-installed', binary: null }, /install\.sh \| sh/],
  ])('of %j says the rest', (change, expected) => {
    expect(textOf(change)).toMatch(expected);
  });

  it('names the way of the platform to install it', () => {
    expect(textOf({ condition: 'not-installed' }, 'darwin')).toContain('ollama.com/download/mac');
  });
});

describe('a transfer', () => {
  it('leaves out what is not known', () => {
    const unknown = { completedBytes: 5_000_000, totalBytes: null, bytesPerSecond: null, leftMs: null };
    expect(transferText('x', unknown)).toBe('x: 5 MB');
    const known = { completedBytes: 450, totalBytes: 1000, bytesPerSecond: 10, leftMs: 55_000 };
    expect(transferText('x', known)).toBe('x: 45 %, 450 B of 1 kB, 10 B/s, 55 s left');
  });

  it('is a line for every tenth where nobody watches', () => {
    const terminal = plainTerminal();
    const view = createTransferView(terminal);
    for (let bytes = 0; bytes <= 1000; bytes += 10) {
      view.show('x', { completedBytes: bytes, totalBytes: 1000, bytesPerSecond: null, leftMs: null });
    }
    view.end();
    expect(terminal.lines).toHaveLength(11);
    expect(terminal.lines.at(-1)).toBe('x: 100 %, 1 kB of 1 kB');
  });

  it('is a bar that fills up where a person watches', () => {
    const written: string[] = [];
    const terminal = {
      ...plainTerminal(),
      live: true,
      write: (text: string) => void written.push(text),
      columns: () => 200,
    };
    const view = createTransferView(terminal);
    view.show('x', { completedBytes: 500, totalBytes: 1000, bytesPerSecond: null, leftMs: null });
    expect(written.join('')).toContain(`[${'#'.repeat(12)}${'·'.repeat(12)}] x: 50 %`);
    view.end();
    expect(written.at(-1)).toContain(showCursor);
  });
});

describe('a service of the system', () => {
  it('is known by what systemd is configured to start', async () => {
    const root = await temporaryFolder();
    const wants = join(root, 'etc/systemd/system/default.target.wants');
    await mkdir(wants, { recursive: true });
    expect(await ollamaServiceEnabled({ platform: 'linux', root })).toBe(false);
    await symlink('/etc/systemd/system/ollama.service', join(wants, 'ollama.service'));
    expect(await ollamaServiceEnabled({ platform: 'linux', root })).toBe(true);
    expect(await ollamaServiceEnabled({ platform: 'darwin', root })).toBe(false);
  });
});
