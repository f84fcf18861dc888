import { spawnSync } from 'node:child_process';
import { parse } from 'plist';
import { describe, expect, it } from 'vitest';
import { readState } from '../../../../../electron/daemon/system/service-manager/launchd.ts';
import { plistText, readPlist } from '../../../../../electron/daemon/system/service-manager/launchd-plist.ts';
import { sampleDefinition } from '../../../../fixtures/service-definition.ts';

const python = spawnSync('python3', ['-c', 'import plistlib']).status === 0;
const agent = () =>
  sampleDefinition({
    stateDir: '/Users/a & b/<x>',
    args: ['start', '--wait', '--state-dir', '/Users/a & b/<x>'],
  });

describe('the property list of a service', () => {
  it('starts at login, again only after a failure, and with a search path', () => {
    const found = parse(plistText(agent())) as Record<string, unknown>;
    expect(found).toMatchObject({
      Label: 'io.parallelix.operator.default',
      ProgramArguments: [
        '/usr/bin/parallelix-operator',
        'start',
        '--wait',
        '--state-dir',
        '/Users/a & b/<x>',
      ],
      RunAtLoad: true,
      KeepAlive: { SuccessfulExit: false },
      EnvironmentVariables: { PATH: expect.stringContaining('/opt/homebrew/bin') as string },
    });
    expect(found).not.toHaveProperty('UserName');
  });

  it('of the computer runs as somebody', () => {
    const account = { user: 'ann', group: 'staff', supplementaryGroups: [] };
    const text = plistText(sampleDefinition({ scope: 'system', account }));
    expect(parse(text)).toMatchObject({ UserName: 'ann', GroupName: 'staff' });
    expect(readPlist('/Library/LaunchDaemons/io.parallelix.operator.two.plist', text)).toMatchObject({
      ...{ name: 'two', user: 'ann', stateDir: sampleDefinition().stateDir, version: '1.2.3' },
    });
  });

  it.skipIf(!python)('is read by a strict reader that is not ours', ({ skip }) => {
    if (!python) skip('python3 is not installed');
    const script =
      'import plistlib,json,sys; print(json.dumps(plistlib.load(sys.stdin.buffer, fmt=plistlib.FMT_XML)))';
    const read = spawnSync('python3', ['-c', script], { input: plistText(agent()), encoding: 'utf8' });
    expect(read.stderr).toBe('');
    expect(JSON.parse(read.stdout)).toEqual(parse(plistText(agent())));
  });

  it('refuses what no property list can hold', () => {
    expect(() => plistText(sampleDefinition({ args: ['a\u0000b'] }))).toThrow(TypeError);
  });

  it('of others, or of nobody, is not taken for ours', () => {
    const text = plistText(agent());
    expect(readPlist('/Users/a/Library/LaunchAgents/io.parallelix.node.plist', text)).toBeNull();
    expect(readPlist('/x/io.parallelix.operator.default.plist', '<plist><dict/></plist>')).toBeNull();
    expect(readPlist('/x/io.parallelix.operator.default.plist', 'no xml')).toBeNull();
  });
});

describe('the state of a launchd service', () => {
  const printed = (lines: string) => `gui/501/io.parallelix.operator.default = {\n${lines}\n}\n`;

  it('runs, waits for its restart, has ended, or is not loaded', () => {
    expect(
      readState(printed('\tstate = running\n\truns = 2\n\tpid = 77\n\tlast exit code = (never exited)')),
    ).toMatchObject({
      ...{ activity: 'running', pid: 77, restarts: 1, exitCode: null },
    });
    expect(readState(printed('\truns = 3\n\tlast exit code = 70: EX_SOFTWARE'))).toMatchObject({
      ...{ activity: 'restarting', exitCode: 70 },
    });
    expect(readState(printed('\truns = 1\n\tlast exit code = 0'))).toMatchObject({
      activity: 'stopped',
      exitCode: 0,
    });
    expect(readState(null)).toMatchObject({ activity: 'stopped', pid: null, restarts: null });
  });
});
