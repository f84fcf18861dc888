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

/** Ollama's own minimum: older drivers run nvidia-smi, and the models on the CPU. [docs.ollama.com/gpu] */
export const oldestNvidiaDriver = 550;
