import { NodeError } from '../../shared/errors.ts';
import { findPassphrase } from '../daemon/identity/passphrase.ts';
import type { Logger } from '../daemon/logging/logger.ts';
import type { OllamaStatus } from '../daemon/ollama/models/watch.ts';
import { keyNamedByJournals } from '../daemon/serving/journal-key.ts';
import type { DesktopHost, StartedDaemon } from '../daemon/start-daemon.ts';
import { type IdentityRecord, readIdentityRecord } from '../daemon/storage/identity-record.ts';
import { findDaemon, type RunningDaemon } from '../daemon/storage/lock.ts';
import type { Configuration } from './configuration.ts';
import type { NodeContext } from './context.ts';
import { refuseSharedKey } from './official-client.ts';

/** A service of this computer that runs the node of this state directory. */
export interface InstalledService {
  /** For people: `systemd unit parallelix-operator`. */
  readonly name: string;
  start(): Promise<void>;
}

/** Who runs the node of this state directory. */
export type Hosting =
  /** A daemon runs already: whoever wants the node asks that one. */
  | { kind: 'attach'; running: RunningDaemon }
  /** A service has the node but doesn't run: it is started, and nobody hosts beside it. */
  | { kind: 'service'; service: InstalledService }
  /** Nobody does: this program can. */
  | { kind: 'host' };

/** @param modules `findService` is left out by the service itself, which hosts */
export async function decideHosting(
  { paths, clock }: Pick<NodeContext, 'paths' | 'clock'>,
  modules: { findService?: (() => Promise<InstalledService | null>) | undefined } = {},
): Promise<Hosting> {
  const running = await findDaemon(paths, { clock });
  if (running !== null) return { kind: 'attach', running };
  const service = (await modules.findService?.()) ?? null;
  return service === null ? { kind: 'host' } : { kind: 'service', service };
}

/**
 * Refuses what can be seen to forbid a node here before anything is opened, so that nobody waits for a model or
 * types a passphrase for nothing.
 *
 * @param options `asks`: a person can be asked for the passphrase of the key
 * @throws NodeError `no-identity`, `passphrase-needed`, `passphrase-unusable`, `node-held`, `official-running`
 */
export async function checkBeforeHosting(
  context: NodeContext,
  { record, asks }: { record: IdentityRecord | null; asks: boolean },
): Promise<void> {
  const { paths } = context;
  if (record === null && !(await context.fileStore().occupied()) && keyNamedByJournals(paths) === null)
    throw new NodeError('no-identity', { stateDir: paths.stateDir });
  if (!asks) await requirePassphrase(context);
  if (record !== null) await refuseSharedKey(context, record.nodeKeyHash);
}

/** @throws NodeError `passphrase-needed`, `passphrase-unusable` */
async function requirePassphrase({ paths, env, fileStore }: NodeContext): Promise<void> {
  // What is wrong with the file otherwise is reported where it is opened.
  const facts = await fileStore()
    .readFacts()
    .catch(() => null);
  if (facts?.protection === 'passphrase' && (await findPassphrase(env)) === null)
    throw new NodeError('passphrase-needed', { place: paths.keyFile });
}

export interface HostNodeOptions {
  /** What is in force; node id and owner count in place of the record where a flag gives them. */
  configuration: Pick<Configuration, 'settings' | 'ollama' | 'store'> &
    Partial<Pick<Configuration, 'nodeId' | 'owner'>>;
  /** What was just seen of Ollama, so that the first heartbeat need not wait for a second check. */
  knownOllama?: OllamaStatus | null;
}

/**
 * Starts the node in this process. The one way to do so, for app and command line alike: one key, one program is
 * checked before the key is opened and again with the key that was opened, under the lock.
 *
 * @throws NodeError those of `startDaemon`, `node-held`, `official-running`
 */
export async function hostNode(
  context: NodeContext,
  { configuration, knownOllama = null }: HostNodeOptions,
  modules: { log: Logger; random: () => number; desktop?: Omit<DesktopHost, 'keychain'> },
): Promise<StartedDaemon> {
  const { paths, version, env, clock, keychain, passphrase } = context;
  const { settings, ollama, store, nodeId, owner } = configuration;
  const { log, random, desktop } = modules;
  // A record that cannot be read is refused where the identity is opened.
  const record = await readIdentityRecord(paths.identityFile).catch(() => null);
  if (record !== null) await refuseSharedKey(context, record.nodeKeyHash);
  // The whole node, which a command that ends before here, or only asks who hosts, has no use for.
  const { startDaemon } = await import('../daemon/start-daemon.ts');
  return startDaemon(
    {
      ...{ paths, version, settings, ollama, knownOllama, env },
      nodeId: nodeId?.source === 'flag' ? nodeId.value : null,
      owner: owner?.source === 'flag' ? owner.value : null,
    },
    {
      ...{ clock, log, random, passphrase, settingsStore: store },
      checkKey: (nodeKeyHash) => refuseSharedKey(context, nodeKeyHash),
      ...(desktop ? { desktop: { ...desktop, keychain } } : {}),
    },
  );
}
