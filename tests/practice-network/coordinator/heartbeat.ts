import * as z from 'zod';
import type { NodeRecord, NodeRegistry } from '../registry.ts';
import type { Answer } from './answer.ts';
import { forbid, reasonOf, refuse } from './answer.ts';
import type { CoordinatorBehaviour } from './behaviour.ts';
import type { LedgerBook } from './ledger.ts';
import type { Presence } from './presence.ts';
import type { HeartbeatWire } from './wire.ts';
import { addressOfKeyHash, heartbeatSchema, heartbeatTimestamp, signerOf } from './wire.ts';

export interface HeartbeatDesk {
  judge(body: unknown): Promise<Answer>;
}

/** POST /operator/heartbeat [network.md 6.1]. */
export function createHeartbeatDesk(
  behaviour: () => CoordinatorBehaviour,
  modules: { registry: NodeRegistry; ledger: LedgerBook; presence: Presence },
): HeartbeatDesk {
  const { registry, ledger, presence } = modules;
  const lastTimestamp = new Map<string, number>();
  const note = (rule: string, detail: string) => ledger.violation('heartbeat', rule, detail);

  async function check(beat: HeartbeatWire): Promise<Answer> {
    const timestamp = heartbeatTimestamp(beat.message, beat.nodeId);
    if (timestamp === null) return refuse(400, 'bad_message');
    if (signerOf(beat.message, beat.signature) !== beat.nodeAddress) return refuse(401, 'bad_signature');

    const node: NodeRecord | null | Error = await registry.node(beat.nodeId).catch((cause: Error) => cause);
    if (node instanceof Error) return { status: 403, body: { error: 'rpc_error' } };
    if (!node?.staked) return forbid('not_staked');
    if (addressOfKeyHash(node.nodeKeyHash) !== beat.nodeAddress) return refuse(401, 'address_mismatch');
    if (node.inCooldown) return forbid('in_cooldown');

    const { clockSkewMs, allowedSkewMs, refuseTierMismatch } = behaviour();
    if (Math.abs(Date.now() + clockSkewMs - timestamp) > allowedSkewMs) return refuse(401, 'stale_timestamp');
    if (timestamp <= (lastTimestamp.get(beat.nodeId) ?? 0)) return refuse(401, 'replayed_timestamp');
    if (beat.capabilities.tier !== node.tier) {
      note('tier', `heartbeat says ${beat.capabilities.tier}, registered is ${node.tier}`);
      if (refuseTierMismatch) return forbid('tier_mismatch');
    }
    lastTimestamp.set(beat.nodeId, timestamp);
    return { status: 200, body: { ok: true } };
  }

  return {
    async judge(body) {
      const atMs = performance.now();
      const parsed = heartbeatSchema.safeParse(body);
      if (!parsed.success) {
        note('body', z.prettifyError(parsed.error));
        const answer = refuse(400, 'bad_body');
        ledger.heartbeat({ atMs, nodeId: null, status: 400, accepted: false, reason: 'bad_body', body });
        return answer;
      }
      const beat = parsed.data;
      const { nodeId, capabilities } = beat;
      if (!capabilities.models.includes(capabilities.model))
        note('model', `default model ${capabilities.model} is not among the models`);
      const answer = await check(beat);
      const accepted = answer.status < 300;
      const reason = reasonOf(answer);
      if (accepted && (beat.available || behaviour().unavailableIsOnline))
        presence.beat(nodeId, behaviour().onlineWindowMs);
      else if (answer.status === 403 || accepted) presence.leave(nodeId);
      if (!accepted && answer.status !== 403) note(reason ?? 'refused', `node ${nodeId}: ${beat.message}`);
      ledger.heartbeat({ atMs, nodeId, status: answer.status, accepted, reason, body });
      return answer;
    },
  };
}
