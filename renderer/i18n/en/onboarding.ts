export const onboarding = {
  title: 'Set up this machine',
  lead: 'Seven steps. Leave at any point; what is done is seen again when you come back.',
  path: 'Steps',
  status: { done: 'done', blocked: 'needs you', open: 'to do' },
  steps: {
    need: 'What you need',
    probe: 'Probe the hardware',
    model: 'Get a model',
    key: 'Make the node key',
    register: 'Register on chain',
    run: 'Run',
    claim: 'Claim',
    exit: 'Exit',
  },
  number: 'Step {{number}}',
  next: 'Go on: {{step}}',
  back: 'Back',
  waitsForKey:
    'Measuring starts with the node, and the node starts with its key. Making the key takes a second and downloads nothing; go there first and come back.',
  makeKeyFirst: 'Make the key first',
  need: {
    lead: 'Before anything is downloaded. Each line says where it comes from.',
    stake: {
      name: 'Stake',
      text: '50,000 PRLX for each node, in your own wallet. This app never holds them, and never asks for the wallet’s key or seed phrase.',
    },
    fees: {
      name: 'Fees',
      text: 'Some ETH in the same wallet. Registering, claiming and withdrawing are transactions that you sign yourself.',
    },
    open: { name: 'Who may join', text: 'Anyone with the stake. There is no allowlist.' },
    back: {
      name: 'Getting out',
      text: 'Ask for the stake at any time and withdraw all of it 7 days later. There is no slashing.',
    },
    tier: {
      name: 'This machine',
      text: '{{tier}}. {{gpu}}',
      noGpu: 'No graphics card counts.',
      unknown: 'Which tier it makes is seen in the first step.',
    },
    download: {
      name: 'Downloads',
      ollamaHere: 'Ollama is here already.',
      ollamaMissing:
        'Ollama, the program that runs models, is not here yet; its size is shown before it is downloaded.',
      ollamaUnknown: 'Whether Ollama is here is seen in the second step.',
      modelHere: 'A model is here already: {{model}}.',
      model: 'A model: {{model}}, {{size}}.',
      modelUnknown: 'A model; which one and how large is shown before it is downloaded.',
      disk: 'Onto {{path}}, where {{free}} are free.',
    },
    strangers: {
      name: 'Other people’s requests',
      text: 'What strangers ask is answered by models on this machine. This app does not show or keep it, but it passes through this computer’s memory.',
    },
    estimate: {
      title: 'Estimate',
      year: 'About {{amount}} PRLX in a year, {{day}} a day.',
      basis:
        'Tier {{tier}}, {{stake}} PRLX staked, online 99.5 %. Total weight {{total}}, taken from the guide’s example.',
      caveat: 'A calibration, not a forecast: your share falls as more stake comes online.',
    },
    start: 'Start with the first step',
  },

  probe: {
    lead: 'The graphics card decides the tier, and the tier decides how much your stake weighs.',
    why: 'Register with the tier shown here. When a node is registered with more than the machine shows, the network may set its uptime to zero.',
  },
  model: {
    lead: 'Ollama runs the model. At least one that can serve must be here before the node starts.',
    recommended: 'Recommended for this machine',
    recommendedWhy: 'Chosen from the network’s list by the memory that models may use here.',
    ready: '{{model}} can serve.',
    all: 'All models',
    first: 'First Ollama, then a model.',
  },
  key: {
    lead: 'The node signs its heartbeats and answers with a key of its own, made here. It is not your wallet’s key and holds no money.',
    make: 'Make the key',
    making: 'Making…',
    made: 'The key is made. It is kept in {{place}}.',
    backupTitle: 'Back it up',
    backupDone: 'A backup of this key was made.',
    backupLater: 'You can also do this later, under Settings.',
  },
  register: {
    lead: 'Stake in the ParalleliX Console (website). Your wallet signs; this app never does.',
    needsKey: 'Registering needs the node key. Make it first.',
    blocked: 'Registering waits until the tier is settled.',
    checklist: {
      wallet: {
        name: 'A wallet',
        text: 'In your browser or on your phone. It owns the node and receives the rewards.',
      },
      prlx: {
        name: '50,000 PRLX',
        text: 'Or more, for a larger share. The next window can check what your wallet lacks.',
      },
      ether: { name: 'A little ETH', text: 'For gas, in the same wallet.' },
      console: { name: 'The Console', text: 'It opens from here, with tier and key filled in.' },
      confirm: {
        name: 'Two confirmations',
        text: 'Approve PRLX in your wallet, then confirm the registration.',
      },
      back: { name: 'Back here', text: 'Your registration is detected by itself.' },
    },
    noPrlx: {
      title: 'I don’t have PRLX yet',
      text: 'Buy it with your wallet on a DEX. A purchase costs 4 %, so buy at least {{buy}} PRLX for the minimum stake.',
    },
    manually: 'Enter manually',
    hash: 'Key fingerprint (nodeKeyHash)',
    link: 'Link to the registration page',
    waiting: 'Waiting for your registration…',
    lastLook: 'Last look: {{time}}',
    found: 'Registered as node {{id}}',
    wallet: 'Wallet',
    tier: 'Registered tier',
    stake: 'Stake',
  },
  run: {
    lead: 'From the first heartbeat that the network accepts, time online counts.',
    waiting: 'Waiting for the first heartbeat to be accepted…',
    needsRegistration: 'The first heartbeat is sent once the node is registered.',
    accepted: 'The first heartbeat was accepted at {{time}}',
    acceptedBody:
      'The node is online whenever its heartbeats are accepted, and requests come by themselves. There is nothing more to do here.',
    stay: 'Stay online',
    stayLead: 'Only time online earns, so two questions:',
    nextTitle: 'What happens next',
    next: [
      'The node says every few seconds that it is there, and takes requests when people ask.',
      'You can close this window; the node goes on.',
      'Rewards stream while it is online. Claim them whenever you like.',
    ],
    notices:
      'The Console can tell you by e-mail or webhook when your node goes offline, comes back, or its cooldown ends. Switch that on there, under Account: it works even when this computer does not.',
    dashboard: 'Go to the dashboard',
  },
  claim: {
    lead: 'Rewards wait for you in the contract. Claiming sends them to your wallet; you sign that in the Console, at any time, and the node goes on meanwhile.',
    seen: 'Claims are listed under Earnings once the chain shows them.',
    open: 'Open Console to claim',
  },
  exit: {
    lead: 'You can leave whenever you like and get the whole stake back.',
    one: {
      name: 'Request unstaking',
      text: 'In the Console. From then on the node earns nothing and takes no requests.',
    },
    two: {
      name: 'Wait 7 days',
      text: 'Until they are over you can cancel in the Console and earn again.',
    },
    remains:
      'Your key, models and data are still on this computer. Remove models under Models; uninstalling removes the rest.',
    three: { name: 'Withdraw', text: 'In the Console. The whole stake comes back; nothing is deducted.' },
    open: 'Open Console',
  },
} as const;
