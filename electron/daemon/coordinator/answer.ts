import * as z from 'zod';
import type { NodeError } from '../../../shared/errors.ts';
import { type Reason, reasonOfHttp, said } from '../../../shared/reasons/reason-text.ts';
import type { HttpAnswer } from '../http/client.ts';
import { parseJson } from '../http/json-body.ts';

/** Nothing was decided: the same request is to be sent again later. */
export interface Retry {
  kind: 'retry';
  /** At most 64 characters of `[A-Za-z0-9._:-]`: a reason the coordinator gave, `http_<status>`, or a code of ours. */
  reason: Reason;
  /** Null when there was no answer. */
  status: number | null;
  /** What `Retry-After` asks for, not capped; null when it asks for nothing. */
  retryAfterMs: number | null;
}

/** What became of a request to the coordinator. */
export type Outcome<T = unknown> =
  | { kind: 'accepted'; status: number; body: T }
  | Retry
  /** For good: sending the same again would get the same answer. */
  | { kind: 'refused'; reason: Reason; status: number }
  /** The node's registration is what is wrong (`not_staked`, `in_cooldown`); it may recover by itself. */
  | { kind: 'account'; reason: Reason; status: number; retryAfterMs: number | null };

/** `refuse`: some 4xx end a delivery for good. `retry`: nothing does (heartbeat, inbox, stats). */
export type RejectionPolicy = 'refuse' | 'retry';

/** Everything else that is not 2xx leaves hope: losing finished work is worse than one more try. [network.md 6.3] */
const refusedForGood = new Set([400, 404, 405, 409, 410, 411, 413, 414, 415, 422]);
const accountReasons = new Set(['not_staked', 'in_cooldown']);

const httpDate =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** Unix ms of an HTTP date (the one form that servers are to send), or null. */
export function parseHttpDate(text: string): number | null {
  const ms = httpDate.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}

/**
 * `Retry-After` in ms: seconds, or a date, which is measured against the answer's own `Date` where there is one,
 * because this computer's clock may be off. Null for anything else, for zero and for the past.
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>, nowMs: number): number | null {
  const text = headers['retry-after']?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) > 0 ? Number(text) * 1000 : null;
  const until = parseHttpDate(text);
  if (until === null) return null;
  const waitMs = until - (parseHttpDate(headers.date ?? '') ?? nowMs);
  return waitMs > 0 ? waitMs : null;
}

/** Markup as a page begins, behind a byte order mark, an XML declaration and comments. */
const pageStart =
  /^\uFEFF?\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--[\s\S]{0,8192}?(?:-->\s*|$))*<(?:!doctype\s+html|html|head|body|title|meta|script|div|h1|p|center|table)\b/i;

/**
 * True for pages made for people: a captive portal, a proxy's error page, a web app answering for an unknown path.
 * They say nothing about the coordinator, whatever their status. What the body is counts, not what it is labelled: an
 * accepted result stays accepted where a framework calls `ok` or nothing at all `text/html`. [network.md 6.1, 6.3]
 */
export function isWebPage({
  status,
  headers,
  body,
}: Pick<HttpAnswer, 'status' | 'headers' | 'body'>): boolean {
  if (pageStart.test(body)) return true;
  if ((status >= 200 && status <= 299) || !/\bx?html\b/i.test(headers['content-type'] ?? '')) return false;
  // An error is no word of the coordinator's where only its label is known: a try more costs less than the work.
  return parseJson(body) === undefined;
}

const printableReason = z.string().regex(/^[A-Za-z0-9._:-]{1,64}$/);
const reasonSchema = z.object({
  reason: printableReason.optional().catch(undefined),
  error: printableReason.optional().catch(undefined),
});

/** Why the coordinator refused: its `reason`, else its `error`, if short and plain; else `http_<status>`. */
export function reasonOf({ status, body }: Pick<HttpAnswer, 'status' | 'body'>): Reason {
  const parsed = reasonSchema.safeParse(parseJson(body));
  const word = parsed.success ? (parsed.data.reason ?? parsed.data.error) : undefined;
  return word === undefined ? `http_${status}` : said(word);
}

/** Sorts an answer by its status; of an accepted one the body is left to the caller. [network.md 6.1-6.4] */
export function classifyAnswer(answer: HttpAnswer, policy: RejectionPolicy, nowMs: number): Outcome<null> {
  const { status } = answer;
  const wait = retryAfterMs(answer.headers, nowMs);
  if (isWebPage(answer)) return { kind: 'retry', reason: 'not-the-coordinator', status, retryAfterMs: wait };
  if (status >= 200 && status <= 299) return { kind: 'accepted', status, body: null };
  const reason = reasonOf(answer);
  if (status === 403 && accountReasons.has(reason)) {
    return { kind: 'account', reason, status, retryAfterMs: wait };
  }
  if (policy === 'refuse' && refusedForGood.has(status)) return { kind: 'refused', reason, status };
  return { kind: 'retry', reason, status, retryAfterMs: wait };
}

/** The reason of a request that got no answer: `ECONNREFUSED`, `timeout`, `aborted`, `body-too-large`… */
export function retryAfterError(error: NodeError): Retry {
  return { kind: 'retry', reason: reasonOfHttp(error), status: null, retryAfterMs: null };
}
