import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  defaultGateway,
  nameServer,
  windowsHost,
} from '../../../../electron/daemon/ollama/server/wsl-host.ts';
import type { RunTool } from '../../../../electron/daemon/system/run-tool.ts';
import { temporaryFolder } from '../../../fixtures/storage/sandbox.ts';

/** Lines as `/proc/net/route` has them in a WSL2 machine with NAT networking, and with a VPN beside it. */
const header =
  'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT                                                       \n';
const natRoute =
  'eth0\t00000000\t01601EAC\t0003\t0\t0\t0\t00000000\t0\t0\t0                                                                               \n';
const natSubnet =
  'eth0\t00601EAC\t00000000\t0001\t0\t0\t0\t00F0FFFF\t0\t0\t0                                                                               \n';
const vpnRoute =
  'tun0\t00000000\t0100000A\t0003\t0\t0\t50\t00000000\t0\t0\t0                                                                               \n';
const lanRoute =
  'eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0                                                                               \n';

const wsl2 = '5.15.153.1-microsoft-standard-WSL2\n';
const says =
  (mode: string | null): RunTool =>
  async () =>
    mode === null ? { kind: 'missing' } : { kind: 'ran', stdout: `${mode}\n`, stderr: '' };

async function machine(files: Record<string, string>): Promise<string> {
  const root = await temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}
const kernel = 'proc/sys/kernel/osrelease';
const routes = 'proc/net/route';

describe('the Windows side of WSL2', () => {
  it.each([
    [
      'the gateway of NAT networking',
      { [kernel]: wsl2, [routes]: header + natSubnet + natRoute },
      'nat',
      '172.30.96.1',
    ],
    [
      'the same where WSL is too old to name the mode',
      { [kernel]: wsl2, [routes]: header + natRoute },
      null,
      '172.30.96.1',
    ],
    [
      'the route with the lowest metric',
      { [kernel]: wsl2, [routes]: header + vpnRoute + natRoute },
      'nat',
      '172.30.96.1',
    ],
    [
      'the name server where there is no route',
      { [kernel]: wsl2, [routes]: header, 'etc/resolv.conf': '# by WSL\nnameserver 172.30.96.1\n' },
      'nat',
      '172.30.96.1',
    ],
    [
      'nothing where names are tunnelled and there is no route',
      { [kernel]: wsl2, 'etc/resolv.conf': 'nameserver 10.255.255.254\n' },
      'nat',
      null,
    ],
    [
      'nothing with mirrored networking, where the gateway is a router',
      { [kernel]: wsl2, [routes]: header + lanRoute },
      'mirrored',
      null,
    ],
    [
      'nothing with mirrored networking that WSL is too old to name',
      { [kernel]: wsl2, [routes]: header + lanRoute, 'sys/class/net/loopback0/mtu': '65536' },
      null,
      null,
    ],
    [
      'nothing with a virtual machine’s own router',
      { [kernel]: wsl2, [routes]: header + lanRoute },
      'virtioproxy',
      null,
    ],
    [
      'nothing under WSL1, which shares the loopback',
      { [kernel]: '4.4.0-19041-Microsoft\n', [routes]: header + natRoute },
      null,
      null,
    ],
    ['nothing on plain Linux', { [kernel]: '6.12.1-amd64\n', [routes]: header + lanRoute }, null, null],
    ['nothing where nothing can be read', {}, null, null],
  ])('is %s', async (_, files, mode, expected) => {
    const root = await machine(files as Record<string, string>);
    expect(await windowsHost({ platform: 'linux', root }, { run: says(mode) })).toBe(expected);
  });

  it('is not searched for on a Mac', async () => {
    const root = await machine({ [kernel]: wsl2, [routes]: header + natRoute });
    expect(await windowsHost({ platform: 'darwin', root }, { run: says('nat') })).toBeNull();
  });

  it('is never a public address', async () => {
    const publicRoute = natRoute.replace('01601EAC', '08080808');
    const root = await machine({ [kernel]: wsl2, [routes]: header + publicRoute });
    expect(await windowsHost({ platform: 'linux', root }, { run: says('nat') })).toBeNull();
  });

  it.each(['', 'x', header, `${header}eth0\t00000000\tzz\t0003`, `${header}eth0\t00000000\t01601EAC\t0001`])(
    'reads no gateway out of %j',
    (table) => expect(defaultGateway(table)).toBeNull(),
  );

  it.each(['', 'nameserver\n', '#nameserver 1.2.3.4', 'nameserver fe80::1'])(
    'reads no name server out of %j',
    (text) => expect(nameServer(text)).toBeNull(),
  );
});
