import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ServerContextFacts, serverContext } from '../../../../electron/daemon/ollama/models/context.ts';
import { writeServerRecord } from '../../../../electron/daemon/ollama/server/record.ts';
import { serverContextHere } from '../../../../electron/daemon/ollama/server/server-context.ts';
import { toSettings } from '../../../../electron/daemon/storage/settings-file.ts';
import { processStart } from '../../../../electron/daemon/system/process-start.ts';
import { temporaryFolder } from '../../../fixtures/storage/sandbox.ts';

const gib = 1024 ** 3;
const vram = (gibibytes: number) => ({ bytes: Math.floor(gibibytes * gib * 0.9), basis: 'vram' as const });
const users = (facts: Partial<ServerContextFacts>): ServerContextFacts => ({
  usersOwn: true,
  version: '0.15.5',
  modelBudget: vram(80),
  ...facts,
});

describe('the context that a server gives by itself', () => {
  it.each<[string, number, ServerContextFacts]>([
    ['a user’s from 47 GiB on', 262_144, users({ modelBudget: vram(47.1) })],
    ['a user’s from 23 GiB on', 32_768, users({ modelBudget: vram(23.9) })],
    ['a user’s below', 4096, users({ modelBudget: vram(16) })],
    ['a user’s before 0.15.5', 4096, users({ version: '0.15.4' })],
    ['a user’s that names no version', 4096, users({ version: '0.0.0' })],
    ['a user’s without a GPU', 4096, users({ modelBudget: { bytes: 64 * gib, basis: 'ram' } })],
    ['a user’s on a Mac', 262_144, users({ modelBudget: { bytes: 48 * gib, basis: 'unified-memory' } })],
    ['another machine’s', 4096, users({ modelBudget: null })],
    ['one of ours', 4096, users({ usersOwn: false })],
  ])('%s: %i tokens', (_, tokens, facts) => {
    expect(serverContext(4096, facts)).toBe(tokens);
  });

  it('is the one that our requests name, where the settings name one', () => {
    expect(serverContext(8192, users({}))).toBe(8192);
  });

  it('is known to be our setting from the record of the server that we started, while it lives', async () => {
    const ollamaServerFile = join(await temporaryFolder(), 'state', 'ollama-server.json');
    await mkdir(dirname(ollamaServerFile));
    const subject = {
      paths: { ollamaServerFile },
      settings: toSettings(new Map()),
      ollama: { remote: false },
    };
    const facts = { version: '0.33.0', modelBudget: vram(80) };
    expect(await serverContextHere(subject, facts)).toBe(262_144);
    const record = { url: 'http://127.0.0.1:11434', binary: 'ollama', settings: '', startedAtMs: 0 };
    const start = await processStart(process.pid);
    await writeServerRecord(ollamaServerFile, { ...record, pid: process.pid, start: start ?? '' });
    expect(await serverContextHere(subject, facts)).toBe(4096);
    await writeServerRecord(ollamaServerFile, { ...record, pid: process.pid, start: 'another' });
    expect(await serverContextHere(subject, facts)).toBe(262_144);
    expect(await serverContextHere(subject, { ...facts, whose: 'ours' })).toBe(4096);
    expect(await serverContextHere(subject, { ...facts, whose: 'users' })).toBe(262_144);
  });
});
