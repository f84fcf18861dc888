/** What is done with the node key from a window. */
export const key = {
  store: {
    where: 'Where it is kept',
    keychain: 'In the keychain of this desktop',
    keychainMeaning: 'Opens with your login. Right for a computer you sit at.',
    file: 'In a file that only you can read',
    fileMeaning: 'Needs no login after a restart. Right for a server, or where there is no keychain.',
  },
  restore: {
    open: 'Restore a backup instead',
    title: 'Restore the node key',
    lead: 'From the backup that you made of it, or from a copy of its key file. A wallet’s key or seed phrase is refused.',
    choose: 'Choose the file',
    chooseAnother: 'Choose another file',
    choosing: 'Waiting for you to choose…',
    cancelled: 'No file was chosen; nothing was changed.',
    file: 'File',
    node: 'Node, as the file says',
    hash: 'nodeKeyHash, as the file says',
    passphrase: 'Passphrase of the backup',
    oldIsOff: 'The machine that had this key is off, or its node is',
    oldMeaning:
      'Two machines with one key lose each other’s work. If you are not sure, leave this open: the key is restored, and nothing is sent with it until you say so.',
    needsPassphrase: 'The file is locked; type its passphrase.',
    do: 'Restore this key',
    doing: 'Restoring…',
    done: 'The node key is in place, in {{place}}, and was read back.',
    here: 'This very key was here already. It stays in {{place}}.',
    notMoved:
      'The keychain did not take it, so it is kept in a file that only you can read. You can move it later, under Settings.',
    archived: 'What was here before was moved, not erased: {{files}}',
  },
  insist: {
    body: 'If you use it all the same, what is here now is moved to the backup folder first, and the registration of that key earns nothing without it.',
    type: 'Type {{word}} to go on',
    word: 'REPLACE',
    do: 'Replace the key that is here',
    doing: 'Replacing…',
  },
  quarantine: {
    title: 'Is the old machine off?',
    body: 'This key came from another machine. Nothing is sent with it yet, and nothing is earned, because two machines with one key lose each other’s work.',
    do: 'The old machine is off',
    question:
      'Only you can know this. If the old machine still runs its node, both lose work as soon as this one starts. Is it off, or is its node?',
    yes: 'It is off, start here',
    starting: 'Starting…',
  },
  repair: {
    title: 'Key record needs repair',
    body: 'Repair writes the record again from your key, and checks it. Your key isn’t changed, and no new key is made.',
    do: 'Repair key record',
    doing: 'Repairing…',
    restore: 'Restore from backup',
    recordMissing:
      'Your key is in the keychain, but its record on this computer is missing. You’re not earning until it’s repaired.',
    recordUnreadable: 'The record of your key can’t be read. You’re not earning until it’s repaired.',
  },
  unlock: {
    title: 'The node key is locked',
    body: 'Its file lies under a passphrase. Until it is typed the node earns nothing.',
    passphrase: 'Passphrase of the key file',
    meaning: 'It stays in this computer’s memory until the app ends, and is written nowhere.',
    do: 'Unlock and start',
    doing: 'Unlocking…',
    waiting: 'Your desktop asks for the password of its keychain…',
  },
  move: {
    toKeychain: 'Move it to the keychain',
    toFile: 'Move it to a file',
    title: 'Move the node key?',
    keychainBody:
      'In the keychain it opens with your login, and only this app can use it. After a restart nothing is earned before you log in.',
    fileBody:
      'In the file it needs no login, so the node can also run from the command line. Whoever can read your files can read it.',
    how: 'Work in hand is finished first. The key is read back in its new place before it is erased from the old one, and the node starts again.',
    do: 'Move it',
    doing: 'Moving…',
    done: 'The key has moved. It is in {{place}} now.',
    refused: 'The keychain cannot be used just now. The key stays where it is, and the node goes on.',
    attached: 'The node runs outside of this app. To move its key, stop it there first.',
  },
  official: {
    title: 'The official client has a node here',
    body: 'There is one in {{path}}. You can change over with its key, its registration and its stake as they are. Its files stay as they are.',
    stopped: 'Stop the official client first; as long as it runs, nothing is taken over. Then:',
    do: 'Take over its key',
    doing: 'Taking over…',
    done: 'The key is taken over, in {{place}}, and was read back. Do not start the official client again while this node runs: two programs with one key lose each other’s work.',
    taken: 'Taken over as well: {{name}} {{value}}',
    whole: 'Or migrate in one step, while the official client still runs.',
  },
  migrate: {
    do: 'Migrate',
    doing: 'Migrating…',
    planning: 'Checking what is here…',
    title: 'Migrate from the official client?',
    willImport: 'Your key is copied to a private file for this app. The official client keeps its own files.',
    willStop:
      'The official client stops and no longer starts by itself. Your system may ask for your password.',
    willStart: {
      service: 'Your node starts as a background service, because the official client was one.',
      app: 'Your node starts in this app.',
    },
    undone:
      "If the network doesn't accept a heartbeat within a minute, the official client is started again.",
    step: {
      importing: 'Importing the key and checking this computer…',
      'stopping-official': 'Stopping the official client…',
      starting: 'Starting your node. Waiting for its first accepted heartbeat…',
      'taking-back': 'Undoing the migration…',
    },
    done: 'Your node runs here now',
    asService: 'It runs as a background service. Closing this app keeps it running.',
    inApp: 'It runs in this app. Quitting the app stops it.',
    gap: 'No heartbeat was sent for up to {{duration}}.',
    failed: 'Migration failed',
  },
  /** In place of texts that name commands of the command line. */
  refused: {
    inTheWay: 'Another node key ({{nodeKeyHash}}) is in {{place}}, and it stays; nothing was changed.',
    notExpected:
      'This key ({{found}}) is not the one that this node is registered with ({{expected}}). With it that registration earns nothing, so nothing was changed.',
    quarantined: 'Nothing is sent with this key before you say that the old machine is off.',
    needsPassphrase: '{{place}} is locked with a passphrase. Nothing was started or changed.',
    officialRuns:
      'The official client serves on this computer ({{name}}). It goes on, and nothing was changed. Stop it first, where it was started.',
    otherRuns: 'The node runs already. It goes on, and nothing was changed. Stop it first.',
  },
} as const;
