import type { OwnFacts } from './chain/reading.ts';
import type { RegistrationStatus } from './coordinator/registration.ts';
import type { RegisteredNode } from './registered-node.ts';

/** What the chain's words about our node are checked with: the key's facts, and what the coordinator says. */
export function ownFacts(
  { nodeId, owner, current }: Pick<RegisteredNode, 'nodeId' | 'owner' | 'current'>,
  registration: RegistrationStatus,
  nodeKeyHash: string,
): OwnFacts {
  const same = registration.nodeId === nodeId && registration.status === 'registered';
  return {
    ...{ nodeId, owner, nodeKeyHash },
    tier: same ? registration.tier : null,
    stakePrlx: same ? registration.stakePrlx : null,
    byCoordinator: same,
    coordinator: coordinatorSays(current),
    uptime: current?.uptime.report().last30Days ?? null,
  };
}

function coordinatorSays(node: RegisteredNode['current']): OwnFacts['coordinator'] {
  const status = node?.heartbeat.status;
  if (!status || status.lastAttemptAtMs === null) return null;
  const { lastFailure } = status;
  if (lastFailure === null) return status.accepted > 0 ? 'online' : null;
  if (lastFailure.kind !== 'account') return 'offline';
  return lastFailure.reason === 'in_cooldown' ? 'in-cooldown' : 'not-staked';
}
