export const everywhere = {
  product: 'ParalleliX Operator',
  skip: 'Skip to the page',
  navigation: 'Pages',
  pageOpened: '{{page}} page',
  stateNow: 'State: {{label}}',
  pages: {
    onboarding: 'Set up',
    dashboard: 'Dashboard',
    hardware: 'Hardware',
    models: 'Models',
    earnings: 'Earnings',
    settings: 'Settings',
    diagnostics: 'Diagnostics',
  },
  goesOnAt: 'Step {{number}}',
  version: 'Version {{version}}',

  notKnown: 'not known',
  neverRead: 'not read yet',
  asOf: 'as of {{time}}',
  source: {
    measured: 'Measured here',
    guide: 'Guide',
    unknown: 'Not known yet',
  },
  transfer: {
    of: '{{done}} of {{total}}',
    soFar: '{{done}} so far, the whole size is not known yet',
    speed: '{{speed}} a second',
    left: 'about {{left}} left',
  },
  copy: 'Copy',
  copyWhat: 'Copy: {{what}}',
  copied: 'Copied',
  notCopied: 'Could not copy. Select the text and copy it by keyboard.',
  close: 'Close',
  cancel: 'Cancel',
  back: 'Back',
  gotIt: 'Got it',
  yes: 'Yes',
  no: 'No',
  none: 'none',
  lookAgain: 'Look again',
  looking: 'Looking…',
  notInThisVersion: 'This version of the app cannot do that yet. Nothing was changed.',
  openConsole: 'Open Console',

  phase: {
    noHost: {
      title: 'This page belongs to the app',
      body: 'It was opened outside of ParalleliX Operator, so there is nothing here to show. Open the app instead.',
    },
    starting: {
      title: 'Starting the node',
      body: 'The node is being looked for, or started. Online time counts from its first accepted heartbeat. This usually takes a few seconds.',
    },
    noIdentity: {
      title: 'This machine is not set up yet',
      body: 'There is no node key here, so nothing runs and nothing is earned. Setting up takes seven steps, and you can stop after any of them.',
      action: 'Set up this machine',
      continue: 'Go on with the set-up',
    },
    stopped: {
      title: 'The node is stopped',
      body: 'It ended at {{time}}. Nothing is earned until it runs again.',
      action: 'Start the node',
      busy: 'Starting…',
    },
    otherProgram: {
      title: 'Another program runs this node',
      body: 'Two programs with one key lose requests, so this app waits. It starts your node when the other program stops.',
      action: 'Retry',
    },
    failed: {
      title: 'The node could not start',
      body: 'Since {{time}} it is not running, so nothing is earned.',
      action: 'Try again',
    },
    otherVersion: {
      title: 'Another version runs this node',
      body: 'Version {{version}} serves this node (process {{pid}}). This app is version {{own}} and can only show how it stands. The node goes on as it is. To see more, stop it where it was started and start it with this version.',
    },
    attached:
      'The node runs outside of this app (process {{pid}}, version {{version}}). Closing the app does not stop it.',
    waitingForFigures: 'Waiting for the first figures of the node…',
    noFigures: 'The figures of this page come from a running node.',
  },

  quitting: {
    title: 'Finishing before the app ends',
    body: 'Work in hand is being finished and delivered; that takes up to {{limit}}. The app ends by itself.',
    action: 'End now',
  },
  explainOnce: {
    closing: {
      title: 'The node goes on when this window closes',
      body: 'Closing the window does not stop it. Use the icon in the system tray to open it again, to pause or to quit.',
    },
    'no-tray': {
      title: 'This desktop shows no tray icons',
      body: 'So the last window is made small instead of closed, and stays in the list of open windows. To end the app, choose Quit under Settings; its work is finished first.',
    },
  },
  pause: {
    title: 'Work',
    oneHour: 'Pause for 1 h',
    eightHours: 'Pause for 8 h',
    untilResumed: 'Pause until resumed',
    menu: 'Pause work',
    resume: 'Resume',
    meaning: 'The node stays online and takes no requests. Whether such time earns is not published.',
  },
} as const;
