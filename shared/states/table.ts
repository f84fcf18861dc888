/**
 * What the operator is told: one state at a time, the first row that holds wins. The same codes
 * drive window, tray, `status`, notifications and `status --json`.
 */

/** How a value in a sentence is written. `time`, `date` and `end` are Unix ms, `duration` ms; `reason` is a code of `describeReason`. */
export type ParamKind = 'text' | 'reason' | 'count' | 'bytes' | 'time' | 'date' | 'end' | 'duration';

/** Whether time in a state earns; `unknown` = the network has not published whether it counts. */
export type Earns = 'yes' | 'no' | 'unknown';

export interface Row {
  code: string;
  sentence: string;
  button: string | null;
  params: Readonly<Record<string, ParamKind>>;
}
export interface StateRow extends Row {
  label: string;
  earns: Earns;
}

/**
 * In order of precedence. `key-unreachable` is a key that is neither gone nor locked away, `connecting`
 * covers the moments after starting and waking, and `ollama-not-running` a run without any heartbeat
 * because Ollama does not answer, and `model-not-loaded` is an Ollama that cannot load the model.
 */
export const states = [
  {
    code: 'key-missing',
    label: 'Key missing',
    sentence:
      'The node key is no longer in {store}; the node cannot sign, so it earns nothing; restore your backup. No new key was made.',
    button: 'Restore backup',
    earns: 'no',
    params: { store: 'text' },
  },
  {
    code: 'key-differs',
    label: 'Wrong key',
    sentence:
      'The key found belongs to another registration ({hash}); the node stays silent and earns nothing; restore the key of node {id}.',
    button: 'Restore backup',
    earns: 'no',
    params: { hash: 'text', id: 'text' },
  },
  {
    code: 'key-locked',
    label: 'Key locked',
    sentence:
      'Your keychain is locked since {time}; the node earns nothing until it opens; unlock it, or move the key so that restarts need no password.',
    button: 'Unlock',
    earns: 'no',
    params: { time: 'time' },
  },
  {
    code: 'key-unreachable',
    label: 'Key out of reach',
    sentence:
      'The node key cannot be read since {time} ({reason}); the node earns nothing until it can, and then goes on by itself; mend that, or restore your backup. No new key was made.',
    button: 'Restore backup',
    earns: 'no',
    params: { time: 'time', reason: 'text' },
  },
  {
    code: 'other-daemon',
    label: 'Already running',
    sentence:
      'Another program serves this node on this computer; it stays online through that one; switch over when you are ready.',
    button: 'Switch over',
    earns: 'unknown',
    params: {},
  },
  {
    code: 'not-registered',
    label: 'Not registered',
    sentence:
      'No registration for this key was found at {time}; nothing is earned before there is one; register in the Console, this page notices by itself.',
    button: 'Open Console',
    earns: 'no',
    params: { time: 'time' },
  },
  {
    code: 'retired',
    label: 'Retired',
    sentence:
      'The stake of node {id} was withdrawn on {date}; this node earns no more; register again, or remove what is left here.',
    button: 'What remains here',
    earns: 'no',
    params: { id: 'text', date: 'date' },
  },
  {
    code: 'withdrawable',
    label: 'Ready to withdraw',
    sentence:
      'The 7-day cooldown ended {time}; nothing accrues, your stake waits in the contract; withdraw it with your wallet.',
    button: 'Withdraw',
    earns: 'no',
    params: { time: 'time' },
  },
  {
    code: 'cooling',
    label: 'Cooling, {d} d left',
    sentence:
      'Unstaking was requested on {date}; the node earns nothing for another {d} days {h} h; wait to withdraw, or cancel to earn again.',
    button: 'Cancel unstake',
    earns: 'no',
    params: { date: 'date', d: 'count', h: 'count' },
  },
  {
    code: 'refused',
    label: 'Refused',
    sentence:
      'The network refuses our heartbeats ({reason}) since {time}; this time does not count as online; we try again every {n} s.',
    button: 'Explain',
    earns: 'no',
    params: { reason: 'reason', time: 'time', n: 'count' },
  },
  {
    code: 'clock-skew',
    label: 'Clock off',
    sentence:
      "This computer's clock is {n} s off; heartbeats may be refused and that time lost; turn on automatic time.",
    button: 'How to',
    earns: 'unknown',
    params: { n: 'count' },
  },
  {
    code: 'no-network',
    label: 'Offline',
    sentence:
      'This computer has had no internet since {time}; nothing accrues meanwhile, {n} finished answers are safe; check cable, Wi-Fi or router.',
    button: 'Check again',
    earns: 'no',
    params: { time: 'time', n: 'count' },
  },
  {
    code: 'coordinator-down',
    label: 'Network not answering',
    sentence:
      'Your internet works but ParalleliX has not answered since {time}; this time probably does not count; we keep trying and {n} answers are kept.',
    button: 'Details',
    earns: 'unknown',
    params: { time: 'time', n: 'count' },
  },
  {
    code: 'disk-full',
    label: 'Disk full',
    sentence: 'Only {n} MB are free on {volume}; the node stays online but takes no work; free {m} GB.',
    button: 'Show what is large',
    earns: 'unknown',
    params: { n: 'count', volume: 'text', m: 'count' },
  },
  {
    code: 'ollama-missing',
    label: 'Ollama missing',
    sentence: 'Ollama is not installed; the node cannot start and earns nothing; install it here ({size}).',
    button: 'Install',
    earns: 'no',
    params: { size: 'bytes' },
  },
  {
    code: 'ollama-starting',
    label: 'Starting Ollama',
    sentence:
      'Ollama is starting ({n} s); online time counts only after the first heartbeat; usually under a minute.',
    button: null,
    earns: 'no',
    params: { n: 'count' },
  },
  {
    code: 'ollama-not-running',
    label: 'Ollama not running',
    sentence:
      'Ollama has not answered at {url} since {time}; the node cannot start and earns nothing; start Ollama, this notices by itself.',
    button: 'Start Ollama',
    earns: 'no',
    params: { url: 'text', time: 'time' },
  },
  {
    code: 'ollama-down',
    label: 'Ollama stopped',
    sentence:
      'Ollama stopped at {time} ({reason}); heartbeats go on without work; restart attempt {k} in {n} s.',
    button: 'Restart now',
    earns: 'unknown',
    params: { time: 'time', reason: 'reason', k: 'count', n: 'count' },
  },
  {
    code: 'no-model',
    label: 'No model',
    sentence:
      'No model that can serve is installed; the node cannot start and earns nothing; get {model} ({size}, fits this machine).',
    button: 'Download',
    earns: 'no',
    params: { model: 'text', size: 'bytes' },
  },
  {
    code: 'model-loading',
    label: 'Loading model',
    sentence: '{model} is loading into memory ({n} s); no work is taken until then.',
    button: null,
    earns: 'unknown',
    params: { model: 'text', n: 'count' },
  },
  {
    code: 'model-not-loaded',
    label: 'Model not loaded',
    sentence:
      '{model} could not be loaded at {time} ({reason}); heartbeats go on and no work is taken; free memory, or choose another model: this tries again by itself.',
    button: 'Choose model',
    earns: 'unknown',
    params: { model: 'text', time: 'time', reason: 'reason' },
  },
  {
    code: 'tier-high',
    label: 'Tier too high',
    sentence:
      'The chain says tier {a}, this machine shows tier {b}; the network may zero its uptime, so it does not serve; attach the registered hardware or accept the risk.',
    button: 'Why tier {b}?',
    earns: 'no',
    params: { a: 'count', b: 'count' },
  },
  {
    code: 'too-hot',
    label: 'Too hot',
    sentence:
      '{gpu} reached {t} °C and work is paused; it resumes below {u} °C; clean the fans or raise the limit.',
    button: 'Settings',
    earns: 'unknown',
    params: { gpu: 'text', t: 'count', u: 'count' },
  },
  {
    code: 'yielding',
    label: 'Making room',
    sentence: '{program} is using the GPU, so work is paused; it resumes {n} min after it closes.',
    button: 'Serve anyway',
    earns: 'unknown',
    params: { program: 'text', n: 'count' },
  },
  {
    code: 'scheduled',
    label: 'Outside hours',
    sentence: 'Your schedule rests until {time}; change the hours or serve now.',
    button: 'Serve now',
    earns: 'unknown',
    params: { time: 'time' },
  },
  {
    code: 'on-battery',
    label: 'On battery',
    sentence: 'Mains power is gone since {time}; work is paused; plug in.',
    button: 'Serve anyway',
    earns: 'unknown',
    params: { time: 'time' },
  },
  {
    code: 'paused',
    label: 'Paused',
    sentence: 'You paused work at {time}, until {end}; the node beats on; resume when you like, before 24 h.',
    button: 'Resume',
    earns: 'unknown',
    params: { time: 'time', end: 'end' },
  },
  {
    code: 'draining',
    label: 'Finishing',
    sentence:
      '{n} requests are being finished before {before}; no new work is taken, finished work is kept; about {s} s.',
    button: 'Stop now',
    earns: 'unknown',
    params: { n: 'count', before: 'text', s: 'count' },
  },
  {
    code: 'connecting',
    label: 'Connecting',
    sentence:
      'No heartbeat was accepted in the last 30 s; online time counts from the next one on; this usually takes seconds.',
    button: null,
    earns: 'no',
    params: {},
  },
  {
    code: 'gpu-on-cpu',
    label: 'GPU unused',
    sentence:
      'Ollama runs {model} on the CPU though a {gpu} is present; online time counts but answers may miss their deadline; likely {cause}.',
    button: 'Fix',
    earns: 'yes',
    params: { model: 'text', gpu: 'text', cause: 'text' },
  },
  {
    code: 'tier-low',
    label: 'Tier too low',
    sentence:
      'This machine could be tier {b} but is registered as {a}: {x}× instead of {y}×; register another node, a tier is not known to be changeable.',
    button: 'Compare',
    earns: 'yes',
    params: { b: 'count', a: 'count', x: 'text', y: 'text' },
  },
  {
    code: 'backlog',
    label: 'Delivering',
    sentence: '{n} finished answers wait for delivery since {time}; online time counts, nothing is lost.',
    button: 'Show',
    earns: 'yes',
    params: { n: 'count', time: 'time' },
  },
  {
    code: 'woke',
    label: 'Just woke',
    sentence: 'The computer slept {duration}; that time did not earn; keep it awake while serving.',
    button: 'Keep awake',
    earns: 'yes',
    params: { duration: 'duration' },
  },
  {
    code: 'serving',
    label: 'Serving',
    sentence: 'Answering {n} request(s) with {model}; the node is online and its time counts.',
    button: null,
    earns: 'yes',
    params: { n: 'count', model: 'text' },
  },
  {
    code: 'ready',
    label: 'Ready',
    sentence: 'Online and waiting for work, last request {time}; online time counts without work too.',
    button: null,
    earns: 'yes',
    params: { time: 'time' },
  },
] as const satisfies readonly StateRow[];

/** Badges are not states: they stand beside any state. */
export const badges = [
  {
    code: 'figures-old',
    sentence:
      'Earnings were last read at block {n}, {age} ago; earning itself is not affected; add another Ethereum address under Settings if this stays.',
    button: 'Settings',
    params: { n: 'count', age: 'duration' },
  },
  {
    code: 'update-ready',
    sentence: 'Version {v} is ready; installing costs at most one heartbeat and waits for work to finish.',
    button: 'Install when quiet',
    params: { v: 'text' },
  },
  {
    code: 'no-backup',
    sentence:
      'This key has no backup; losing this disk would idle your stake until you unstake and 7 days pass.',
    button: 'Back up',
    params: {},
  },
  {
    code: 'tier-accepted',
    sentence: 'Serving against the registered tier {a} at probed tier {b}; the network may zero this uptime.',
    button: 'Undo',
    params: { a: 'count', b: 'count' },
  },
] as const satisfies readonly Row[];
