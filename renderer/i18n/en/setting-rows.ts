/**
 * The rows of the settings: a title of at most four words, help beneath, and other words that people search it by.
 */
export const settingRows = {
  stay: { title: 'Start at login', words: 'autostart boot login keep awake sleep idle hidden background' },
  service: {
    title: 'Keep running when closed',
    words: 'background service systemd launchd daemon sign out',
  },
  theme: {
    title: 'Theme',
    help: 'How windows look.',
    words: 'dark light appearance colors colours mode',
    choices: { system: 'System', light: 'Light', dark: 'Dark' },
  },
  language: {
    title: 'Language',
    help: 'The command line stays English.',
    words: 'locale translation german deutsch english sprache',
    choices: { system: 'System', en: 'English', de: 'Deutsch' },
  },
  singleKeys: {
    title: 'Single-key shortcuts',
    help: 'P, / and ? act at once. Off helps if you use speech input or press keys by accident.',
    words: 'keyboard hotkeys letters accessibility voice dictation keys',
  },
  places: { title: 'Command line tool', words: 'terminal shell path plx applications menu launcher' },
  updates: { title: 'Update automatically', words: 'new version upgrade release check' },
  quit: { title: 'Quit', words: 'exit close stop shut down end' },

  concurrency: {
    title: 'Parallel requests',
    help: 'How many requests run at once. Each one needs memory of its own.',
    words: 'concurrency simultaneous at the same time threads workers',
    unit: 'requests',
  },
  substitution: {
    title: 'Substitute missing models',
    help: 'Answers with your default model when the requested model isn’t installed.',
    words: 'fallback replace other model',
  },
  drain: {
    title: 'Time to finish',
    help: 'How long requests may run on when the node stops.',
    words: 'drain timeout shutdown stop wait grace',
    unit: 's',
  },
  freeSpace: {
    title: 'Keep space free',
    help: 'Below this your node takes no requests.',
    words: 'disk full reserve storage minimum free',
    unit: 'MB',
  },

  defaultModel: {
    title: 'Default model',
    help: 'Answers requests that name no model.',
    words: 'llm preferred choose model',
    automatic: 'Automatic',
    missing: '{{model}} (not installed)',
  },
  context: {
    title: 'Context length',
    help: 'How much text a model sees at once. Memory is what the default model needs for it. At 4,096, an Ollama that you start keeps its own length.',
    words: 'window tokens memory kv cache num_ctx',
    option: '{{tokens}} tokens',
    optionMemory: '{{tokens}} tokens · {{memory}}',
  },
  manage: {
    title: 'Manage Ollama',
    help: 'Starts the installed Ollama when none runs, and restarts it when it stops.',
    words: 'server start restart supervise',
  },
  modelsDir: {
    title: 'Models folder',
    help: 'Used when this app starts Ollama. Models elsewhere aren’t moved.',
    words: 'directory storage disk path location download',
    unset: 'Ollama’s own folder',
  },

  notifications: {
    title: 'Show notifications',
    help: 'Turns all of them on or off.',
    words: 'alerts messages mute silence',
  },
  notifyOffline: { title: 'Node goes offline', words: 'notify outage down' },
  notifyOnline: { title: 'Node is back online', words: 'notify recovered up' },
  notifyAttention: { title: 'Something needs attention', words: 'notify problem warning' },
  notifyEarnings: { title: 'Rewards and claims', words: 'notify earnings prlx first' },
  notifyCooldown: { title: 'Unstaking is complete', words: 'notify cooldown withdraw unstake' },
  notifyPull: { title: 'Download finishes', words: 'notify model pull done' },
  notifyUpdate: { title: 'An update is available', words: 'notify version new' },
  notifyTest: {
    title: 'Test notification',
    help: 'Shows one now, even if notifications are off.',
    words: 'try send check',
    send: 'Send test',
    sent: 'Test sent. If you see nothing, check your system’s notification settings.',
    unsupported: 'This desktop shows no notifications.',
  },

  key: { title: 'Node key', words: 'identity fingerprint hash keychain file move nodekeyhash' },
  backup: { title: 'Back up key', words: 'backup export save passphrase restore recover' },
} as const;

/** Rows for those who know the words of the trade. */
export const advancedRows = {
  coordinator: {
    title: 'Coordinator address',
    help: 'The ParalleliX server that your node works for.',
    words: 'url api server network endpoint',
  },
  ollama: {
    title: 'Ollama address',
    help: 'Where your models run. Prompts are sent there.',
    words: 'url host port remote server endpoint',
  },
  rpc: {
    title: 'Ethereum RPC address',
    help: 'Reads rewards and stake from the chain. Yours is asked before public ones.',
    words: 'url node chain blockchain infura alchemy endpoint',
    unset: 'Public RPCs only',
  },
  publicRpcs: {
    title: 'Use public RPCs',
    help: 'Each of them sees your IP address and your node ID.',
    words: 'ethereum chain privacy',
  },
  certificates: {
    title: 'Extra certificates',
    help: 'Trusted in addition to the system’s, for a company proxy.',
    words: 'ca tls ssl pem proxy root authority',
    unset: 'None',
  },
  mode: {
    title: 'Reported mode',
    help: 'What heartbeats say. It doesn’t change where models run.',
    words: 'gpu cpu heartbeat capability',
    choices: { auto: 'Automatic', gpu: 'GPU', cpu: 'CPU' },
  },
  dataFolder: {
    title: 'Data folder',
    help: 'Your node’s files: settings, log, records and, if stored here, its key.',
    words: 'directory path state log files open location',
    path: 'Data folder path',
    open: 'Open folder',
  },
  resetAll: {
    title: 'Reset all settings',
    help: 'Takes every setting back to its default. Your key, models and records stay.',
    words: 'defaults restore factory clear',
    button: 'Reset all…',
    ask: 'Reset all settings?',
    yes: 'Reset settings',
    done: 'All settings are back to their defaults.',
  },
  uninstall: { title: 'Uninstall', words: 'remove delete data erase app' },
} as const;

/** What stands beside every row. */
export const settingControls = {
  tabs: {
    general: 'General',
    node: 'Node',
    models: 'Models',
    notifications: 'Notifications',
    security: 'Security',
    advanced: 'Advanced',
  },
  tabList: 'Settings sections',
  found_one: '{{count}} setting found',
  found_other: '{{count}} settings found',
  saved: '{{title}} saved.',
  wasReset: '{{title}} reset.',
  reset: 'Reset',
  resetWhich: 'Reset {{title}}',
  lessWhich: 'Less: {{title}}',
  moreWhich: 'More: {{title}}',
  choose: 'Choose…',
  chooseWhich: 'Choose {{title}}',
  test: 'Test connection',
  testWhich: 'Test connection: {{title}}',
  testing: 'Testing…',
  details: 'Details: {{title}}',
  key: 'Setting',
  default: 'Default',
  range: 'Range',
  rangeFault: 'Enter a number from {{from}} to {{to}}.',
  notANumber: 'Enter a whole number.',
} as const;
