/** What a probe of the hardware can find, beside the cards themselves. */
export const findingCodes = [
  'tool-failed',
  'tool-timed-out',
  'tool-output-too-large',
  'tool-output-unreadable',
  /** The tool may not be run, or may not read the card. */
  'tool-not-permitted',
  'memory-not-reported',
  /** The tool is there, its driver in the kernel is not. */
  'driver-not-loaded',
  /** The driver was updated and the old one still runs. */
  'driver-mismatch',
  /** Good enough to be probed, too old for Ollama; `detail` is its version. */
  'driver-too-old',
  /** The card fell off the bus or does not answer its driver. */
  'card-lost',
  /** NVIDIA's driver runs and starts no GPU. */
  'gpu-not-started',
  /** A container's control group keeps the GPU from it. */
  'gpu-access-blocked',
  /** A container that had a GPU and lost its device files. */
  'gpu-lost-in-container',
  /** A Jetson whose system comes without nvidia-smi. */
  'jetson-without-tool',
  /** This build of the program is for Intel, the Mac has Apple Silicon. */
  'intel-build-on-apple-silicon',
  /** The tool warns of a GPU that works. */
  'tool-warning',
  /** A GPU on the bus that no working driver serves; `tool` is the driver bound to it, else `none`. */
  'gpu-without-driver',
  /** One card, cut into instances by NVIDIA's MIG. */
  'mig-enabled',
  /** One accelerator, cut into partitions by AMD's driver. */
  'partitioned',
  /** A virtual machine's stand-in for a GPU. */
  'virtual-gpu',
  /** Under WSL only NVIDIA cards can be read. */
  'wsl-nvidia-only',
  /** A card was chosen that is not there; `detail` is its UUID. */
  'chosen-card-missing',
] as const;
export type FindingCode = (typeof findingCodes)[number];

/** Something worth telling the operator about the probe itself. */
export interface Finding {
  code: FindingCode;
  tool: string;
  /** First line of what the tool printed, or the card; at most 200 characters, no control characters. */
  detail: string;
}

/** Ollama's own minimum: older drivers run nvidia-smi, and the models on the processor. [docs.ollama.com/gpu] */
export const oldestNvidiaDriver = 550;

/** What was found, what it means for earning, and what to do. */
export function findingText({ code, tool, detail }: Finding): string {
  const said = detail === '' ? '' : `: ${detail}`;
  switch (code) {
    case 'tool-failed':
      return `${tool} is installed and failed${said}. If this machine has a GPU of that kind it is not counted; mend its driver and probe again.`;
    case 'tool-timed-out':
      return `${tool} did not answer${said}. Its driver may hang, and its GPU is not counted; restart the computer and probe again.`;
    case 'tool-output-too-large':
    case 'tool-output-unreadable':
      return `${tool} answered something that cannot be read${said}. Its card is not counted; update the driver and probe again.`;
    case 'tool-not-permitted':
      return `${tool} is not allowed to look${said}. What it may not see does not count. Inside a container or a MIG instance that is usual; elsewhere allow this user to run ${tool} and probe again.`;
    case 'memory-not-reported':
      if (tool === 'i915' || tool === 'xe')
        return `${detail} does not report its memory to its driver ${tool}, so it is not counted. Linux doesn’t report it for Intel GPUs yet. Nothing is lost: the network’s rule doesn’t count Intel GPUs.`;
      return `${detail || 'The card'} does not report its memory to ${tool}, and a card of unknown memory makes tier 2 at most. A chip with one memory for all, such as GB10 or Jetson, never reports it; for a card, update the driver and probe again.`;
    case 'driver-not-loaded':
      return `${tool} is installed, but its driver does not run${said}. Its GPUs are not counted and models cannot use them. Restart the computer; if that does not help, install the driver again, then probe again.`;
    case 'driver-mismatch':
      return `The NVIDIA driver was updated, and the old one still runs${said}. Its GPUs are not counted and models cannot use them. Restart the computer and probe again.`;
    case 'driver-too-old':
      return `The NVIDIA driver ${detail} is too old for today’s Ollama, which needs ${oldestNvidiaDriver} or newer. The tier stands, but models run on the processor and requests may take too long. Update the driver.`;
    case 'card-lost':
      return `A GPU no longer answers its driver${said}. It is not counted. Restart the computer; if it is lost again, look at its power and its temperature.`;
    case 'gpu-not-started':
      return `The NVIDIA driver runs but starts no GPU${said}. A GPU in this computer isn’t counted. Update the driver, or check that it still supports this GPU, then scan again.`;
    case 'gpu-access-blocked':
      return `This container may not use its GPU${said}. The GPU isn’t counted. Give the container access to it (docker run --gpus all), then scan again.`;
    case 'gpu-lost-in-container':
      return `This container has lost its GPU${said}. The GPU isn’t counted. Restart the container, then scan again.`;
    case 'jetson-without-tool':
      return `${detail} has a GPU, but nvidia-smi isn’t installed. The GPU isn’t counted. Update to JetPack 6 or newer, then scan again.`;
    case 'intel-build-on-apple-silicon':
      return 'This is the Intel version, and your Mac has Apple Silicon. Its GPU isn’t counted. Install the Apple Silicon version, then scan again.';
    case 'tool-warning':
      return `${tool} warns about a GPU that works${said}. It counts. Check the GPU when you can.`;
    case 'gpu-without-driver':
      return `${detail} ${withoutDriver(tool)}, then probe again.`;
    case 'mig-enabled':
      return `${detail} is cut into MIG instances. It counts as one card with all its memory, but Ollama uses one instance, whose size is not told. To use the whole card turn MIG off: sudo nvidia-smi -mig 0`;
    case 'partitioned':
      return `${detail}: the accelerator is cut into partitions. It counts as one card. To let a model use all of it, set its compute partition to SPX.`;
    case 'virtual-gpu':
      return `${detail} is a virtual machine’s stand-in for a GPU. The rule counts it, but models may run on the processor and requests may take too long. Better run the node on the Mac itself.`;
    case 'wsl-nvidia-only':
      return 'Under WSL only NVIDIA cards can be seen, and none is. If there is one, update its Windows driver and probe again; a card of another vendor counts only under Linux itself.';
    case 'chosen-card-missing':
      return `The card ${detail} is chosen in the settings and is not there, so it does not count. Choose again from the cards listed: parallelix-operator config set hardware.cards UUID,UUID`;
  }
}

/** How the sentence about a GPU on the bus goes on, by the driver that is bound to it. */
function withoutDriver(driver: string): string {
  switch (driver) {
    case 'none':
      return 'is in this machine, but has no driver, so it is not counted. Install its driver and restart the computer';
    case 'nouveau':
      return 'is in this machine, but its driver is nouveau, which cannot run models, so it is not counted. Install NVIDIA’s own driver and restart the computer';
    case 'vfio-pci':
      return 'is in this machine, but set aside for a virtual machine, so it is not counted here. Run the node in that machine, or give the card back';
    case 'nvidia':
      return 'is in this machine and has its driver, but nvidia-smi does not show it, so it is not counted. In a container the GPU must be passed on (docker run --gpus all); elsewhere install nvidia-smi from the driver’s package';
    case 'amdgpu':
    case 'i915':
    case 'xe':
      return `is in this machine and has its driver ${driver}, but cannot be reached from here, so it is not counted. In a container the GPU must be passed on (docker run --device /dev/dri --device /dev/kfd)`;
    default:
      return `is in this machine, but its driver is ${driver}, which cannot run models, so it is not counted. Install its vendor’s driver and restart the computer`;
  }
}
