import * as z from 'zod';
import { derived, originSchema, reading, unknownReasons, weiText } from './chain.ts';
import { lazily } from './lazily.ts';

/** What the node has earned, from the daemon's own samples of the chain. Amounts are wei as decimal text. */

const timeMs = z.number().int();

/** Earned in a span of time. `complete` is false where samples are missing in it: then it is at least so much. */
const earnedIn = z.object({ wei: weiText, complete: z.boolean(), sinceMs: timeMs });

/**
 * The claimable amount between two reads, an estimate: `fromWei` at `fromMs` of this computer's clock, and so much
 * more a second. Null while the node is offline, and while no rate is known.
 */
const ticker = z.object({ fromWei: weiText, fromMs: timeMs, weiPerSecond: weiText });
export type Ticker = z.infer<typeof ticker>;

/** Of our own node, by the daemon's own record; what the coordinator states of the wallet is `earnings`. */
export const earnedSection = z.object({
  /** `earned(nodeId)`. */
  claimableWei: reading(weiText),
  /** Label it an estimate. */
  estimate: ticker.nullable(),
  /** Per day, over the newest samples that belong together. */
  ratePerDayWei: derived(weiText),
  /** By local time, of samples here; null before there are any. */
  today: earnedIn.nullable(),
  last7Days: earnedIn.nullable(),
  last30Days: earnedIn.nullable(),
  last365Days: earnedIn.nullable(),
  /** All claims on record and what is claimable now. */
  everWei: derived(weiText),
  /** Stake × multiplier, wei in tenths. */
  weight: derived(weiText),
  /** Of the whole stream, 0 to 1: own rate against the stream as the guide gives it. */
  streamShare: derived(z.number()),
  /** What all online nodes weigh together if that share is right. */
  impliedOnlineWeight: derived(weiText),
  /** Change of the share in 7 days, e.g. -0.2. */
  shareChange7Days: derived(z.number()),
  /** Paid into the rewards contract per day, between the first and the last payment of 30 days. */
  observedStreamPerDayWei: derived(weiText),
  /** The guide's figures, to be labelled as the guide's. */
  guide: z.object({ streamPerDayPrlx: z.number(), bucketPrlx: z.number() }),
  pool: z.enum(['filled', 'empty', 'unknown']),
  record: z.object({
    firstSampleMs: timeMs.nullable(),
    lastSampleMs: timeMs.nullable(),
    samples: z.number().int(),
    /** The broken file that was put aside at this start. */
    putAside: z.string().nullable(),
    /** Why nothing is recorded now: the disk is full, or the file cannot be used. */
    failure: z.string().nullable(),
  }),
});
export type EarnedReport = z.infer<typeof earnedSection>;

const nodeId = z.string().regex(/^(?:0|[1-9]\d{0,77})$/);
const earningsRanges = ['day', 'week', 'month', 'year'] as const;

const point = z.object({
  startMs: timeMs,
  endMs: timeMs,
  /** Null: no samples, a gap. Never zero for unknown. */
  earnedWei: weiText.nullable(),
  /** False: samples cover only a part of it. */
  complete: z.boolean(),
  /** Measured here, 0 to 1; null where nothing is on record. */
  uptime: z.number().min(0).max(1).nullable(),
  served: z.number().int().nullable(),
  tokens: z.number().int().nullable(),
});

const claim = z.object({
  transactionHash: z.string(),
  logIndex: z.number().int(),
  block: z.number().int(),
  blockTimeMs: timeMs.nullable(),
  amountWei: weiText,
  owner: z.string(),
  /** Which node it was for: known when the transaction calls a proven `claim` directly. */
  nodeId: z.string().nullable(),
  unknownNode: z.enum(unknownReasons).nullable(),
});

export const earningsCommands = {
  /** Earned over time: `day` by the hour, `week` and `month` by the day, `year` by the week. UTC days, unless told otherwise. */
  'earnings.series': lazily(() => ({
    input: z.strictObject({
      range: z.enum(earningsRanges),
      nodeId: nodeId.nullable().default(null),
    }),
    output: z.object({
      nodeId: z.string().nullable(),
      points: z.array(point),
      asOf: originSchema.nullable(),
    }),
  })),
  /** Claims of the wallet, newest first; `before` asks for older ones. */
  'earnings.claims': lazily(() => ({
    input: z.strictObject({
      before: z
        .strictObject({ block: z.number().int(), logIndex: z.number().int() })
        .nullable()
        .default(null),
      limit: z.number().int().min(1).max(200).default(50),
    }),
    output: z.object({
      claims: z.array(claim),
      more: z.boolean(),
      /** Blocks looked through, whole and without holes; null before any was. */
      scanned: z
        .object({ fromBlock: z.number().int(), toBlock: z.number().int(), complete: z.boolean() })
        .nullable(),
      reason: z.enum(unknownReasons).nullable(),
    }),
  })),
  /**
   * The next piece of an export, per day and per claim, oldest first; ask on with `cursor` until it is null. The
   * pieces joined are one CSV or JSON document. Cells are safe to open in a spreadsheet.
   */
  'earnings.export': lazily(() => ({
    input: z.strictObject({
      format: z.enum(['csv', 'json']),
      nodeId: nodeId.nullable().default(null),
      cursor: z.string().max(200).nullable().default(null),
    }),
    output: z.object({ text: z.string(), cursor: z.string().nullable() }),
  })),
};
