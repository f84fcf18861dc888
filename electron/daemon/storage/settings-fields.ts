import { isIP } from 'node:net';
import * as z from 'zod';
import { languages } from '../../../shared/language.ts';
import type { ReasonCode } from '../../../shared/reasons/reason-text.ts';

/** One setting: what it may be, what it is unless set, and what it is for. */
export interface SettingField<T> {
  readonly schema: z.ZodType<T>;
  readonly fallback: T;
  /** The values allowed, as text. */
  readonly bounds: string;
  readonly meaning: string;
  /** How a value typed on a command line is read; null for one that only the program sets. */
  readonly fromText: ((text: string) => unknown) | null;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const kib = 1024;
const mib = 1024 * kib;

function whole(fallback: number, min: number, max: number, meaning: string): SettingField<number> {
  return {
    schema: z.int().min(min).max(max),
    fallback,
    bounds: `${min} to ${max}`,
    meaning,
    // Number('') is 0 and Number('0x10') is 16; neither is what an operator means.
    fromText: (text) => (/^-?\d{1,15}$/.test(text) ? Number(text) : text),
  };
}

function choice<const T extends string>(fallback: T, values: readonly T[], meaning: string): SettingField<T> {
  const schema = z.custom<T>((value) => values.includes(value as T));
  return { schema, fallback, bounds: values.join(', '), meaning, fromText: (text) => text };
}

function flag(fallback: boolean, meaning: string): SettingField<boolean> {
  const words: Readonly<Record<string, boolean>> = {
    true: true,
    yes: true,
    on: true,
    false: false,
    no: false,
    off: false,
  };
  return {
    schema: z.boolean(),
    fallback,
    bounds: 'true or false',
    meaning,
    fromText: (text) => words[text] ?? text,
  };
}

function optional(bounds: string, meaning: string, schema: z.ZodType<string>): SettingField<string | null> {
  return {
    schema: schema.nullable(),
    fallback: null,
    bounds: `${bounds}, or none`,
    meaning,
    fromText: (text) => (text === 'none' || text === 'null' || text === '' ? null : text),
  };
}

/** What is said of a value that cannot be. */
const fault = (code: ReasonCode) => ({ error: code });

/** Without a trailing slash, so that a path can be appended. */
const webAddress = z
  .string()
  .max(2_048)
  .refine((text) => addressFault(text) === null, {
    error: (issue) => addressFault(String(issue.input)) ?? '',
  })
  .transform((text) => text.replace(/\/+$/, ''));

function addressFault(text: string): ReasonCode | null {
  if (!URL.canParse(text) || /[\s\p{Cc}]/u.test(text)) return 'not-a-web-address';
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'needs-web-scheme';
  if (url.hostname === '') return 'names-no-host';
  return null;
}

/** True for this computer's own addresses, the only ones that may be spoken to without TLS. */
export function isLoopbackHost(hostname: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

const coordinatorAddress = webAddress
  .refine((text) => {
    if (!URL.canParse(text)) return true;
    const url = new URL(text);
    return url.protocol === 'https:' || isLoopbackHost(url.hostname);
  }, fault('needs-https'))
  .refine((text) => !URL.canParse(text) || isPlain(new URL(text)), fault('has-more-than-host'));

function isPlain(url: URL): boolean {
  return url.username === '' && url.password === '' && url.search === '' && url.hash === '';
}

const absolutePath = z
  .string()
  .max(4_096)
  .regex(/^\/[^\0]*$/, fault('needs-absolute-path'));

const contractAddress = z.string().regex(/^0x[0-9a-fA-F]{40}$/, fault('needs-contract-address'));

/** As the vendors' drivers write them; what is in the list goes into the environment of a program. */
const cardList = z
  .string()
  .max(4_096)
  .regex(/^[A-Za-z0-9][A-Za-z0-9:._/-]*(,[A-Za-z0-9][A-Za-z0-9:._/-]*)*$/, fault('needs-card-list'));

const plainText = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .regex(/^[^\s\p{Cc}]+$/u, fault('holds-spaces'));

const coordinatorUrl: SettingField<string> = {
  schema: coordinatorAddress,
  fallback: 'https://parallelix.io/api',
  bounds: 'an https address; http only for this computer',
  meaning: 'the coordinator this node serves',
  fromText: (text) => text,
};

const pause: SettingField<{ sinceMs: number; untilMs: number | null } | null> = {
  schema: z.object({ sinceMs: z.int().min(0), untilMs: z.int().min(0).nullable() }).nullable(),
  fallback: null,
  bounds: 'set by pause and resume',
  meaning: 'since when, and until when, no work is taken',
  fromText: null,
};

const notifiedVersion: SettingField<string | null> = {
  schema: z.string().max(40).nullable(),
  fallback: null,
  bounds: 'set by the app',
  meaning: 'the version that was last told of',
  fromText: null,
};

/** Every setting there is, in the groups of the file. */
export const settingFields = {
  coordinatorUrl,
  ollamaUrl: optional(
    'an http or https address',
    'the Ollama that runs the models; none: http://127.0.0.1:11434',
    webAddress,
  ),
  rpcUrl: optional(
    'an http or https address',
    'your own Ethereum RPC, asked before the public ones',
    webAddress,
  ),
  chain: {
    id: whole(1, 1, 4_294_967_295, 'the number of the chain with the contracts; 1 is Ethereum'),
    secondRpcUrl: optional(
      'an http or https address',
      'another Ethereum RPC of yours, asked when the first one fails',
      webAddress,
    ),
    publicRpcs: flag(true, 'ask public Ethereum RPCs too; each sees your IP address and your node id'),
    token: optional('an address', 'the token of another network than the official one', contractAddress),
    registry: optional('an address', 'the node registry of another network', contractAddress),
    rewards: optional('an address', 'the rewards contract of another network', contractAddress),
  },
  defaultModel: optional('a model name', 'the model for requests that name none', plainText(200)),
  mode: choice('auto', ['auto', 'gpu', 'cpu'], 'the mode that heartbeats report; it moves no work'),
  concurrency: whole(1, 1, 16, 'requests run at the same time'),
  allowSubstitution: flag(false, 'run the default model for a request whose model is not installed'),
  caFile: optional('an absolute path', 'certificates trusted in addition, a PEM file', absolutePath),
  capabilitiesVersion: optional(
    'x.y.z',
    'the version that heartbeats report; none: that of this program',
    z.string().regex(/^\d{1,5}\.\d{1,5}\.\d{1,5}$/, { error: 'must have the form x.y.z' }),
  ),
  pause,
  ollama: {
    manage: flag(true, 'start the installed Ollama where none runs, and keep it running'),
    modelsDir: optional(
      'an absolute path',
      'where an Ollama started by this program keeps its models; none: its own place',
      absolutePath,
    ),
    contextTokens: whole(
      4_096,
      512,
      1_048_576,
      'the context that models are given, tokens; at 4096 an Ollama that you start keeps its own',
    ),
    releaseUrl: optional(
      'an http or https address',
      'where the archives for installing Ollama come from; none: the official releases',
      webAddress,
    ),
  },
  hardware: {
    cards: optional(
      'UUIDs of cards, separated by commas',
      'the cards that models may use and that count for the tier; none: all',
      cardList,
    ),
    acceptTierMismatch: flag(
      false,
      'serve although the chain names a higher tier than this machine shows; the network may zero that time',
    ),
  },
  timing: {
    idlePollMs: whole(2_000, 250, minuteMs, 'between two looks into an empty inbox'),
    pollBackoffFirstMs: whole(2_000, 250, minuteMs, 'first wait after an inbox or statistics error'),
    pollBackoffMaxMs: whole(30_000, 1_000, 10 * minuteMs, 'longest wait after inbox or statistics errors'),
    heartbeatMs: whole(10_000, 2_000, 30_000, 'between two heartbeats'),
    accountHeartbeatMs: whole(
      60_000,
      10_000,
      10 * minuteMs,
      'between two heartbeats while not staked or in cooldown',
    ),
    retryAfterMaxMs: whole(60_000, 1_000, 10 * minuteMs, 'longest Retry-After that is honoured'),
    heartbeatRetryAfterMaxMs: whole(
      30_000,
      1_000,
      10 * minuteMs,
      'longest Retry-After that is honoured on heartbeats',
    ),
    chainWatchedMs: whole(
      4_000,
      500,
      minuteMs,
      'between two reads of the chain while somebody watches, so that every block is met',
    ),
    outboxRetryFirstMs: whole(1_000, 100, minuteMs, 'first wait before an undelivered result is sent again'),
    outboxRetryMaxMs: whole(
      minuteMs,
      1_000,
      hourMs,
      'longest wait before an undelivered result is sent again',
    ),
    outboxRetryJitterPercent: whole(20, 0, 50, 'how far that wait is varied, up and down'),
    outboxGiveUpMs: whole(
      24 * hourMs,
      minuteMs,
      30 * 24 * hourMs,
      'age at which an undelivered result is given up',
    ),
    requestDeadlineMs: whole(120_000, 5_000, hourMs, 'from accepting a request to its answer'),
    drainMs: whole(30_000, 0, hourMs, 'time for running requests when stopping'),
    shutdownDrainMs: whole(5_000, 0, minuteMs, 'time for running requests when the computer shuts down'),
  },
  limits: {
    queueLimit: whole(8, 1, 256, 'requests accepted and not yet started'),
    undeliveredLimit: whole(32, 1, 4_096, 'undelivered results at which no more work is taken'),
    promptBytes: whole(256 * kib, kib, 16 * mib, 'longest prompt, and longest system prompt'),
    inboxBytes: whole(mib, 16 * kib, 64 * mib, 'longest inbox answer'),
    answerBytes: whole(64 * kib, kib, 16 * mib, 'longest of all other answers of the coordinator'),
    resultBytes: whole(mib, kib, 16 * mib, 'longest result'),
    attempts: whole(3, 1, 10, 'attempts at one request that was reported as failed'),
    minFreeBytes: whole(64 * mib, 0, 1024 * 1024 * mib, 'free disk space below which no work is taken'),
    deliveredRowsDays: whole(400, 1, 4_000, 'days that the figures of delivered requests are kept'),
  },
  desktop: {
    startAtLogin: flag(false, 'start the app, without a window, when you log in'),
    keepAwake: flag(false, 'keep this computer from falling asleep by itself while the node is online'),
    theme: choice('system', ['system', 'light', 'dark'], 'how the windows look'),
    language: choice('system', ['system', ...languages], 'language of the app; the command line is English'),
    singleKeys: flag(true, 'shortcuts of a single key, without Ctrl or Command, work in the windows'),
    notifications: flag(true, 'show notifications; each kind has a setting of its own too'),
    notifyOffline: flag(true, 'notify when my node goes offline'),
    notifyOnline: flag(true, 'notify when it’s back online'),
    notifyAttention: flag(true, 'notify when something needs my attention'),
    notifyEarnings: flag(true, 'notify of the first PRLX earned and of every claim'),
    notifyCooldown: flag(true, 'notify when unstaking is complete'),
    notifyPull: flag(true, 'notify when a download finishes'),
    notifyUpdate: flag(true, 'notify when an update of the app is available'),
    updates: flag(true, 'check for updates of the app, download them and install them by itself'),
    explainedClosing: flag(false, 'it was explained that closing a window does not stop the node'),
    explainedNoTray: flag(false, 'it was explained that this desktop shows no tray icons'),
    explainedMenuEntry: flag(false, 'it was offered to add the AppImage to the applications menu'),
    firstEarned: flag(false, 'the first PRLX was earned while the app watched'),
    explainedFirstEarned: flag(false, 'a window said that the first PRLX was earned'),
    notifiedVersion,
  },
} as const;

type ValuesOf<Group> = {
  -readonly [Name in keyof Group]: Group[Name] extends SettingField<infer Value>
    ? Value
    : ValuesOf<Group[Name]>;
};

/** All settings with their values, defaults filled in. */
export type Settings = ValuesOf<typeof settingFields>;

/** Every setting by its dotted name (`timing.heartbeatMs`), in the order of the table. */
export const settingsByName: ReadonlyMap<string, SettingField<unknown>> = new Map(flatten(settingFields, ''));

/** Pairs whose first may not exceed the second. */
export const orderedPairs: readonly (readonly [string, string])[] = [
  ['timing.pollBackoffFirstMs', 'timing.pollBackoffMaxMs'],
  ['timing.outboxRetryFirstMs', 'timing.outboxRetryMaxMs'],
];

function isField(value: object): value is SettingField<unknown> {
  return 'schema' in value;
}

function flatten(group: object, prefix: string): [string, SettingField<unknown>][] {
  return Object.entries(group).flatMap(([name, value]: [string, object]) =>
    isField(value)
      ? [[prefix + name, value] as [string, SettingField<unknown>]]
      : flatten(value, `${prefix}${name}.`),
  );
}
