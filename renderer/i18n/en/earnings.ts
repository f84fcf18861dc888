export const earnings = {
  title: 'Earnings',
  lead: 'What the network states. Rewards are claimed in the Console, with your wallet.',
  ofWallet: 'Lifetime earnings of your wallet',
  ofWalletNote: 'All nodes of the wallet together, as the network’s coordinator states it',
  coordinator: 'from the coordinator',
  unit: 'PRLX',
  wallet: 'Wallet',
  noneYet:
    'No figure has come from the network yet. It is asked for once the node is registered and its wallet is known.',
  notYet: {
    title: 'What is not shown yet',
    body: 'What this node alone has earned and not claimed, its rate and its history are read from the chain. This version does not do that, and shows no estimate in their place.',
  },
  openConsole: 'Open Console to claim',
  openWindow: 'Open in a window of its own',
} as const;
