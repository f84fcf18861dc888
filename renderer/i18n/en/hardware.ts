export const hardware = {
  title: 'Hardware',
  lead: 'What this machine shows, and the tier that follows from it.',
  tier: {
    title: 'Tier',
    gpu: '{{gpu}} decides, with {{vram}} GB.',
    cpu: 'No graphics card counts, so the machine is tier 1.',
    cores: 'Processor threads',
    ram: 'Memory',
    gb: '{{gb}} GB',
    budget: 'Memory for models',
    basis: {
      vram: 'of the graphics card',
      'unified-memory': 'of the memory that processor and graphics share',
      ram: 'of the main memory, without a graphics card',
    },
    mode: 'Mode',
    modeGpu: 'GPU',
    modeCpu: 'CPU',
  },
  arithmetic: {
    noGpu: 'No graphics card: tier 1.',
    reached: '{{vram}} GB reach the step at {{threshold}} GB.',
    below: '{{vram}} GB are less than the first step above tier 2, at {{next}} GB.',
    unknownMemory: 'A graphics card is here and its memory could not be read. That makes tier 2.',
    next: 'The next step is at {{next}} GB.',
    top: 'That is the highest step.',
    capped: 'By memory it would be tier {{uncapped}}; on a Mac the network’s rule stops at tier {{tier}}.',
    steps: { one: 'no card', two: 'below 16 GB', three: 'from 16 GB', four: 'from 40 GB' },
    multiplier: '{{times}}×',
    here: 'this machine',
    registered: 'registered',
  },
  declared: {
    title: 'Registered tier',
    same: 'The chain says tier {{tier}} too.',
    high: 'The chain says tier {{declared}}, this machine shows tier {{tier}}. The network may set its uptime to zero; the stake is not touched. Attach the card that was registered, or mend its driver.',
    low: 'The chain says tier {{declared}}, although this machine shows tier {{tier}}, which weighs more. To earn by it, register another node.',
    accept: 'Serve all the same',
    accepted:
      'You chose to serve although the chain says more than this machine shows. The network may zero this uptime.',
    undo: 'Undo',
    confirmTitle: 'Serve at your own risk?',
    confirm:
      'The node will serve although the chain says tier {{declared}} and this machine shows tier {{tier}}. The network may count none of this uptime. Your stake is not touched either way.',
    confirmYes: 'Serve at my own risk',
  },
  cards: {
    title: 'Graphics cards',
    none: 'No graphics card was found',
    noneBody:
      'If there is one, its driver may be missing or not loaded. The node can serve on the processor, as tier 1.',
    decides: 'decides the tier',
    notCounted: 'does not count',
    counted: 'counts',
    use: 'Use for this node',
    useWhich: 'Use {{card}} for this node',
    vram: 'Memory',
    shared: '{{shared}} more are shared with the processor and do not count',
    driver: 'Driver',
    alone: 'Alone it makes tier {{tier}}',
    kind: {
      discrete: 'Card of its own',
      integrated: 'Part of the processor',
      unified: 'Shares the main memory',
      unknown: 'Kind not known',
    },
    load: 'Load',
    memoryUsed: 'Memory in use',
    temperature: 'Temperature',
    power: 'Power',
    percent: '{{percent}} %',
    celsius: '{{celsius}} °C',
    watts: '{{watts}} W',
    live: 'Live while this page is open',
    notLive: 'Live figures are not available just now.',
    restart: 'The choice takes effect when the node is restarted.',
  },
  findings: {
    title: 'What could not be read',
    lead: 'A tool that answers badly may hide a card, and a card that is not seen does not count.',
    said: 'It said: {{detail}}',
    words: {
      'tool-failed':
        '{{tool}} is installed and failed. If there is a card of that kind, it does not count. Mend its driver, then look again.',
      'tool-timed-out':
        '{{tool}} did not answer in time. The driver may hang: restart the computer, then look again.',
      'tool-output-too-large':
        '{{tool}} answered something that cannot be read, so its card does not count. Update the driver, then look again.',
      'tool-output-unreadable':
        '{{tool}} answered something that cannot be read, so its card does not count. Update the driver, then look again.',
      'tool-not-permitted':
        '{{tool}} may not look at the card. Allow it for the user who runs the node (on Linux: groups render and video), log in anew, then look again.',
      'memory-not-reported':
        'A card does not report its memory to {{tool}}, so it counts as tier 2. Update the driver, then look again.',
      'driver-not-loaded':
        '{{tool}} is installed and its driver is not loaded. Restart the computer; if that does not help, install the driver anew.',
      'driver-mismatch':
        'The driver behind {{tool}} was updated and the old one still runs. Restart the computer.',
      'driver-too-old':
        'The driver is good enough to be read and too old for Ollama, so models run on the processor. Update the driver.',
      'card-lost':
        'A card does not answer its driver any more. Restart the computer; if it happens again, check its power and its slot.',
      'gpu-without-driver':
        'There is a graphics card that no working driver serves, so it does not count. Install its driver, restart, then look again.',
      'mig-enabled':
        'The card is cut into instances (MIG). It is counted once, by its whole memory; Ollama may see less.',
      partitioned: 'The accelerator is cut into partitions. It is counted once.',
      'virtual-gpu':
        'This is a virtual machine’s stand-in for a graphics card. It does no work and does not count.',
      'wsl-nvidia-only': 'Under WSL only NVIDIA cards can be read. Another card does not count here.',
      'chosen-card-missing':
        'A card that you chose is not there. Attach it, or choose among the cards shown here.',
    },
    other: '{{tool}} reported something that this page has no words for: {{code}}.',
  },
  hold: {
    title: 'Registering is held for now',
    body: 'A graphics card may be hidden here, and a registered tier is not known to be changeable. So a doubtful tier 1 is not registered by accident: mend what is named and look again.',
    acceptLead: 'If there is no card to be found, or you want to go on without it:',
    accept: 'Register as tier 1 all the same',
  },
} as const;
