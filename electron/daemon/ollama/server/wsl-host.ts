import { access, readFile } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import { join } from 'node:path';
import type { RunTool } from '../../system/run-tool.ts';
import type { OllamaAddress } from '../api/address.ts';

/** Only the default moves to the Windows side: an address that somebody gave means what it says. */
const defaultUrl = 'http://127.0.0.1:11434';
const modeTimeoutMs = 3000;

/**
 * Ollama on the Windows side of WSL2, where nothing answers at the default address on the Linux side. It is a program
 * of the user on this machine, so `remote` is false; no server is ever started at its address. Null: not under WSL2,
 * no such server, or networking in which Windows has no address of its own. Never rejects.
 *
 * @param modules.answers whether an Ollama answers at an address
 */
export async function windowsSideOllama(
  address: OllamaAddress,
  options: { platform: NodeJS.Platform },
  modules: { answers: (url: string) => Promise<boolean>; run: RunTool },
): Promise<OllamaAddress | null> {
  if (address.url !== defaultUrl || !(await isWsl2(options))) return null;
  if (await modules.answers(address.url)) return null;
  const host = await windowsHost(options, modules);
  if (host === null) return null;
  const url = `http://${host}:11434`;
  return (await modules.answers(url)) ? { url, remote: false } : null;
}

/**
 * The address of Windows as WSL2 sees it, or null. Only with NAT networking is the default gateway Windows itself;
 * with the other modes it is a router of the network outside, where no prompt must go, and mirrored networking
 * reaches Windows at the loopback address. [Microsoft: Accessing network applications with WSL]
 *
 * @param options.root where `/proc`, `/etc` and `/sys` are looked for
 */
export async function windowsHost(
  options: { platform: NodeJS.Platform; root?: string },
  modules: { run: RunTool },
): Promise<string | null> {
  const { root = '/' } = options;
  if (!(await isWsl2(options))) return null;
  const mode = await networkingMode(modules.run);
  if (mode !== null && mode !== 'nat') return null;
  if (mode === null && (await exists(join(root, 'sys/class/net/loopback0')))) return null;
  const gateway = defaultGateway(await textOf(join(root, 'proc/net/route')));
  const host = gateway ?? nameServer(await textOf(join(root, 'etc/resolv.conf')));
  return host !== null && isPrivate(host) ? host : null;
}

/** WSL1 has no network of its own: there the loopback address is that of Windows already. */
async function isWsl2({
  platform,
  root = '/',
}: {
  platform: NodeJS.Platform;
  root?: string;
}): Promise<boolean> {
  if (platform !== 'linux') return false;
  return /microsoft-standard|wsl2/i.test(await textOf(join(root, 'proc/sys/kernel/osrelease')));
}

/** What WSL itself says (since 2.0.4); null where its tool is not there. */
async function networkingMode(run: RunTool): Promise<string | null> {
  const outcome = await run('wslinfo', ['--networking-mode'], { timeoutMs: modeTimeoutMs });
  const said = outcome.kind === 'ran' ? outcome.stdout.trim().toLowerCase() : '';
  return said === '' ? null : said;
}

/** Of `/proc/net/route`: the gateway of the default route with the lowest metric. */
export function defaultGateway(table: string): string | null {
  const isGateway = 0x2;
  const routes = table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, destination, gateway, flags]) => {
      const isDefault = destination === '00000000' && /^[0-9A-Fa-f]{8}$/.test(gateway ?? '');
      return isDefault && (Number.parseInt(flags ?? '0', 16) & isGateway) !== 0;
    })
    .toSorted((a, b) => Number(a[6] ?? 0) - Number(b[6] ?? 0));
  const gateway = routes[0]?.[2];
  // The kernel prints the number as it is in memory, least significant byte first.
  return gateway === undefined ? null : Buffer.from(gateway, 'hex').toReversed().join('.');
}

/** Windows answers names itself, unless they are tunnelled: then this address is a fiction of WSL. */
const dnsTunnel = '10.255.255.254';

export function nameServer(resolvConf: string): string | null {
  const address = /^\s*nameserver\s+(\S+)/m.exec(resolvConf)?.[1] ?? null;
  return address === null || address === dnsTunnel || !isIPv4(address) ? null : address;
}

function isPrivate(address: string): boolean {
  const [a = 0, b = 0] = address.split('.').map(Number);
  return a === 10 || (a === 172 && b >= 16 && b <= 31) || (a === 192 && b === 168);
}

async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
