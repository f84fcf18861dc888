import { describe, expect, it } from 'vitest';
import { exitCodes, exitCodeUnder, finalExitCodes } from '../../../../../electron/cli/exit-codes.ts';
import { allowedDirectives } from '../../../../../electron/daemon/system/service-manager/directives.ts';
import { readState } from '../../../../../electron/daemon/system/service-manager/systemd.ts';
import { readUnit, unitText } from '../../../../../electron/daemon/system/service-manager/systemd-unit.ts';
import { sampleDefinition, systemAccount } from '../../../../fixtures/service-definition.ts';

const system = () => sampleDefinition({ scope: 'system', account: systemAccount });

function directives(text: string): [section: string, name: string, value: string][] {
  const found: [string, string, string][] = [];
  let section = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('[')) section = line.slice(1, -1);
    else if (line.includes('=') && !line.startsWith('#')) {
      const at = line.indexOf('=');
      found.push([section, line.slice(0, at), line.slice(at + 1)]);
    }
  }
  return found;
}

describe('the unit of a service', () => {
  it.each(['user', 'system'] as const)('of a %s holds only directives that its kind may have', (scope) => {
    const text = unitText(scope === 'user' ? sampleDefinition() : system());
    const allowed: Readonly<Record<string, readonly string[]>> = allowedDirectives[scope];
    const strange = directives(text).filter(
      ([section, name]) => !section.startsWith('X-') && !allowed[section]?.includes(name),
    );
    expect(strange).toEqual([]);
  });

  it('of a user needs neither mount namespaces, capabilities nor system call filters', () => {
    const forbidden =
      /^(Protect|Private|ReadOnly|ReadWrite|Inaccessible|Bind|Temporary|Capability|Ambient|SystemCall|Restrict(Address|Name|SUID|Real)|NoNewPrivileges|User$|Group$|DynamicUser|RuntimeDirectory|StateDirectory|MemoryDeny)/;
    expect(allowedDirectives.user.Service.filter((name) => forbidden.test(name))).toEqual([]);
  });

  it('never forbids what Node’s compiler needs', () => {
    expect(Object.values(allowedDirectives.system).flat()).not.toContain('MemoryDenyWriteExecute');
  });

  it('is not restarted for what a restart cannot fix, and otherwise for as long as it takes', () => {
    const lines = new Map(directives(unitText(sampleDefinition())).map(([, name, value]) => [name, value]));
    expect(lines.get('RestartPreventExitStatus')).toBe(finalExitCodes.join(' '));
    expect([lines.get('Restart'), lines.get('StartLimitIntervalSec')]).toEqual(['on-failure', '0']);
  });

  it('keeps what stands in paths and arguments from meaning anything to systemd', () => {
    const text = unitText(
      sampleDefinition({
        program: ['/opt/my node/50%/plx'],
        args: ['--state-dir', '/srv/a "b" $HOME %h \\n'],
        environment: { NOTE: 'say "%n" $x' },
      }),
    );
    expect(text).toContain(
      'ExecStart="/opt/my node/50%%/plx" --state-dir "/srv/a \\"b\\" $$HOME %%h \\\\n"\n',
    );
    expect(text).toContain('Environment="NOTE=say \\"%%n\\" $x"\n');
  });

  it.each(['args', 'program', 'stateDir'] as const)('refuses a line break in %s', (field) => {
    const evil = '/x\nExecStartPre=/bin/evil';
    const changes = { [field]: field === 'stateDir' ? evil : [evil] };
    expect(() => unitText(sampleDefinition(changes))).toThrow(TypeError);
  });

  it('says what is needed to find it again', () => {
    const text = unitText(system());
    const path = '/etc/systemd/system/parallelix-operator@two.service';
    expect(readUnit(path, text)).toEqual({
      name: 'two',
      path,
      stateDir: sampleDefinition().stateDir,
      version: '1.2.3',
      user: 'parallelix-operator',
      text,
    });
    expect(readUnit('/etc/systemd/system/parallelix-node.service', text)).toBeNull();
    expect(readUnit(path, '[Service]\nExecStart=/bin/true\n')).toBeNull();
  });

  it('hands over the passphrase as a credential, encrypted where it is', () => {
    const passphrase = { path: '/etc/a b', encrypted: false };
    expect(unitText(sampleDefinition({ passphrase }))).toContain(
      '\nLoadCredential=parallelix-key-passphrase:/etc/a b\n',
    );
    const encrypted = { path: '/etc/c', encrypted: true };
    expect(unitText({ ...system(), passphrase: encrypted })).toContain(
      '\nLoadCredentialEncrypted=parallelix-key-passphrase:/etc/c\n',
    );
  });
});

it('ends with 0 under launchd where a restart fixes nothing, and only there', () => {
  const { key, internal, done } = exitCodes;
  expect([exitCodeUnder('launchd', key), exitCodeUnder('launchd', internal)]).toEqual([done, internal]);
  expect(exitCodeUnder(undefined, key)).toBe(key);
});

describe('the state of a unit', () => {
  const shown = (fields: Record<string, string>) =>
    readState(
      Object.entries(fields)
        .map(([name, value]) => `${name}=${value}`)
        .join('\n'),
    );

  it('is running with its process', () => {
    expect(
      shown({
        ActiveState: 'active',
        SubState: 'running',
        UnitFileState: 'enabled',
        MainPID: '42',
        NRestarts: '3',
      }),
    ).toMatchObject({
      activity: 'running',
      enabled: true,
      pid: 42,
      restarts: 3,
      exitCode: null,
      signal: null,
    });
  });

  it('tells a hang, a signal and an exit code apart', () => {
    const ended = { ActiveState: 'failed', MainPID: '0', ExecMainExitTimestampMonotonic: '99' };
    expect(shown({ ...ended, ExecMainCode: '1', ExecMainStatus: '6', Result: 'exit-code' })).toMatchObject({
      ...{ activity: 'failed', exitCode: 6, signal: null, hung: false },
    });
    expect(shown({ ...ended, ExecMainCode: '2', ExecMainStatus: '9', Result: 'watchdog' })).toMatchObject({
      ...{ exitCode: null, signal: '9', hung: true },
    });
  });

  it('waits for its restart', () => {
    expect(shown({ ActiveState: 'activating', SubState: 'auto-restart' }).activity).toBe('restarting');
  });
});
