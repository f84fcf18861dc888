/**
 * What the operator is told, word for word as it was agreed. A sentence changes here first, on purpose, and then in
 * the product.
 */
export const agreedStates: readonly {
  code: string;
  label: string;
  sentence: string;
  button: string | null;
  earns: 'yes' | 'no' | 'unknown';
}[] = [
  {
    code: 'key-missing',
    label: 'Key missing',
    sentence:
      'The node key is no longer in {store}; the node cannot sign, so it earns nothing; restore your backup. No new key was made.',
    button: 'Restore backup',
    earns: 'no',
  },
  {
    code: 'key-differs',
    label: 'Wrong key',
    sentence:
      'The key found belongs to another registration ({hash}); the node stays silent and earns nothing; restore the key of node {id}.',
    button: 'Restore backup',
    earns: 'no',
  },
  {
    code: 'key-locked',
    label: 'Key locked',
    sentence:
      'Your keychain is locked since {time}; the node earns nothing until it opens; unlock it, or move the key so that restarts need no password.',
    button: 'Unlock',
    earns: 'no',
  },
  {
    code: 'other-daemon',
    label: 'Already running',
    sentence:
      'Another program serves this node on this computer; it stays online through that one; switch over when you are ready.',
    button: 'Switch over',
    earns: 'unknown',
  },
  {
    code: 'not-registered',
    label: 'Not registered',
    sentence:
      'No registration for this key was found at {time}; nothing is earned before there is one; register in the Console, this page notices by itself.',
    button: 'Open Console',
    earns: 'no',
  },
  {
    code: 'retired',
    label: 'Retired',
    sentence:
      'The stake of node {id} was withdrawn on {date}; this node earns no more; register again, or remove what is left here.',
    button: 'What remains here',
    earns: 'no',
  },
  {
    code: 'withdrawable',
    label: 'Ready to withdraw',
    sentence:
      'The 7-day cooldown ended {time}; nothing accrues, your stake waits in the contract; withdraw it with your wallet.',
    button: 'Withdraw',
    earns: 'no',
  },
  {
    code: 'cooling',
    label: 'Cooling, {d} d left',
    sentence:
      'Unstaking was requested on {date}; the node earns nothing for another {d} days {h} h; wait to withdraw, or cancel to earn again.',
    button: 'Cancel unstake',
    earns: 'no',
  },
  {
    code: 'refused',
    label: 'Refused',
    sentence:
      'The network refuses our heartbeats ({reason}) since {time}; this time does not count as online; we try again every {n} s.',
    button: 'Explain',
    earns: 'no',
  },
  {
    code: 'clock-skew',
    label: 'Clock off',
    sentence:
      "This computer's clock is {n} s off; heartbeats may be refused and that time lost; turn on automatic time.",
    button: 'How to',
    earns: 'unknown',
  },
  {
    code: 'no-network',
    label: 'Offline',
    sentence:
      'This computer has had no internet since {time}; nothing accrues meanwhile, {n} finished answers are safe; check cable, Wi-Fi or router.',
    button: 'Check again',
    earns: 'no',
  },
  {
    code: 'coordinator-down',
    label: 'Network not answering',
    sentence:
      'Your internet works but ParalleliX has not answered since {time}; this time probably does not count; we keep trying and {n} answers are kept.',
    button: 'Details',
    earns: 'unknown',
  },
  {
    code: 'disk-full',
    label: 'Disk full',
    sentence: 'Only {n} MB are free on {volume}; the node stays online but takes no work; free {m} GB.',
    button: 'Show what is large',
    earns: 'unknown',
  },
  {
    code: 'ollama-missing',
    label: 'Ollama missing',
    sentence: 'Ollama is not installed; the node cannot start and earns nothing; install it here ({size}).',
    button: 'Install',
    earns: 'no',
  },
  {
    code: 'ollama-starting',
    label: 'Starting Ollama',
    sentence:
      'Ollama is starting ({n} s); online time counts only after the first heartbeat; usually under a minute.',
    button: null,
    earns: 'no',
  },
  {
    code: 'ollama-down',
    label: 'Ollama stopped',
    sentence:
      'Ollama stopped at {time} ({reason}); heartbeats go on without work; restart attempt {k} in {n} s.',
    button: 'Restart now',
    earns: 'unknown',
  },
  {
    code: 'no-model',
    label: 'No model',
    sentence:
      'No model that can serve is installed; the node cannot start and earns nothing; get {model} ({size}, fits this machine).',
    button: 'Download',
    earns: 'no',
  },
  {
    code: 'model-loading',
    label: 'Loading model',
    sentence: '{model} is loading into memory ({n} s); no work is taken until then.',
    button: null,
    earns: 'unknown',
  },
  {
    code: 'tier-high',
    label: 'Tier too high',
    sentence:
      'The chain says tier {a}, this machine shows tier {b}; the network may zero its uptime, so it does not serve; attach the registered hardware or accept the risk.',
    button: 'Why tier {b}?',
    earns: 'no',
  },
  {
    code: 'too-hot',
    label: 'Too hot',
    sentence:
      '{gpu} reached {t} °C and work is paused; it resumes below {u} °C; clean the fans or raise the limit.',
    button: 'Settings',
    earns: 'unknown',
  },
  {
    code: 'yielding',
    label: 'Making room',
    sentence: '{program} is using the GPU, so work is paused; it resumes {n} min after it closes.',
    button: 'Serve anyway',
    earns: 'unknown',
  },
  {
    code: 'scheduled',
    label: 'Outside hours',
    sentence: 'Your schedule rests until {time}; change the hours or serve now.',
    button: 'Serve now',
    earns: 'unknown',
  },
  {
    code: 'on-battery',
    label: 'On battery',
    sentence: 'Mains power is gone since {time}; work is paused; plug in.',
    button: 'Serve anyway',
    earns: 'unknown',
  },
  {
    code: 'paused',
    label: 'Paused',
    sentence: 'You paused work at {time}, until {end}; the node beats on; resume when you like, before 24 h.',
    button: 'Resume',
    earns: 'unknown',
  },
  {
    code: 'draining',
    label: 'Finishing',
    sentence:
      '{n} requests are being finished before {restart/quit/update}; no new work is taken, finished work is kept; about {s} s.',
    button: 'Stop now',
    earns: 'unknown',
  },
  {
    code: 'gpu-on-cpu',
    label: 'GPU unused',
    sentence:
      'Ollama runs {model} on the CPU though a {gpu} is present; online time counts but answers may miss their deadline; likely {cause}.',
    button: 'Fix',
    earns: 'yes',
  },
  {
    code: 'tier-low',
    label: 'Tier too low',
    sentence:
      'This machine could be tier {b} but is registered as {a}: {x}× instead of {y}×; register another node, a tier is not known to be changeable.',
    button: 'Compare',
    earns: 'yes',
  },
  {
    code: 'backlog',
    label: 'Delivering',
    sentence: '{n} finished answers wait for delivery since {time}; online time counts, nothing is lost.',
    button: 'Show',
    earns: 'yes',
  },
  {
    code: 'woke',
    label: 'Just woke',
    sentence: 'The computer slept {duration}; that time did not earn; keep it awake while serving.',
    button: 'Keep awake',
    earns: 'yes',
  },
  {
    code: 'serving',
    label: 'Serving',
    sentence: 'Answering {n} request(s) with {model}; the node is online and its time counts.',
    button: null,
    earns: 'yes',
  },
  {
    code: 'ready',
    label: 'Ready',
    sentence: 'Online and waiting for work, last request {time}; online time counts without work too.',
    button: null,
    earns: 'yes',
  },
];

export const agreedBadges: readonly { code: string; sentence: string; button: string }[] = [
  {
    code: 'figures-old',
    sentence:
      'Earnings were last read at block {n}, {age} ago; earning itself is not affected; add another Ethereum address under Settings if this stays.',
    button: 'Settings',
  },
  {
    code: 'update-ready',
    sentence: 'Version {v} is ready; installing costs at most one heartbeat and waits for work to finish.',
    button: 'Install when quiet',
  },
  {
    code: 'no-backup',
    sentence:
      'This key has no backup; losing this disk would idle your stake until you unstake and 7 days pass.',
    button: 'Back up',
  },
  {
    code: 'tier-accepted',
    sentence: 'Serving against the registered tier {a} at probed tier {b}; the network may zero this uptime.',
    button: 'Undo',
  },
];
