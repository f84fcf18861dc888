import * as z from 'zod';
import { behaviourSchema } from './coordinator/behaviour.ts';
import { faultsSchema } from './coordinator/faults.ts';
import type { Exchange, SwitchableServer } from './http-server.ts';
import { answerJson, readBody, startServer } from './http-server.ts';
import { ollamaFaultsSchema } from './ollama/faults.ts';
import type { PracticeParts } from './parts.ts';

const coordinatorBody = z.strictObject({
  faults: faultsSchema.optional(),
  behaviour: behaviourSchema.partial().optional(),
  outage: z.enum(['off', 'refused', '503']).optional(),
  /** Takes back all endpoint faults first. */
  clear: z.boolean().optional(),
});
const ollamaBody = ollamaFaultsSchema.partial().extend({
  clear: z.boolean().optional(),
  addModels: z
    .array(z.strictObject({ name: z.string(), capabilities: z.array(z.string()).optional() }))
    .optional(),
  removeModels: z.array(z.string()).optional(),
});
const workBody = z.strictObject({
  prompt: z.string(),
  model: z.string().optional(),
  system: z.string().optional(),
  id: z.string().optional(),
  nodeId: z.string().optional(),
  /** The same prompt n times; not together with an id. */
  count: z.int().min(1).max(10_000).optional(),
});
/** More fields may be there: what `init --json` prints can be handed over as it is. */
const registerBody = z.object({
  nodeKeyHash: z.string().regex(/^0x[0-9a-f]{64}$/, 'must be 0x and 64 lower-case hex digits'),
  tier: z.int().min(1).max(4),
  stakePrlx: z.int().positive().optional(),
  owner: z
    .string()
    .regex(/^0x[0-9a-fA-F]{40}$/, 'must be an address')
    .nullish()
    .transform((owner) => owner ?? undefined),
});
const stakeBody = z.strictObject({
  nodeId: z.string().regex(/^\d+$/),
  action: z.enum(['request-unstake', 'cancel-unstake', 'withdraw', 'claim']),
});
const timeBody = z.strictObject({ seconds: z.int().positive() });

type Handler = (body: unknown) => Promise<unknown>;

/** What went wrong, for an answer that a person reads in a terminal. */
class ControlRefusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Faults, work and bookkeeping over HTTP, for demos, the bench and tests in other processes. */
export async function startControlServer(
  options: { port?: number | undefined },
  parts: PracticeParts,
): Promise<SwitchableServer> {
  const { coordinator, ollama, chain, registry } = parts;
  const needed = <T>(part: T | null, name: string): T => {
    if (part === null) throw new ControlRefusal(409, `this network runs without ${name}`);
    return part;
  };

  const routes: Record<string, Handler> = {
    'GET /': async () => ({
      practiceNetwork: true,
      addresses: chain?.addresses ?? null,
      routes: Object.keys(routes),
    }),
    async 'POST /faults/coordinator'(body) {
      const wanted = parsed(coordinatorBody, body);
      if (wanted.clear) coordinator.clearFaults();
      if (wanted.faults) coordinator.setFaults(wanted.faults);
      if (wanted.behaviour) coordinator.setBehaviour(wanted.behaviour);
      if (wanted.outage) await coordinator.outage(wanted.outage);
      return { faults: coordinator.faults, behaviour: coordinator.behaviour, outage: coordinator.outageNow };
    },
    async 'POST /faults/ollama'(body) {
      const standIn = needed(ollama, 'the stand-in for Ollama');
      const { clear, addModels = [], removeModels = [], ...patch } = parsed(ollamaBody, body);
      if (clear) await standIn.clearFaults();
      await standIn.setFaults(patch);
      for (const model of addModels) standIn.models.add(model);
      for (const name of removeModels) standIn.models.remove(name);
      return { faults: standIn.faults, models: standIn.models.list().map((model) => model.name) };
    },
    async 'POST /work'(body) {
      const { prompt, count = 1, ...submission } = parsed(workBody, body);
      if (submission.id !== undefined && count > 1) throw new ControlRefusal(400, 'either an id or a count');
      if (submission.id !== undefined && coordinator.ledger.request(submission.id))
        throw new ControlRefusal(409, `request ${submission.id} exists already`);
      return { requestIds: Array.from({ length: count }, () => coordinator.submit(prompt, submission)) };
    },
    async 'GET /ledger'() {
      const { ledger } = coordinator;
      const { heartbeats, polls, work, results, failures, violations } = ledger;
      return {
        summary: ledger.summary(),
        work,
        results,
        failures,
        violations,
        heartbeats,
        polls: polls.length,
      };
    },
    'GET /summary': async () => coordinator.ledger.summary(),
    async 'GET /ollama'() {
      const { seen } = needed(ollama, 'the stand-in for Ollama');
      const { requests, generationsPeak, generationsInFlight } = seen;
      return { generationsPeak, generationsInFlight, requests };
    },
    'POST /register': async (body) => registry.registerNode(parsed(registerBody, body)),
    async 'POST /stake'(body) {
      const { nodeId, action } = parsed(stakeBody, body);
      if (action === 'claim') return { claimedWei: String(await needed(chain, 'a chain').claim(nodeId)) };
      if (action === 'request-unstake') await registry.requestUnstake(nodeId);
      else if (action === 'cancel-unstake') await registry.cancelUnstake(nodeId);
      else await registry.withdrawStake(nodeId);
      return describeNode(nodeId);
    },
    async 'POST /time'(body) {
      const { seconds } = parsed(timeBody, body);
      const evm = needed(chain, 'a chain');
      await evm.increaseTime(seconds);
      return { blockNumber: await evm.blockNumber() };
    },
  };

  async function describeNode(nodeId: string): Promise<unknown> {
    const node = await registry.node(nodeId);
    if (!node) throw new ControlRefusal(404, `no node ${nodeId}`);
    const online = coordinator.isOnline(nodeId);
    if (!chain) return { ...node, online };
    const atBlock = await chain.blockNumber();
    const [earnedWei, earnedIndependentlyWei] = await Promise.all([
      chain.earnedWei(nodeId, atBlock),
      chain.earnedIndependently(nodeId, atBlock),
    ]);
    return { ...node, online, atBlock, earnedWei, earnedIndependentlyWei };
  }

  async function handle({ request, response, url }: Exchange): Promise<void> {
    const nodePath = /^\/nodes\/(\d+)$/.exec(url.pathname);
    const called = `${request.method} ${url.pathname}`;
    const route: Handler | undefined =
      request.method === 'GET' && nodePath ? () => describeNode(nodePath[1] ?? '') : routes[called];
    if (!route)
      return answerJson(response, 404, {
        error: `no ${called}; there are ${Object.keys(routes).join(', ')}, GET /nodes/<id>`,
      });
    const text = request.method === 'POST' ? await readBody(request, 8 * 1024 * 1024) : '';
    try {
      answerJson(response, 200, withoutBigints(await route(text === '' ? {} : parseJson(text))));
    } catch (cause) {
      const known = cause instanceof ControlRefusal;
      const message = cause instanceof Error ? cause.message : String(cause);
      answerJson(response, known ? cause.status : 500, { error: message });
    }
  }

  return startServer({ port: options.port }, handle);
}

function parsed<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const result = schema.safeParse(body);
  if (!result.success) throw new ControlRefusal(400, z.prettifyError(result.error));
  return result.data;
}

function parseJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    throw new ControlRefusal(400, 'the body is no JSON');
  }
}

/** Wei as decimal text: JSON has no bigint. */
function withoutBigints(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_key, part) => (typeof part === 'bigint' ? String(part) : part)));
}
