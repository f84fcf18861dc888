import type { ChainReport, UnknownReason, WalletNode } from '../../../shared/contract/chain.ts';
import type { CommandHandlers } from '../../../shared/contract/commands.ts';
import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import type { HttpClient } from '../http/client.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../system/clock.ts';
import type { Part } from '../system/part.ts';
import { createCooldowns } from './cooldowns.ts';
import { type ChainMemory, unaskedFunctions } from './functions.ts';
import { type ChainNetwork, knownContracts } from './network.ts';
import { nodeState } from './node-state.ts';
import type { ChainRead, NodeRead } from './reader.ts';
import { createChainReading, type OwnFacts, type ReadFollower } from './reading.ts';
import { notKnown, unknownNode } from './unknown.ts';
import { createWalletNodes, totalsOf } from './wallet-nodes.ts';

type ChainHandlers = Pick<
  CommandHandlers,
  | 'chain.watch'
  | 'nodes.ofWallet'
  | 'nodes.add'
  | 'nodes.remove'
  | 'nodes.scan'
  | 'wallet.look'
  | 'wallet.tryCall'
>;

/** What Ethereum says of our node and its wallet, read-only. */
export interface ChainPart extends Part {
  readonly handlers: ChainHandlers;
  /** The newest read, however old; null before the first. */
  readonly current: ChainRead | null;
  /** Why nothing is read now. */
  readonly failure: UnknownReason | null;
  start(): void;
  report(): Pick<Snapshot, 'chain'>;
  stop(): Promise<void>;
}

export function createChainPart(
  options: { network: ChainNetwork; watchedIntervalMs: number },
  modules: {
    own: () => OwnFacts;
    follower: ReadFollower;
    memory: ChainMemory;
    http: HttpClient;
    clock: Clock;
    log: Logger;
    random: () => number;
  },
): ChainPart {
  const { network, watchedIntervalMs } = options;
  const { own, memory, clock } = modules;
  const madeAtMs = clock.now();
  const stopping = new AbortController();
  const { signal } = stopping;
  const walletNodes = createWalletNodes({ memory });
  const cooldowns = createCooldowns({ memory });
  const reading =
    network.kind === 'readable'
      ? createChainReading({ network, watchedIntervalMs }, { ...modules, nodes: walletNodes, cooldowns })
      : null;
  /** Why nothing can be read, whatever happens; null where it can. */
  const impossible = network.kind === 'readable' ? null : network.kind;
  const failure = (): ChainReport['failure'] =>
    impossible === null ? (reading?.loop.failure ?? null) : { reason: impossible, sinceMs: madeAtMs };
  const unread = () => failure()?.reason ?? 'not-read-yet';
  const current = () => reading?.loop.current ?? null;

  function walletNode(nodeId: string, foundBy: WalletNode['foundBy']): WalletNode {
    const facts = own();
    const isOwn = nodeId === facts.nodeId;
    const found = current()?.nodes.get(nodeId);
    const coordinator = isOwn ? facts.coordinator : null;
    const uptime =
      isOwn && facts.uptime !== null ? ({ share: facts.uptime, rule: 'last-30-days-here' } as const) : null;
    if (!found) {
      const saidBy = { chain: null, coordinator };
      return { ...unknownNode(nodeId, foundBy, unread()), state: nodeState(saidBy), saidBy, uptime };
    }
    const { owner, stakeWei, tier, claimableWei } = found;
    const saidBy = { chain: chainSays(found), coordinator };
    const state = nodeState(saidBy);
    const cooldown = state === 'cooling' ? cooldowns.of(nodeId) : null;
    return {
      ...{ nodeId, foundBy, state, saidBy },
      cooldownEndsAtMs: cooldown?.endsAtMs ?? null,
      cooldownSource: cooldown?.source ?? null,
      ...{ owner, stakeWei, tier, claimableWei, uptime },
      multiplierTenths: tier.known ? (multipliers[tier.value] ?? null) : null,
    };
  }

  function report(): ChainReport {
    const { nodeId, byCoordinator } = own();
    const known = knownContracts(network);
    return {
      chainId: known?.chainId ?? null,
      contracts: known && {
        token: known.contracts.token,
        registry: known.contracts.registry,
        rewards: known.contracts.rewards,
        official: known.official,
      },
      rpcs: [...(reading?.pool.status ?? [])],
      head: current()?.origin ?? null,
      failure: failure(),
      functions: reading?.reader.functions.report() ?? unaskedFunctions(unread()),
      node: nodeId === null ? null : walletNode(nodeId, byCoordinator ? ['own', 'coordinator'] : ['own']),
      poolWei: current()?.poolWei ?? notKnown(unread()),
      watchedUntilMs: reading?.loop.watchedUntilMs ?? null,
    };
  }

  return {
    name: 'chain',
    get current() {
      return current();
    },
    get failure() {
      return failure()?.reason ?? null;
    },
    start() {
      reading?.loop.start();
    },
    onProgress: (listener) => reading?.loop.onChange(listener),
    reconsider() {
      // A node that has just become known, or another in its place.
      const { nodeId } = own();
      if (nodeId !== null && current()?.nodes.has(nodeId) === false) reading?.loop.readSoon();
    },
    report: () => ({ chain: report() }),
    handlers: {
      'chain.watch': async ({ forMs }) => ({
        untilMs: reading?.loop.watch(forMs) ?? Math.round(clock.now() + forMs),
      }),
      'nodes.ofWallet': async () => {
        const nodes = walletNodes.ids(own()).map(({ nodeId, foundBy }) => walletNode(nodeId, foundBy));
        return {
          ...{ owner: own().owner, nodes, totals: totalsOf(nodes) },
          ...{ head: current()?.origin ?? null, scan: reading?.scan.report() ?? null },
        };
      },
      'nodes.add': async ({ nodeId }) => {
        const reason = walletNodes.add(nodeId, 'typed-in');
        if (reason === null) reading?.loop.readSoon();
        return { added: reason === null, reason };
      },
      'nodes.remove': async ({ nodeId }) => ({ removed: walletNodes.remove(nodeId) }),
      'nodes.scan': async () => {
        const { nodeId, owner } = own();
        if (reading === null) return { started: false, reason: unread() };
        if (nodeId === null || owner === null) return { started: false, reason: 'not-registered' };
        const { functions } = reading.reader;
        if (!functions.proven('nodes'))
          return { started: false, reason: functions.reason('nodes') ?? 'layout-unproven' };
        return { started: reading.scan.start({ nodeId, owner }), reason: null };
      },
      'wallet.look': async ({ address }) =>
        reading?.questions.look(address, signal) ?? {
          ...{ prlxWei: notKnown(unread()), allowanceWei: notKnown(unread()), ethWei: notKnown(unread()) },
        },
      'wallet.tryCall': async ({ call, nodeId }) =>
        reading?.questions.tryCall({ call, nodeId, owner: own().owner }, signal) ?? {
          ...{ outcome: notKnown(unread()), callData: null, to: null, feeWei: notKnown(unread()) },
        },
    },
    async stop() {
      stopping.abort();
      await reading?.stop();
    },
  };
}

/** Tenths by tier. [network.md 3.1] */
const multipliers: Readonly<Record<number, number>> = { 1: 10, 2: 15, 3: 25, 4: 30 };

function chainSays({ absent, stakeWei, inCooldown }: NodeRead): WalletNode['saidBy']['chain'] {
  if (absent) return 'absent';
  if (!stakeWei.known) return null;
  if (stakeWei.value === '0') return 'retired';
  if (inCooldown) return 'cooling';
  return inCooldown === false ? 'staked' : null;
}
