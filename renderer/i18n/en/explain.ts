/** What the buttons of states and badges open when nothing can simply be done. Each: what it is, what to do. */
export const explain = {
  'key-missing': [
    'A backup is the only way back to this key. The app never makes a new one in its place, because a new key would earn nothing for your stake.',
    'Without a backup: request unstaking in the Console, wait 7 days, withdraw your stake in full and register again.',
  ],
  'key-differs': [
    'The key that was found is another node’s. Signing with it would not count for this node, so the node stays silent.',
    'Put the right key back, from your backup. The node goes on by itself.',
  ],
  'key-locked': [
    'Your desktop’s keychain is closed, and only you can open it: log in anew, or open it in the passwords program of your desktop. The node goes on by itself.',
    'To spare yourself the password after restarts, move the key to a file that only you can read, under Settings, once the node runs.',
  ],
  'key-unreachable': [
    'The key was neither deleted nor changed as far as can be seen; it just cannot be read. The node looks again by itself.',
    'If it stays like this, restore your backup.',
  ],
  retired: [
    'The stake went back to your wallet, and with it the registration ended. Nothing more can be earned with it.',
    'Register again in the Console to go on. To remove what is left, uninstall the app and delete its folder; the folder holds the node key, which nothing needs any more.',
  ],
  refused: [
    'The network answered, and said no. The reason is in the sentence, in the network’s own word.',
    'Usually this is about the registration: look at your node in the Console. The node keeps asking, and counts as online from the first heartbeat that is accepted.',
  ],
  'clock-skew': [
    'Heartbeats carry the time, so that nobody can send an old one again. With a wrong clock the network may refuse them.',
    'Linux: timedatectl set-ntp true. macOS: System Settings, General, Date & Time, set automatically.',
  ],
  'coordinator-down': [
    'Your internet works, so the trouble is probably not here. Finished answers stay on this disk until the network takes them.',
    'There is nothing to do but wait. If it lasts, see what the project says in its channels.',
  ],
  'disk-full': [
    'Answers are written down before they are sent, so that none is lost. Without room for that, no work is taken.',
    'Models are usually what is large: delete those that you do not need on the Models page. The node takes work again by itself.',
  ],
  'tier-high': [
    'The tier follows the graphics card: none is tier 1, less than 16 GB is tier 2, from 16 GB tier 3, from 40 GB tier 4; on a Mac tier 3 at most.',
    'This machine shows less than was registered. Attach the card that was registered, or check its driver on the Hardware page. You can also accept the risk there.',
  ],
  'gpu-on-cpu': [
    'A graphics card is here, and Ollama does not use it. Answers are slow like this and may come too late.',
    'The likely cause is in the sentence. Usual remedies: update the card’s driver, restart Ollama, choose a model that fits the card’s memory.',
  ],
  'tier-low': [
    'A higher tier weighs more for the same stake. A registered tier is not known to be changeable, and one machine can serve one node at a time.',
    'To earn by the higher tier, register another node with it, and let this one run out by requesting unstaking. Compare first: 7 days of cooldown earn nothing.',
  ],
} as const;
