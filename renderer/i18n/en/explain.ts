/** What the buttons of states and badges open when nothing can simply be done. Each: what it is, what to do. */
export const explain = {
  'key-missing': [
    'Only a backup brings this key back. The app never makes a new one instead: a new key earns nothing for your stake.',
    'Without a backup, request unstaking in the Console and wait 7 days. Then withdraw your stake in full and register again.',
  ],
  'key-differs': [
    'This key belongs to another node. Its signatures wouldn’t count for this one, so your node sends nothing.',
    'Restore the right key from your backup. Your node starts automatically.',
  ],
  'key-locked': [
    'Only you can open your desktop’s keychain. Sign in again, or unlock it in your desktop’s password app. Your node starts automatically.',
    'To avoid this after a restart, move the key to a private file in Settings once your node runs.',
  ],
  'key-unreachable': [
    'As far as can be seen, the key wasn’t deleted or changed. It just can’t be read, and your node keeps trying.',
    'If that doesn’t help, restore your backup.',
  ],
  retired: [
    'Your stake is back in your wallet, which ended the registration. This registration can’t earn any more.',
    'To earn again, register in the Console. To clean up, uninstall the app and delete its folder. It holds the node key, which nothing needs now.',
  ],
  refused: [
    'The network answered and said no. The reason shown is its own.',
    'The registration is the usual cause, so check your node in the Console. Retrying automatically; you count as online from the next accepted heartbeat.',
  ],
  'clock-skew': [
    'Heartbeats carry the time, so nobody can replay an old one. With a wrong clock, the network may reject them.',
    'Turn on automatic date and time in your system’s settings.',
  ],
  'coordinator-down': [
    'The problem probably isn’t on your computer. Finished answers stay on this disk until the network accepts them.',
    'There’s nothing to do but wait. If it lasts, check ParalleliX’s own channels.',
  ],
  'disk-full': [
    'Answers are saved before they are sent, so none is lost. Without space for that, your node takes no requests.',
    'Models usually take the most space. Delete the ones you don’t need on the Models page. Requests resume automatically.',
  ],
  'disk-read-only': [
    'A system often makes a disk read-only after an error on it, to save what is there. Answers must be saved before they are sent.',
    'Back up your key first. Then check the disk with the tools of your system, and restart the computer.',
  ],
  'disk-failing': [
    'Answers are saved before they are sent, so none is lost. While nothing can be saved, your node takes no requests.',
    'Back up your key elsewhere, then check the disk. Requests resume automatically when it can be written again.',
  ],
  'tier-high': [
    'Your GPU sets your tier. Without one you have tier 1, with less than 16 GB VRAM tier 2. From 16 GB you have tier 3, from 40 GB tier 4. A Mac is tier 3 at most.',
    'Connect the GPU you registered with, or check its driver on the Hardware page. You can also accept the risk there.',
  ],
  'gpu-on-cpu': [
    'Your computer has a GPU, but Ollama isn’t using it. Answers are slow and may come too late.',
    'Try updating the GPU driver, restarting Ollama, or choosing a model that fits your GPU’s VRAM.',
  ],
  'tier-low': [
    'A higher tier earns more for the same stake. As far as we know, a registered tier can’t be changed. One computer runs one node at a time.',
    'To use the higher tier, register another node and unstake this one. Compare first: the 7 days of unstaking don’t earn.',
  ],
} as const;
