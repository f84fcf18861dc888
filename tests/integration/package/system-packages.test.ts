import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { productVersion } from '../../../.tasks/package/places.ts';
import type { SystemFormat } from '../../../.tasks/package/system-package.ts';
import { onPath, runTool } from '../../../.tasks/package/tools.ts';
import {
  debianRoot,
  type FreshRoot,
  noFreshRootReason,
  openFreshRoot,
} from '../../fixtures/package/fresh-root.ts';
import { builtPackage, noPackagesReason, onlySlowly } from '../../fixtures/package/packages.ts';
import { type UnpackedPackage, unpackedPackage } from '../../fixtures/package/unpacked.ts';
import { smallSystemPackage } from '../../fixtures/package/versions.ts';

const reason = noPackagesReason(['tar.xz', 'deb', 'rpm']) ?? noFreshRootReason();
const newer = '99.0.0';
const state = '/root/.local/state/parallelix-operator/node.key';
/** Writes down how it was called, where a real one would act. */
const listenToSystemctl =
  'mkdir -p /etc/systemd/system && printf "[Service]\\nExecStart=/usr/bin/parallelix-operator start\\n" > "/etc/systemd/system/parallelix-operator@main.service" && printf "[Service]\\nExecStart=/opt/other start\\n" > "/etc/systemd/system/parallelix-operator@other.service" && ' +
  'mkdir -p /run/systemd/system && printf \'#!/bin/sh\\necho "$*" >> /tmp/systemctl\\n\' > /usr/bin/systemctl.new && chmod 755 /usr/bin/systemctl.new && mv /usr/bin/systemctl.new /usr/bin/systemctl';

describe('deb and rpm', () => {
  let folder: string;
  let unpacked: UnpackedPackage | null = null;
  let root: FreshRoot | { reason: string } | null = null;
  const upgrades = new Map<SystemFormat, string>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plx-system-'));
    if (reason) return;
    unpacked = await unpackedPackage();
    for (const format of ['deb', 'rpm'] as const) {
      await builtPackage(format);
      upgrades.set(format, smallSystemPackage(unpacked.folder, folder, format, newer));
    }
  }, 180_000);
  afterAll(async () => {
    await unpacked?.remove();
    await rm(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    if (root && 'stop' in root) await root.stop();
    root = null;
  });

  /** A root where systemctl is listened to, with what is needed of `files` in /tmp. */
  async function freshRoot(
    lower: string,
    files: Readonly<Record<string, string>>,
  ): Promise<FreshRoot | string> {
    root = await openFreshRoot(lower);
    if ('reason' in root) return root.reason;
    await root.must(listenToSystemctl);
    for (const [name, file] of Object.entries(files))
      await root.must(`cp '${file}' '${root.path}/tmp/${name}'`, { outside: true });
    await root.must(`mkdir -p $(dirname ${state}) && echo key > ${state}`);
    return root;
  }

  const calls = (from: FreshRoot) =>
    from.must('cat /tmp/systemctl 2>/dev/null || true; rm -f /tmp/systemctl');

  async function debLife(here: FreshRoot, install: string): Promise<void> {
    await here.must(`${install} /tmp/first.deb`);
    expect(await here.must('parallelix-operator version && plx version')).toContain(productVersion());
    expect(await here.must('cat /usr/lib/parallelix-operator/installed-by')).toBe('deb\n');
    expect(await calls(here)).toBe('daemon-reload\n');

    await here.must(`${install} /tmp/second.deb`);
    expect(await here.must('parallelix-operator version')).toContain(newer);
    expect(await calls(here)).toBe('daemon-reload\ntry-restart parallelix-operator@main.service\n');

    await here.must(`dpkg --purge parallelix-operator-cli`);
    expect(await calls(here)).toBe(
      'disable --now parallelix-operator@main.service\ndaemon-reload\ndaemon-reload\n',
    );
    const left = await here.must(
      'find /usr /etc/[!s]* /var/lib/dpkg /root -name "*parallelix-operator*"; ls /usr/bin/plx 2>/dev/null || true',
    );
    expect(left).toBe(`${state.replace('/node.key', '')}\n`);
    expect(await here.must(`cat ${state}`)).toBe('key\n');
  }

  it('as deb: installed, upgraded and purged, with nothing left but the key', async (test) => {
    test.skip(reason !== null, reason ?? '');
    const here = await freshRoot('/', {
      'first.deb': await builtPackage('deb'),
      'second.deb': upgrades.get('deb') ?? '',
    });
    test.skip(typeof here === 'string', String(here));
    await debLife(here as FreshRoot, 'dpkg --install');
  });

  it('as deb on a Debian with nothing on it, by apt without a network', async (test) => {
    const why = reason ?? onlySlowly;
    test.skip(why !== null, why ?? '');
    const debian = await debianRoot();
    test.skip(typeof debian !== 'string', String((debian as { reason: string }).reason));
    const here = await freshRoot(debian as string, {
      'first.deb': await builtPackage('deb'),
      'second.deb': upgrades.get('deb') ?? '',
    });
    test.skip(typeof here === 'string', String(here));
    await debLife(here as FreshRoot, 'apt-get install --yes --quiet --no-install-recommends');
  }, 700_000);

  it('as rpm: installed, upgraded and removed, and the links of the new version outlive the old one', async (test) => {
    test.skip(reason !== null, reason ?? '');
    const here = await freshRoot('/', {
      'first.rpm': await builtPackage('rpm'),
      'second.rpm': upgrades.get('rpm') ?? '',
    });
    test.skip(typeof here === 'string', String(here));
    const fresh = here as FreshRoot;
    // Only the root's own database: nothing there knows what glibc is.
    const rpm = (words: string) =>
      fresh.must(`rpm --root '${fresh.path}' --nodeps ${words}`, { outside: true });
    await rpm(`--install '${fresh.path}/tmp/first.rpm'`);
    expect(await fresh.must('parallelix-operator version')).toContain(productVersion());
    expect(await fresh.must('cat /usr/lib/parallelix-operator/installed-by')).toBe('rpm\n');
    expect(await calls(fresh)).toBe('daemon-reload\n');

    await rpm(`--upgrade '${fresh.path}/tmp/second.rpm'`);
    expect(await fresh.must('parallelix-operator version && plx version')).toContain(newer);
    const upgraded = await calls(fresh);
    expect(upgraded).toContain('try-restart parallelix-operator@main.service');
    expect(upgraded).not.toMatch(/disable|other/);

    await rpm('--erase parallelix-operator-cli');
    expect(await calls(fresh)).toBe('disable --now parallelix-operator@main.service\ndaemon-reload\n');
    const gone = '/usr/lib/parallelix-operator /usr/bin/parallelix-operator /usr/bin/plx';
    expect((await fresh.run(`ls -d ${gone} 2>/dev/null`)).output).toBe('');
    expect(await fresh.must(`cat ${state}`)).toBe('key\n');
  });

  it('as deb: nothing for lintian to complain of but what is overridden, with reasons', async (test) => {
    const why = reason ?? onlySlowly ?? (onPath('lintian') ? null : 'not installed here: lintian');
    test.skip(why !== null, why ?? '');
    const lines = runTool('sh', [
      '-c',
      'lintian --allow-root --tag-display-limit 0 "$1" 2>&1 || true',
      'sh',
      await builtPackage('deb'),
    ])
      .split('\n')
      .filter((line) => /^[EW]:/.test(line));
    expect(lines).toEqual([]);
  }, 300_000);
});
