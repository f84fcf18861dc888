import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isNodeError, NodeError } from '../../../shared/errors.ts';
import { readNodeId } from '../../../shared/ids.ts';
import type { OfficialNote } from '../../../shared/texts/incumbent-note.ts';
import { createNodeKey, parsePrivateKey } from '../identity/node-key.ts';
import { looksLikeSeedPhrase } from '../identity/wallet-secret.ts';
import { errorCode, readSmallFile } from '../storage/atomic-file.ts';

/** What the official client left behind, read and judged; nothing of it is ever changed [network.md 4]. */
export interface OfficialNode {
  dir: string;
  privateKey: string;
  nodeKeyHash: string;
  nodeAddress: string;
  /** Null where the configuration does not say, or names another key. */
  nodeId: string | null;
  owner: string | null;
  stakingWallet: string | null;
  coordinatorUrl: string | null;
  ollamaUrl: string | null;
  notes: readonly OfficialNote[];
}

/** `~/.parallelix`, where the official client keeps its node. */
export function officialDirectory(homeDir: string): string {
  return join(homeDir, '.parallelix');
}

/** Wallets that the official client on this computer remembers; null where it does not say. */
export async function officialWallets(homeDir: string): Promise<(string | null)[]> {
  const official = await readOfficialNode({ dir: officialDirectory(homeDir), keyOnly: true }).catch(
    () => null,
  );
  return official === null ? [] : [official.owner, official.stakingWallet];
}

const longestKeyBytes = 1024;
const longestConfigBytes = 1024 * 1024;

/**
 * Reads the node of the official client and compares key and configuration. A torn
 * configuration costs only node id and owner, which the registration gives again.
 *
 * @param options.keyOnly take the key although the configuration belongs to another one
 * @throws NodeError `official-missing`, `official-unusable`, `wallet-phrase`
 */
export async function readOfficialNode(options: { dir: string; keyOnly?: boolean }): Promise<OfficialNode> {
  const { dir, keyOnly = false } = options;
  const keyFile = join(dir, 'node.key');
  const text = await readOfficialFile(keyFile, longestKeyBytes);
  if (text === null) throw new NodeError('official-missing', { path: dir });
  if (looksLikeSeedPhrase(text)) throw new NodeError('wallet-phrase', { place: keyFile });
  const privateKey = parseKeyFile(text, keyFile);
  const { nodeKeyHash, nodeAddress, publicKey } = createNodeKey(privateKey);
  const notes: OfficialNote[] = [];
  const { mode } = await stat(keyFile);
  if ((mode & 0o077) !== 0) {
    notes.push({ kind: 'key-open-to-others', mode: (mode & 0o777).toString(8).padStart(4, '0') });
  }
  const configFile = join(dir, 'config.json');
  const config = parseConfig(await readOfficialFile(configFile, longestConfigBytes), notes);
  const contradiction = contradictionOf(config, { nodeKeyHash, nodeAddress, pubKey: publicKey });
  if (contradiction !== null && !keyOnly) {
    throw new NodeError('official-unusable', {
      path: configFile,
      reason: `field-of-another-key(${contradiction})`,
    });
  }
  if (contradiction !== null) notes.push({ kind: 'config-of-another-key', field: contradiction });
  const take = fieldReader(contradiction === null ? config : {}, notes);
  return {
    dir,
    privateKey,
    nodeKeyHash,
    nodeAddress,
    nodeId: take('nodeId', readNodeId),
    owner: take('owner', addressIn),
    stakingWallet: take('stakingWallet', addressIn),
    coordinatorUrl: take('coordinator', webAddressIn),
    ollamaUrl: take('ollama', (value) => (isShortText(value) ? value : null)),
    notes,
  };
}

/** Public facts enough to know whose node the official client serves; null where there is none. */
export async function officialKeyHash(dir: string): Promise<string | null> {
  try {
    return (await readOfficialNode({ dir, keyOnly: true })).nodeKeyHash;
  } catch {
    return null;
  }
}

async function readOfficialFile(path: string, limitBytes: number): Promise<string | null> {
  try {
    return await readSmallFile(path, limitBytes);
  } catch (error) {
    const reason = isNodeError(error, 'file-too-large') ? 'far-too-long' : (errorCode(error) ?? 'unreadable');
    if (reason === 'ENOTDIR') return null;
    throw new NodeError('official-unusable', { path, reason }, { cause: error });
  }
}

function parseKeyFile(text: string, path: string): string {
  try {
    return parsePrivateKey(text, path);
  } catch (error) {
    if (!isNodeError(error, 'key-malformed')) throw error;
    throw new NodeError('official-unusable', { path, reason: error.details.reason }, { cause: error });
  }
}

function parseConfig(text: string | null, notes: OfficialNote[]): Record<string, unknown> {
  if (text === null) {
    notes.push({ kind: 'config-missing' });
    return {};
  }
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch {
    // It is overwritten in place, so a crash can leave half of it.
  }
  notes.push({ kind: 'config-torn' });
  return {};
}

/** The first field that names another key, or null. A field that is not there contradicts nothing. */
function contradictionOf(
  config: Record<string, unknown>,
  key: Readonly<Record<string, string>>,
): string | null {
  const named = (field: string) => config[field] !== undefined && config[field] !== null;
  return (
    Object.keys(key).find((field) => named(field) && String(config[field]).toLowerCase() !== key[field]) ??
    null
  );
}

/** Takes a field if it can be used, and notes one that cannot. */
function fieldReader(config: Record<string, unknown>, notes: OfficialNote[]) {
  return (field: string, judge: (value: unknown) => string | null): string | null => {
    const value = config[field];
    if (value === undefined || value === null || value === '') return null;
    const taken = judge(value);
    if (taken === null) notes.push({ kind: 'field-unusable', field });
    return taken;
  };
}

function addressIn(value: unknown): string | null {
  return typeof value === 'string' && /^0x[0-9a-fA-F]{40}$/.test(value) ? value.toLowerCase() : null;
}

function webAddressIn(value: unknown): string | null {
  return isShortText(value) && URL.canParse(value) ? value.replace(/\/+$/, '') : null;
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 2048 && !/[\s\p{Cc}]/u.test(value);
}
