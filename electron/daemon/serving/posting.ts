import type { Logger } from '../logging/logger.ts';
import { backoffMs } from '../system/backoff.ts';
import type { Clock } from '../system/clock.ts';
import { type Conclusion, concludes } from './conclusion.ts';
import type { OutboxRows, Pending } from './outbox-rows.ts';
import type { Posts } from './posts.ts';
import { createTurns } from './turns.ts';

export interface PostingOptions {
  retryMinMs: number;
  retryMaxMs: number;
  /** How far a wait is varied up and down, as a fraction. */
  jitter: number;
  retryAfterMaxMs: number;
  /** After this much elapsed time without acknowledgement a row gets its last attempts; then it stays, as *expired*. */
  giveUpMs: number;
}

/** A computer that slept past the limit has no network in its first moments; what it finished still gets its chance. */
const attemptsWhenTooOld = 3;

/** Posts under way at once when many rows wait; those of requests just run come on top. */
const parallelPosts = 4;

/** Posts rows, again after each attempt that decided nothing. Never more than one post of the same row at a time. */
export interface Posting {
  /** Posts `entry` now, unless it is being posted or has ended. Never rejects. */
  now(entry: Pending): Promise<void>;
  /** Posts `entry` when its turn comes. */
  inTurn(entry: Pending): void;
  stop(): Promise<void>;
}

/** @param modules `onConclusion` ends the row where the conclusion is its end */
export function createPosting(
  options: PostingOptions,
  modules: {
    rows: OutboxRows;
    posts: Posts;
    onConclusion: (entry: Pending, conclusion: Conclusion) => void;
    clock: Clock;
    log: Logger;
    random: () => number;
  },
): Posting {
  const { rows, posts, onConclusion, clock, log, random } = modules;
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();
  const turns = createTurns<Pending>({ atOnce: parallelPosts }, { start: now });
  let outage = false;

  function schedule(entry: Pending, retryAfterMs: number | null): void {
    const { retryMinMs: minMs, retryMaxMs: maxMs, jitter } = options;
    const wait =
      retryAfterMs === null
        ? backoffMs({ minMs, maxMs, jitter }, entry.attempts, random)
        : Math.max(options.retryMinMs, Math.min(retryAfterMs, options.retryAfterMaxMs));
    entry.timer = clock.after(wait, () => inTurn(entry));
  }

  /** The coordinator answers again: what waited for that need not wait longer. */
  function bringForward(): void {
    for (const entry of rows) {
      if (entry.posting || !entry.timer || entry.broughtForward >= 3) continue;
      entry.broughtForward += 1;
      inTurn(entry);
    }
  }

  async function post(entry: Pending): Promise<void> {
    const { row } = entry;
    const ageMs = (row.ageMs ?? 0) + clock.sinceBootMs() - entry.addedSinceBootMs;
    if (ageMs > options.giveUpMs) entry.attemptsTooOld += 1;
    entry.posting = true;
    entry.attempts += 1;
    const outcome = await posts.send(row, stopping.signal).catch((error: unknown) => {
      log.error('outbox-row-unpostable', { seq: row.seq, error: String(error) });
      return null;
    });
    entry.posting = false;
    const conclusion = concludes(row, outcome, entry.attemptsTooOld >= attemptsWhenTooOld);
    const answered = outcome === null || outcome.kind === 'accepted' || outcome.kind === 'refused';
    if (!answered) {
      if (stopping.signal.aborted) return;
      outage = true;
    }
    if (conclusion.end === null) schedule(entry, conclusion.retryAfterMs);
    onConclusion(entry, conclusion);
    if (outcome?.kind === 'accepted' && outage) {
      outage = false;
      bringForward();
    }
  }

  function now(entry: Pending): Promise<void> {
    entry.timer?.cancel();
    entry.timer = null;
    turns.remove(entry);
    if (entry.posting) return Promise.resolve();
    if (stopping.signal.aborted || !rows.has(entry)) {
      entry.attempted.resolve();
      return Promise.resolve();
    }
    const work = post(entry).finally(() => {
      underWay.delete(work);
      entry.attempted.resolve();
    });
    underWay.add(work);
    return work;
  }

  function inTurn(entry: Pending): void {
    entry.timer?.cancel();
    entry.timer = null;
    turns.add(entry);
  }

  return {
    now,
    inTurn,
    async stop() {
      stopping.abort();
      turns.clear();
      for (const { timer, attempted } of rows) {
        timer?.cancel();
        attempted.resolve();
      }
      await Promise.allSettled(underWay);
    },
  };
}
