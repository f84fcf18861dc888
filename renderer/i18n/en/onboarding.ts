export const onboarding = {
  title: 'Set up your node',
  lead: 'Leave at any point. What’s done stays done.',
  path: 'Steps',
  status: { done: 'Done', blocked: 'Needs attention', open: 'To do' },
  steps: {
    need: 'Before you start',
    probe: 'Check hardware',
    model: 'Download a model',
    key: 'Create node key',
    register: 'Register and stake',
    run: 'Go online',
    claim: 'Claim rewards',
    exit: 'Unstake',
  },
  number: 'Step {{number}}',
  next: 'Continue',
  back: 'Back',
  waitsForKey:
    'Your node measures this once it has a key. Creating one takes a second and downloads nothing.',
  makeKeyFirst: 'Create key first',
  need: {
    lead: 'What you’ll need. Nothing is downloaded yet.',
    stake: {
      name: 'Stake',
      text: '50,000 PRLX per node, staked from your own wallet. This app never holds funds or asks for a wallet key or seed phrase.',
    },
    fees: {
      name: 'Fees',
      text: 'A little ETH in the same wallet for gas.',
    },
    open: { name: 'Who may join', text: 'Open to anyone who stakes.' },
    back: {
      name: 'Leaving',
      text: 'Unstake any time; get it all back after 7 days. No slashing.',
    },
    tier: {
      name: 'Your tier',
      text: '{{tier}}. {{gpu}}',
      noGpu: 'No supported GPU.',
      unknown: 'Your tier is detected in the first step.',
    },
    download: {
      name: 'Downloads',
      ollamaHere: 'Ollama is installed.',
      ollamaMissing:
        'Ollama, which runs the models, isn’t installed yet. Its size is shown before the download.',
      ollamaUnknown: 'Ollama is checked in the second step.',
      modelHere: 'Model installed: {{model}}.',
      model: 'A model: {{model}}, {{size}}.',
      modelUnknown: 'A model. Its name and size are shown before the download.',
      disk: 'Stored in {{path}}, {{free}} free.',
    },
    strangers: {
      name: 'Other people’s requests',
      text: 'Your computer answers other people’s prompts. They’re never shown or saved, but pass through memory.',
    },
    estimate: {
      title: 'Estimate',
      year: 'About {{amount}} PRLX in a year, {{day}} a day.',
      basis:
        'Tier {{tier}}, {{stake}} PRLX staked, online 99.5 %. Total weight {{total}}, taken from the guide’s example.',
      caveat: 'A calibration, not a forecast. Your share falls as more stake comes online.',
    },
    start: 'Get started',
  },

  probe: {
    lead: 'Your GPU sets your tier; a higher tier earns more per PRLX staked.',
    why: 'Register with this tier. Registering a higher one can zero your uptime.',
  },
  model: {
    lead: 'Your node needs Ollama and at least one text model.',
    recommended: 'Recommended for this computer',
    recommendedWhy: 'Best fit for this computer’s memory and speed.',
    ready: '{{model}} can serve.',
    all: 'Browse all models',
    first: 'Install Ollama first, then a model.',
  },
  key: {
    lead: 'Identifies your node on the network. It’s not your wallet key and holds no funds.',
    make: 'Create key',
    making: 'Creating…',
    made: 'Key created. Stored in {{place}}.',
    backupTitle: 'Back up your key',
    backupDone: 'Your key is backed up.',
    backupLater: 'You can also do this later in Settings.',
  },
  register: {
    lead: 'Stake in the ParalleliX Console (website). Your wallet signs; this app never does.',
    needsKey: 'Registering needs the node key. Create it first.',
    blocked: 'Registering waits for a tier you can trust.',
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
      back: { name: 'Back here', text: 'Your registration is detected automatically.' },
    },
    noPrlx: {
      title: 'I don’t have PRLX yet',
      text: 'Buy it with your wallet on a DEX. A purchase costs 4 %, so buy at least {{buy}} PRLX for the minimum stake.',
    },
    manually: 'Enter manually',
    hash: 'Key fingerprint (nodeKeyHash)',
    link: 'Link to the registration page',
    waiting: 'Waiting for your registration…',
    lastLook: 'Last checked {{time}}',
    found: 'Registered as node #{{id}}',
    wallet: 'Wallet',
    tier: 'Registered tier',
    stake: 'Stake',
  },
  run: {
    lead: 'You start earning with the first accepted heartbeat.',
    waiting: 'Connecting to the network…',
    needsRegistration: 'Your node goes online once it’s registered.',
    accepted: 'You’re online since {{time}}',
    acceptedBody: 'Nothing left to do; requests arrive automatically.',
    stay: 'Stay online',
    stayLead: 'Only time online earns.',
    nextTitle: 'What happens next',
    next: [
      'Your node checks in every few seconds and answers requests.',
      'You can close this window. Your node keeps running.',
      'Rewards accrue while it’s online. Claim them whenever you like.',
    ],
    notices:
      'The Console can notify you by e-mail when your node goes offline, even when this computer is off. Turn that on there, under Account.',
    dashboard: 'Go to dashboard',
  },
  claim: {
    lead: 'Rewards wait in the contract. Claim them to your wallet in the Console at any time. Your node keeps running.',
    seen: 'Claims are listed under Earnings once the chain shows them.',
    open: 'Open Console',
  },
  exit: {
    lead: 'Unstake any time and get your whole stake back.',
    one: {
      name: 'Request unstaking',
      text: 'In the Console. From then on your node takes no requests and doesn’t earn.',
    },
    two: {
      name: 'Wait 7 days',
      text: 'Until then you can cancel in the Console and earn again.',
    },
    remains:
      'Your key, models and data are still on this computer. Delete models on the Models page. Uninstalling removes the rest.',
    three: { name: 'Withdraw', text: 'In the Console. You get the whole stake back.' },
    open: 'Open Console',
  },
} as const;
