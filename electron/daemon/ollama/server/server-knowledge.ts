import { type Reason, said } from '../../../../shared/reasons/reason-text.ts';
import type { Clock } from '../../system/clock.ts';
import type { OllamaStatus } from '../models/watch.ts';
import type { ServerFacts } from './condition.ts';
import type { OwnServer } from './own-server.ts';
import type { ServerExit } from './process.ts';
import type { RestartPlan } from './restart-plan.ts';

type Own = Pick<OwnServer, 'state'>;

/**
 * What the supervision knows of the server beside what it answers: whether ours has answered, since when it is silent,
 * where a user's went, what a person has asked for, and why the last one ended. It decides; it starts and ends nothing.
 */
export interface ServerKnowledge {
  /** The program on this machine; null: none. */
  readonly binary: string | null;
  /** A person stopped it: nothing is started until a person asks. */
  readonly stoppedByUser: boolean;
  /** Why our server ended last; null when it never did, or has answered since. */
  readonly lastEnd: Reason | null;
  /** Our server has answered since it was started. */
  readonly answered: boolean;
  facts(): Omit<ServerFacts, 'remote'>;
  /** What is installed: the program, and whether a service of the system starts it. */
  installed(found: { binary: string | null; ownService: boolean }): void;
  /** One is being started. */
  launching(): void;
  /** It could not be started. */
  launchFailed(reason: Reason): void;
  /** A server answers, whosever it is. */
  answers(): void;
  /** None answers. */
  missed(): void;
  /** For how long ours has said nothing, ms, when that is too long; it is to be ended then. */
  silentTooLong(): number | null;
  /** Ours ended. Why, and whether somebody asked it to. */
  ended(exit: ServerExit): { reason: Reason; asked: boolean };
  /** Nothing answers after the end of ours; what is to follow. */
  stillGone(exit: ServerExit, end: { reason: Reason; asked: boolean }): 'nothing' | 'conflict' | 'crash';
  /** Whether one may be started without being asked, by all that is known. */
  mayStart(state: OllamaStatus['state']): boolean;
  /** A person asks for a server, or for none. */
  personAsks(wants: 'server' | 'none'): void;
}

/** How long a server may take until it answers: it looks for GPUs first, and a hung driver takes its time. */
export const startLimitMs = 120_000;
/** How long a server of ours may be silent after it has answered before it is started anew. */
const silenceLimitMs = 120_000;
/** A user's server that went away is given time to come back: it may just be updated. */
const usersReturnMs = 15_000;

export function createServerKnowledge(modules: {
  own: Own;
  plan: RestartPlan;
  clock: Clock;
}): ServerKnowledge {
  const { own, plan, clock } = modules;
  let here: { binary: string | null; ownService: boolean } = { binary: null, ownService: false };
  let answered = false;
  /** Since when our server says nothing, `monotonicMs`; null while it answers. */
  let silentSinceMs: number | null = null;
  /** It was ended because it was silent for too long. */
  let endedSilent = false;
  /** Since when a server of the user is gone, `monotonicMs`; Infinity while it is here, null when none was. */
  let usersGoneMs: number | null = null;
  let stoppedByUser = false;
  let addressTaken = false;
  let lastEnd: Reason | null = null;

  function forgetAnswers(): void {
    answered = false;
    silentSinceMs = null;
  }

  function oursNow(): ServerFacts['ours'] {
    if (own.state === 'running') return answered ? 'has-answered' : 'silent';
    return own.state === 'launching' ? 'launching' : 'none';
  }

  return {
    get binary() {
      return here.binary;
    },
    get stoppedByUser() {
      return stoppedByUser;
    },
    get lastEnd() {
      return lastEnd;
    },
    get answered() {
      return answered;
    },
    facts: () => ({
      ...here,
      ours: oursNow(),
      addressTaken,
      stoppedByUser,
      lastEnd,
      crashing: plan.crashing,
    }),
    installed(found) {
      here = found;
    },
    launching() {
      plan.cancel();
      forgetAnswers();
    },
    launchFailed(reason) {
      lastEnd = reason;
    },
    answers() {
      addressTaken = false;
      silentSinceMs = null;
      plan.cancel();
      if (own.state !== 'running') usersGoneMs = Number.POSITIVE_INFINITY;
      else if (!answered) {
        answered = true;
        lastEnd = null;
        plan.answers();
      }
    },
    missed() {
      if (usersGoneMs === Number.POSITIVE_INFINITY) usersGoneMs = clock.monotonicMs();
    },
    silentTooLong() {
      const nowMs = clock.monotonicMs();
      silentSinceMs ??= nowMs;
      const silentMs = nowMs - silentSinceMs;
      if (silentMs < (answered ? silenceLimitMs : startLimitMs)) return null;
      endedSilent = true;
      return silentMs;
    },
    ended(exit) {
      // It ended in good order after it had answered: somebody asked it to, and may be about to start another.
      const asked = exit.code === 0 && answered && !endedSilent;
      const reason = endedSilent ? 'not-answering' : asked ? 'ended-from-outside' : endedBecause(exit);
      endedSilent = false;
      forgetAnswers();
      return { reason, asked };
    },
    stillGone(exit, { reason, asked }) {
      if (stoppedByUser) return 'nothing';
      addressTaken = exit.addressInUse;
      lastEnd = addressTaken ? null : reason;
      if (asked) {
        usersGoneMs = clock.monotonicMs();
        return 'nothing';
      }
      return addressTaken ? 'conflict' : 'crash';
    },
    mayStart(state) {
      if (stoppedByUser || state !== 'unreachable' || own.state !== 'none' || plan.next !== null)
        return false;
      if (here.ownService && lastEnd === null) return false;
      if (usersGoneMs !== null && clock.monotonicMs() - usersGoneMs < usersReturnMs) return false;
      usersGoneMs = null;
      return true;
    },
    personAsks(wants) {
      stoppedByUser = wants === 'none';
      lastEnd = null;
      if (stoppedByUser) addressTaken = false;
      plan.reset();
    },
  };
}

export function endedBecause({ code, signal, lastOutput }: ServerExit): Reason {
  if (lastOutput !== null) return said(lastOutput);
  if (signal !== null) return `signal(${signal})`;
  return code === null ? 'ended' : `exit-code(${code})`;
}
