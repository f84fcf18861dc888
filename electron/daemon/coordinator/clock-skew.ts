import { parseHttpDate } from './answer.ts';

/** One answer of the coordinator, as a reading of its clock. */
export interface SkewSample {
  /** The `Date` header as it came. */
  dateHeader: string;
  /** From the request having left to the headers of the answer. */
  roundTripMs: number;
  /** Unix time of this computer when the headers arrived. */
  receivedAtMs: number;
  /** The same moment in ms since boot, which setting the clock leaves alone. */
  receivedSinceBootMs: number;
}

/** How far this computer's clock is from the coordinator's; heartbeats carry a signed time. */
export interface ClockSkew {
  add(sample: SkewSample): void;
  /** Positive: this computer is ahead. Null before three samples. Good to about half a second. */
  readonly skewMs: number | null;
  /** True from more than 30 s off until less than 10 s off. */
  readonly warned: boolean;
  /** The coordinator's Unix time at a moment in ms since boot, whoever sets this computer's clock; null before three samples. */
  coordinatorTimeAt(sinceBootMs: number): number | null;
}

const samplesKept = 5;
/** The median of three already bears one sample that is wildly off; waiting for five would only delay the warning. */
const samplesNeeded = 3;
const warnAboveMs = 30_000;
const clearBelowMs = 10_000;
/** `Date` names the second that has begun: on average half of it is over. */
const meanTruncationMs = 500;
/** A slower answer says too little about when its `Date` was written. */
const longestRoundTripMs = 15_000;
/** A server clock outside is the one that is wrong; this computer's own may well stand at 1970. */
const plausibleFromMs = Date.UTC(2024, 0, 1);
const plausibleUntilMs = Date.UTC(2100, 0, 1);

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/**
 * Makes a gauge of the clock: the median over the last five `Date` headers, each less half its round trip. Samples
 * without a plausible date or with an impossible round trip are ignored.
 */
export function createClockSkew(): ClockSkew {
  const skews: number[] = [];
  /** The coordinator's time less the time since boot. */
  const offsets: number[] = [];
  let warned = false;

  const currentMs = () => (skews.length < samplesNeeded ? null : Math.round(median(skews)));
  return {
    add({ dateHeader, roundTripMs, receivedAtMs, receivedSinceBootMs }) {
      const serverMs = parseHttpDate(dateHeader);
      if (serverMs === null || serverMs < plausibleFromMs || serverMs >= plausibleUntilMs) return;
      if (!(roundTripMs >= 0 && roundTripMs <= longestRoundTripMs) || !Number.isFinite(receivedAtMs)) return;
      const coordinatorMs = serverMs + meanTruncationMs + roundTripMs / 2;
      skews.push(receivedAtMs - coordinatorMs);
      offsets.push(coordinatorMs - receivedSinceBootMs);
      if (skews.length > samplesKept) skews.shift();
      if (offsets.length > samplesKept) offsets.shift();
      const skewMs = currentMs();
      if (skewMs === null) return;
      if (Math.abs(skewMs) > warnAboveMs) warned = true;
      else if (Math.abs(skewMs) < clearBelowMs) warned = false;
    },
    get skewMs() {
      return currentMs();
    },
    get warned() {
      return warned;
    },
    coordinatorTimeAt: (sinceBootMs) =>
      offsets.length < samplesNeeded ? null : Math.round(sinceBootMs + median(offsets)),
  };
}
