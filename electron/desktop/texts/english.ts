import { translatable } from '../../../shared/language.ts';

/** What the app itself says: in the tray, in notifications, in the system's dialogs. */
export interface DesktopWords {
  product: string;
  earningsWindow: string;
  cannotStart: string;
  tray: {
    open: string;
    earnings: string;
    copyId: (nodeId: string) => string;
    pause: string;
    oneHour: string;
    eightHours: string;
    untilResumed: string;
    resume: string;
    start: string;
    quit: string;
    quitNow: string;
    quitApp: string;
    uptime: (share: string) => string;
    requests: (count: string) => string;
    earning: (rate: string) => string;
    perDay: (amount: string) => string;
    notEarning: string;
    claimable: (amount: string) => string;
  };
  /** The menu of the app on macOS, by Electron's roles. */
  menu: {
    about: string;
    services: string;
    hide: string;
    hideOthers: string;
    unhide: string;
    quit: string;
    edit: string;
    undo: string;
    redo: string;
    cut: string;
    copy: string;
    paste: string;
    pasteAndMatchStyle: string;
    delete: string;
    selectAll: string;
    window: string;
    close: string;
    minimize: string;
    zoom: string;
    front: string;
  };
  notifications: {
    test: string;
    backOnline: string;
    downloaded: string;
    readyToServe: (model: string) => string;
    closing: { title: string; body: string };
    firstEarned: { title: string; body: string };
    cooldown: { title: string; contract: string; guide: string };
    claimed: { title: string; body: (amount: string) => string };
    update: { title: string; body: (version: string) => string };
  };
  dialogs: {
    choose: string;
    save: string;
    saveBackup: string;
    backupFile: string;
    certificates: string;
    certificateFiles: string;
    allFiles: string;
    modelsFolder: string;
    report: string;
    earnings: string;
    backup: string;
  };
}

export const desktopWords = translatable<DesktopWords>({
  product: 'ParalleliX Operator',
  earningsWindow: 'Earnings · ParalleliX Operator',
  cannotStart: 'ParalleliX Operator can’t start',
  tray: {
    open: 'Open ParalleliX Operator',
    earnings: 'Earnings',
    copyId: (nodeId) => `Copy Node ID (${nodeId})`,
    pause: 'Pause',
    oneHour: 'For 1 Hour',
    eightHours: 'For 8 Hours',
    untilResumed: 'Until I Resume',
    resume: 'Resume',
    start: 'Start Node',
    quit: 'Quit',
    quitNow: 'Quit Now',
    quitApp: 'Quit App',
    uptime: (share) => `Uptime today: ${share}`,
    requests: (count) => `Requests today: ${count}`,
    earning: (rate) => `Earning: ${rate}`,
    perDay: (amount) => `${amount} PRLX a day`,
    notEarning: 'not earning',
    claimable: (amount) => `Claimable: ${amount}`,
  },
  menu: {
    about: 'About ParalleliX Operator',
    services: 'Services',
    hide: 'Hide ParalleliX Operator',
    hideOthers: 'Hide Others',
    unhide: 'Show All',
    quit: 'Quit ParalleliX Operator',
    edit: 'Edit',
    undo: 'Undo',
    redo: 'Redo',
    cut: 'Cut',
    copy: 'Copy',
    paste: 'Paste',
    pasteAndMatchStyle: 'Paste and Match Style',
    delete: 'Delete',
    selectAll: 'Select All',
    window: 'Window',
    close: 'Close',
    minimize: 'Minimize',
    zoom: 'Zoom',
    front: 'Bring All to Front',
  },
  notifications: {
    test: 'Notifications work.',
    backOnline: 'Back online',
    downloaded: 'Model downloaded',
    readyToServe: (model) => `${model} is ready to serve.`,
    closing: {
      title: 'Your node keeps running',
      body: 'Closing the window doesn’t stop it: it serves and earns in the background. To stop it, choose Quit in the menu of its icon.',
    },
    firstEarned: {
      title: 'First PRLX earned',
      body: 'Your node is earning. Rewards add up while it’s online.',
    },
    cooldown: {
      title: 'Unstaking complete',
      contract: 'Your cooldown is over. Withdraw your stake with your wallet.',
      guide: 'By the guide’s 7 days, your cooldown is over. Withdraw your stake with your wallet.',
    },
    claimed: {
      title: 'Rewards claimed',
      body: (amount) => `${amount} PRLX arrived in your wallet.`,
    },
    update: {
      title: 'An update is available',
      body: (version) => `Version ${version} is ready. Open the app to install it.`,
    },
  },
  dialogs: {
    choose: 'Choose',
    save: 'Save',
    saveBackup: 'Save backup',
    backupFile: 'Choose your key backup',
    certificates: 'Choose certificates',
    certificateFiles: 'Certificates',
    allFiles: 'All files',
    modelsFolder: 'Choose the models folder',
    report: 'Save support report',
    earnings: 'Save earnings',
    backup: 'Save key backup',
  },
});
