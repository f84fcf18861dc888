import { execFileSync } from 'node:child_process';
import { existsSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  archivesFor,
  isJetson,
  officialCommand,
  ollamaRelease,
} from '../../../../electron/daemon/ollama/install/release.ts';
import { installTarget } from '../../../../electron/daemon/ollama/install/target.ts';
import { unpackArchive } from '../../../../electron/daemon/ollama/install/unpack.ts';
import { core, coreBytes, filesIn, program } from '../../../fixtures/ollama/install.ts';
import { temporaryFolder } from '../../../fixtures/storage/sandbox.ts';
import { packArchive } from '../../../practice-network/ollama/release-archive.ts';

describe('the release', () => {
  it('has a published digest for every platform that is not null, and says where from', () => {
    const targets = Object.entries(ollamaRelease.platforms);
    expect(targets.length).toBeGreaterThan(0);
    for (const [key, platform] of targets) {
      if (platform === null) continue;
      for (const { sha256, name } of [platform.archive, platform.amd].filter((one) => one !== null)) {
        expect(sha256, `${key} ${name}`).toMatch(/^(?!0{64})[0-9a-f]{64}$/);
        expect(
          ollamaRelease.comment.some((line) => line.startsWith(`${name}:`)),
          name,
        ).toBe(true);
      }
    }
    expect(new URL(ollamaRelease.baseUrl).protocol).toBe('https:');
  });

  it.each<[Parameters<typeof archivesFor>[1], string[]]>([
    [{ platform: 'linux', arch: 'x64', amd: false }, ['ollama-linux-amd64.tar.zst']],
    [
      { platform: 'linux', arch: 'x64', amd: true },
      ['ollama-linux-amd64.tar.zst', 'ollama-linux-amd64-rocm.tar.zst'],
    ],
    [{ platform: 'linux', arch: 'arm64', amd: true }, ['ollama-linux-arm64.tar.zst']],
    [{ platform: 'darwin', arch: 'arm64', amd: false }, ['ollama-darwin.tgz']],
  ])('for %j is %j', (target, names) => {
    expect(archivesFor(ollamaRelease, target).map(({ name }) => name)).toEqual(names);
  });

  it.each<[Parameters<typeof archivesFor>[1], string]>([
    [
      { platform: 'linux', arch: 'arm64', amd: false, jetson: true },
      'curl -fsSL https://ollama.com/install.sh | sh',
    ],
    [{ platform: 'linux', arch: 'riscv64', amd: false }, 'curl -fsSL https://ollama.com/install.sh | sh'],
    [{ platform: 'win32', arch: 'x64', amd: false }, 'curl -fsSL https://ollama.com/install.sh | sh'],
    [{ platform: 'linux', arch: '__proto__', amd: false }, 'curl -fsSL https://ollama.com/install.sh | sh'],
  ])('for %j is not known, and the official command is told', (target, command) => {
    expect(() => archivesFor(ollamaRelease, target)).toThrow(/ollama-install-unavailable/);
    expect(officialCommand(ollamaRelease, target.platform)).toBe(command);
  });

  it.each([
    ['an AMD card', { vendor: 'amd', kind: 'discrete' }, true],
    ['AMD graphics inside the processor', { vendor: 'amd', kind: 'integrated' }, false],
    ['another card', { vendor: 'nvidia', kind: 'discrete' }, false],
  ] as const)('comes with its ROCm part or without it for %s, whoever installs', (_what, card, amd) => {
    expect(installTarget({ cards: [card] }, 'linux')).toMatchObject({ platform: 'linux', amd });
  });

  it('is told from a Jetson by its own file', () => {
    expect(isJetson('darwin')).toBe(false);
    expect(isJetson('linux')).toBe(existsSync('/etc/nv_tegra_release'));
  });

  it('of macOS is unpacked with its own compression', async () => {
    const folder = await temporaryFolder();
    const archive = join(folder, 'ollama-darwin.tgz');
    writeFileSync(
      archive,
      packArchive('ollama-darwin.tgz', [{ path: 'ollama', mode: 0o755, body: program }]),
    );
    await unpackArchive(
      { archive, name: 'ollama-darwin.tgz', into: join(folder, 'into') },
      { signal: new AbortController().signal },
    );
    expect(filesIn(join(folder, 'into'))).toEqual(['ollama']);
    truncateSync(archive, 20);
    const broken = unpackArchive(
      { archive, name: 'x', into: join(folder, 'into') },
      { signal: new AbortController().signal },
    );
    await expect(broken).rejects.toMatchObject({ code: 'archive-unusable' });
  });

  it('with the window that the official archives are packed with can be unpacked', async (context) => {
    const folder = await temporaryFolder();
    const archive = join(folder, core);
    const { zstdDecompressSync } = await import('node:zlib');
    const input = zstdDecompressSync(coreBytes);
    try {
      // 128 MiB, as `--ultra -22` has it; from a pipe, for it is made smaller where the size is known.
      execFileSync('zstd', ['--long=27', '-q', '-o', archive], { input });
    } catch {
      return context.skip('the program zstd is not here');
    }
    await unpackArchive(
      { archive, name: core, into: join(folder, 'into') },
      { signal: new AbortController().signal },
    );
    expect(filesIn(join(folder, 'into'))).toContain('bin/ollama');
  });
});
