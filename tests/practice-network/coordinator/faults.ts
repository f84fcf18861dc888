import * as z from 'zod';
import type { Exchange } from '../http-server.ts';
import { answerText, untilGone, waitUnlessGone } from '../http-server.ts';

/** `failure` is a POST to /operator/result that carries a failure report. */
export const endpointNames = [
  'heartbeat',
  'inbox',
  'result',
  'failure',
  'stats',
  'keyhash',
  'health',
] as const;
export type EndpointName = (typeof endpointNames)[number];

const delay = z.int().nonnegative();

/** What one endpoint does wrong. The first of reset, hang, status, malformed, oversized, rawBody that is set replaces the answer, and nothing is processed. */
export const endpointFaultSchema = z.strictObject({
  /** Only the next n requests; absent: until cleared. */
  times: z.int().positive().optional(),
  /** Before anything else. */
  delayBeforeMs: delay.optional(),
  /** Connection reset (RST) before processing. */
  reset: z.boolean().optional(),
  /** Never an answer. */
  hang: z.boolean().optional(),
  status: z
    .strictObject({
      code: z.int().min(300).max(599),
      /** As sent: seconds or an HTTP date. */
      retryAfter: z.union([z.string(), z.number()]).optional(),
      /** A string is sent as it is, anything else as JSON. Default: {"error":"fault"}. */
      body: z.unknown().optional(),
      contentType: z.string().optional(),
      location: z.string().optional(),
    })
    .optional(),
  malformedJson: z.boolean().optional(),
  /** A 200 whose JSON body is about that many bytes. */
  oversizedBytes: z.int().positive().optional(),
  /** A 200 with this body: a string as it is, anything else as JSON. For hostile inbox entries. */
  rawBody: z.unknown().optional(),
  /** The request is processed; the answer comes that much later. */
  delayAfterMs: delay.optional(),
  /** The request is processed; then the connection is destroyed without an answer. */
  hangUpAfter: z.boolean().optional(),
});
export type EndpointFault = z.infer<typeof endpointFaultSchema>;

export const faultsSchema = z.partialRecord(z.enum(endpointNames), endpointFaultSchema.nullable());
export type CoordinatorFaults = Partial<Record<EndpointName, EndpointFault | null>>;

export interface FaultBox {
  set(changes: CoordinatorFaults): void;
  clear(): void;
  /** The fault this request meets, or null; counts `times` down. */
  take(endpoint: EndpointName): EndpointFault | null;
  readonly current: CoordinatorFaults;
}

export function createFaultBox(): FaultBox {
  const faults = new Map<EndpointName, EndpointFault>();
  return {
    set(changes) {
      for (const [name, fault] of Object.entries(changes) as [EndpointName, EndpointFault | null][])
        if (fault) faults.set(name, fault);
        else faults.delete(name);
    },
    clear: () => faults.clear(),
    take(endpoint) {
      const fault = faults.get(endpoint);
      if (!fault) return null;
      if (fault.times !== undefined)
        if (fault.times > 1) faults.set(endpoint, { ...fault, times: fault.times - 1 });
        else faults.delete(endpoint);
      return fault;
    },
    get current() {
      return Object.fromEntries(faults);
    },
  };
}

/** Plays the part of the fault that comes before processing. True: the request has been dealt with. */
export async function playBefore(fault: EndpointFault | null, exchange: Exchange): Promise<boolean> {
  if (!fault) return false;
  const { request, response } = exchange;
  if (fault.delayBeforeMs !== undefined && !(await waitUnlessGone(fault.delayBeforeMs, exchange.gone)))
    return true;
  if (fault.reset) {
    request.socket.resetAndDestroy();
    return true;
  }
  if (fault.hang) {
    await untilGone(exchange.gone);
    return true;
  }
  if (fault.status) {
    const { code, retryAfter, body = { error: 'fault' }, contentType, location } = fault.status;
    const text = typeof body === 'string';
    answerText(response, code, text ? body : JSON.stringify(body), {
      'content-type': contentType ?? (text ? 'text/html' : 'application/json'),
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
      ...(location === undefined ? {} : { location }),
    });
    return true;
  }
  const body = bodyOf(fault);
  if (body === null) return false;
  answerText(response, 200, body, { 'content-type': 'application/json' });
  return true;
}

/** Plays the part that comes after processing. True: there will be no answer. */
export async function playAfter(fault: EndpointFault | null, exchange: Exchange): Promise<boolean> {
  if (fault?.delayAfterMs !== undefined) await waitUnlessGone(fault.delayAfterMs, exchange.gone);
  if (!fault?.hangUpAfter) return exchange.gone.aborted;
  exchange.response.destroy();
  return true;
}

function bodyOf(fault: EndpointFault): string | null {
  if (fault.malformedJson) return '{"requests":[{"id":"r1","prompt":"cut o';
  if (fault.oversizedBytes !== undefined)
    return `{"requests":[],"filler":"${'x'.repeat(fault.oversizedBytes)}"}`;
  if (fault.rawBody === undefined) return null;
  return typeof fault.rawBody === 'string' ? fault.rawBody : JSON.stringify(fault.rawBody);
}
