import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createNodeKey, type NodeKey } from '../../electron/daemon/identity/node-key.ts';

/** The configuration as the official client writes it at `init` [network.md 4]. */
export function officialConfig({ nodeKeyHash, nodeAddress, publicKey }: NodeKey): Record<string, unknown> {
  return {
    version: '2.0.0',
    nodeAddress,
    nodeKeyHash,
    pubKey: publicKey,
    stakingWallet: null,
    tier: 1,
    createdAt: '2026-01-02T03:04:05.678Z',
    coordinator: 'https://parallelix.io/api',
    ollama: 'http://127.0.0.1:11434',
    contracts: { staking: '0x01', rewards: '0x02', prlx: '0x03' },
  };
}

/** Stand-in for what the official client leaves in `~/.parallelix`. */
export function writeOfficialNode(
  dir: string,
  privateKey: string,
  changes: Readonly<Record<string, unknown>> = {},
): void {
  mkdirSync(dir, { mode: 0o700, recursive: true });
  writeFileSync(join(dir, 'node.key'), privateKey, { mode: 0o600 });
  const config = { ...officialConfig(createNodeKey(privateKey)), ...changes };
  writeFileSync(join(dir, 'config.json'), JSON.stringify(config, null, 2), { mode: 0o600 });
  writeFileSync(join(dir, 'node.log'), '2026-01-02T03:04:06.000Z daemon up\n');
}
