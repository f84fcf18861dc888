import { keccak256, SigningKey } from 'ethers/crypto';
import { Wallet } from 'ethers/wallet';
import type { FailureWire, HeartbeatWire, ResultWire } from './coordinator/wire.ts';
import { proofOfExecution, resultMessage } from './coordinator/wire.ts';

/**
 * The least a node can be: a key and correct bodies. For tests of the practice network itself, and as a second
 * node beside the one under test; it is written against network.md only, not against the product.
 */
export interface SampleNode {
  readonly nodeKeyHash: string;
  readonly nodeAddress: string;
  heartbeat(nodeId: string, changes?: Partial<HeartbeatWire>, timestampMs?: number): HeartbeatWire;
  result(nodeId: string, requestId: string, text: string, changes?: Partial<ResultWire>): ResultWire;
  failure(nodeId: string, requestId: string, error: string, changes?: Partial<FailureWire>): FailureWire;
  sign(message: string): string;
}

export function createSampleNode(privateKey: string = Wallet.createRandom().privateKey): SampleNode {
  const key = new SigningKey(privateKey);
  const wallet = new Wallet(key);
  const nodeKeyHash = keccak256(`0x${key.publicKey.slice(4)}`);
  const nodeAddress = `0x${nodeKeyHash.slice(-40)}`;
  let lastTimestampMs = 0;
  const sign = (message: string) => wallet.signMessageSync(message);

  return {
    nodeKeyHash,
    nodeAddress,
    sign,
    heartbeat(nodeId, changes = {}, timestampMs) {
      // Never the same millisecond twice.
      lastTimestampMs = timestampMs ?? Math.max(Date.now(), lastTimestampMs + 1);
      const message = `parallelix-node:heartbeat:${nodeId}:${lastTimestampMs}`;
      return {
        nodeId,
        nodeAddress,
        message,
        signature: sign(message),
        capabilities: {
          version: '0.1.0',
          tier: 1,
          mode: 'cpu',
          model: 'llama3.2:latest',
          models: ['llama3.2:latest'],
          gpu: null,
          vramGb: 0,
          cores: 2,
          ramGb: 8,
        },
        served: 0,
        available: true,
        ...changes,
      };
    },
    result(nodeId, requestId, text, changes = {}) {
      const message = resultMessage(requestId);
      return {
        nodeId,
        requestId,
        result: text,
        poe: proofOfExecution(requestId, text, nodeId),
        model: 'llama3.2:latest',
        ms: 1,
        inputTokens: 1,
        outputTokens: 1,
        message,
        signature: sign(message),
        ...changes,
      };
    },
    failure(nodeId, requestId, error, changes = {}) {
      const message = resultMessage(requestId);
      return { nodeId, requestId, error, message, signature: sign(message), ...changes };
    },
  };
}
