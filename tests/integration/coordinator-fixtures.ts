import type { RequestListener } from 'node:http';
import { type Clock, systemClock } from '../../electron/daemon/clock.ts';
import { type CoordinatorClient, createCoordinatorClient } from '../../electron/daemon/coordinator/client.ts';
import { createClockSkew } from '../../electron/daemon/coordinator/clock-skew.ts';
import type { FailureBody, HeartbeatBody, ResultBody } from '../../electron/daemon/coordinator/schemas.ts';
import { createClients } from './http-servers.ts';

/** Coordinator clients of one test file, each on a client of its own; `stopAll` in `afterEach`. */
export function createCoordinators() {
  const { client, stopAll } = createClients();
  return {
    connect(port: number, clock: Clock = systemClock) {
      const http = client({}, clock);
      const skew = createClockSkew();
      const baseUrl = `http://127.0.0.1:${port}/api/`;
      return { coordinator: createCoordinatorClient({ baseUrl }, { http, clock, skew }), http, skew };
    },
    stopAll,
  };
}

export const owner = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
export const keyHash = `0x${'ab'.repeat(32)}`;
const signed = { message: 'm', signature: '0x00' };
export const beat: HeartbeatBody = {
  nodeId: '4217',
  nodeAddress: owner,
  ...signed,
  capabilities: {
    version: '1.0.0',
    tier: 1,
    mode: 'cpu',
    model: 'llama3.2',
    models: ['llama3.2:latest'],
    gpu: null,
    vramGb: 0,
    cores: 8,
    ramGb: 16,
  },
  served: 0,
  available: true,
};
export const done: ResultBody = {
  nodeId: '4217',
  requestId: 'req_1',
  result: 'lone \ud800 surrogate, 🦙',
  poe: '0x00',
  model: 'llama3.2',
  ms: 5,
  inputTokens: null,
  outputTokens: 2,
  ...signed,
};
export const failed: FailureBody = {
  nodeId: '4217',
  requestId: 'req_1',
  error: 'deadline_exceeded',
  ...signed,
};

/** Every endpoint, so that rules for all of them are tested on all of them. */
export const endpoints: Record<string, (coordinator: CoordinatorClient) => Promise<object>> = {
  heartbeat: (coordinator) => coordinator.heartbeat(beat),
  inbox: (coordinator) => coordinator.inbox('4217'),
  result: (coordinator) => coordinator.result(done),
  failure: (coordinator) => coordinator.failure(failed),
  stats: (coordinator) => coordinator.stats(owner),
  nodeByKeyHash: (coordinator) => coordinator.nodeByKeyHash(keyHash),
  health: (coordinator) => coordinator.health(),
};

export const answering =
  (
    status: number,
    body = '',
    headers: Record<string, string> = { 'content-type': 'application/json' },
  ): RequestListener =>
  (request, response) => {
    request.resume().on('end', () => response.writeHead(status, headers).end(body));
  };
