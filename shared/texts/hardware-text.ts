import { type Finding, type FindingCode, oldestNvidiaDriver } from '../hardware/findings.ts';
import { translatable } from '../language.ts';
import { describeReason } from '../reasons/reason-text.ts';
import { eitherWay, type Problem, problem, problemText, type Surface } from './problem.ts';

/** How a probe's findings are said; a new one without a text does not compile. */
export type FindingTexts = Readonly<Record<FindingCode, (tool: string, detail: string) => Problem>>;

/** What the tool printed is quoted. */
const said = (detail: string) => (detail === '' ? '' : `: ${describeReason(detail)}`);
const scanAgain = 'Update the driver, then scan again.';
const modelsOnCpu = 'but models may run on the CPU and answers may miss their deadline.';

const findingTexts: FindingTexts = {
  'tool-failed': (tool, detail) =>
    problem(
      `${tool} is installed and failed${said(detail)}.`,
      'If this computer has a GPU of that kind, it isn’t counted.',
      'Fix its driver, then scan again.',
    ),
  'tool-timed-out': (tool, detail) =>
    problem(
      `${tool} didn’t answer${said(detail)}. Its driver may hang.`,
      'Its GPU isn’t counted.',
      'Restart the computer, then scan again.',
    ),
  'tool-output-too-large': unreadable,
  'tool-output-unreadable': unreadable,
  'tool-not-permitted': (tool, detail) =>
    problem(
      `${tool} isn’t allowed to read the hardware${said(detail)}. Inside a container or a MIG instance that is usual.`,
      'What it can’t see isn’t counted.',
      `Elsewhere, allow this user to run ${tool}, then scan again.`,
    ),
  'memory-not-reported': (tool, detail) =>
    tool === 'i915' || tool === 'xe'
      ? problem(
          `${detail} does not report its memory to its driver ${tool}. Linux doesn’t report it for Intel GPUs yet.`,
          'Nothing is lost: the network’s rule doesn’t count Intel GPUs.',
          null,
        )
      : problem(
          `${detail || 'The GPU'} does not report its memory to ${tool}.`,
          'A GPU of unknown memory makes tier 2 at most. A chip with one memory for all, such as GB10 or Jetson, never reports it.',
          'For a card, update the driver and scan again.',
        ),
  'driver-not-loaded': (tool, detail) =>
    problem(
      `${tool} is installed, but its driver isn’t running${said(detail)}.`,
      'Its GPUs aren’t counted, and models can’t use them.',
      'Restart the computer. If that doesn’t help, install the driver again, then scan again.',
    ),
  'driver-mismatch': (_tool, detail) =>
    problem(
      `The NVIDIA driver was updated, and the old one still runs${said(detail)}.`,
      'Its GPUs aren’t counted, and models can’t use them.',
      'Restart the computer, then scan again.',
    ),
  'driver-too-old': (_tool, detail) =>
    problem(
      `The NVIDIA driver ${detail} is too old for today’s Ollama, which needs ${oldestNvidiaDriver} or newer.`,
      `Your tier counts, ${modelsOnCpu}`,
      'Update the driver.',
    ),
  'card-lost': (_tool, detail) =>
    problem(
      `A GPU no longer answers its driver${said(detail)}.`,
      'It isn’t counted.',
      'Restart the computer. If it is lost again, check its power and temperature.',
    ),
  'gpu-not-started': (_tool, detail) =>
    problem(
      `The NVIDIA driver runs but starts no GPU${said(detail)}.`,
      'A GPU in this computer isn’t counted.',
      'Update the driver, or check that it still supports this GPU. Then scan again.',
    ),
  'gpu-access-blocked': (_tool, detail) =>
    problem(
      `This container may not use its GPU${said(detail)}.`,
      'The GPU isn’t counted.',
      eitherWay(
        'Give the container access to it, then scan again.',
        'Give the container access to it (docker run --gpus all), then scan again.',
      ),
    ),
  'gpu-lost-in-container': (_tool, detail) =>
    problem(
      `This container has lost its GPU${said(detail)}.`,
      'The GPU isn’t counted.',
      'Restart the container, then scan again.',
    ),
  'jetson-without-tool': (_tool, detail) =>
    problem(
      `${detail} has a GPU, but nvidia-smi isn’t installed.`,
      'The GPU isn’t counted.',
      'Update to JetPack 6 or newer, then scan again.',
    ),
  'intel-build-on-apple-silicon': () =>
    problem(
      'This is the Intel version, and your Mac has Apple Silicon.',
      'Its GPU isn’t counted.',
      'Install the Apple Silicon version, then scan again.',
    ),
  'tool-warning': (tool, detail) =>
    problem(
      `${tool} warns about a GPU that works${said(detail)}.`,
      'It counts.',
      'Check the GPU when you can.',
    ),
  'gpu-without-driver': (tool, detail) => withoutDriver(tool, detail),
  'mig-enabled': (_tool, detail) =>
    problem(
      `${detail} is divided into MIG instances.`,
      'It counts as one GPU with all its memory. Ollama uses one instance, whose size isn’t reported.',
      eitherWay(
        'To use the whole GPU, turn MIG off.',
        'To use the whole GPU, turn MIG off: sudo nvidia-smi -mig 0',
      ),
    ),
  partitioned: (_tool, detail) =>
    problem(
      `${detail}: the accelerator is divided into partitions.`,
      'It counts as one GPU.',
      'To let a model use all of it, set its compute partition to SPX.',
    ),
  'virtual-gpu': (_tool, detail) =>
    problem(
      `${detail} is a virtual machine’s stand-in for a GPU.`,
      `It counts, ${modelsOnCpu}`,
      'Run the node on the Mac itself.',
    ),
  'wsl-nvidia-only': () =>
    problem(
      'WSL only shows NVIDIA GPUs, and none was found.',
      'A GPU of another vendor only counts under Linux itself.',
      'If there is an NVIDIA GPU, update its Windows driver and scan again.',
    ),
  'chosen-card-missing': (_tool, detail) =>
    problem(
      `The GPU ${detail} is selected in the settings but missing.`,
      'It isn’t counted.',
      eitherWay(
        'Select a GPU from the list.',
        'Select one of those listed: parallelix-operator config set hardware.cards UUID,UUID',
      ),
    ),
};

export const hardwareWords = translatable(findingTexts);

function unreadable(tool: string, detail: string): Problem {
  return problem(`${tool} gave an unreadable answer${said(detail)}.`, 'Its GPU isn’t counted.', scanAgain);
}

/** A GPU on the bus, by the driver that is bound to it. */
function withoutDriver(driver: string, gpu: string): Problem {
  const notCounted = 'It isn’t counted.';
  const restart = 'restart the computer and scan again.';
  switch (driver) {
    case 'none':
      return problem(
        `${gpu} is in this computer, but has no driver.`,
        notCounted,
        `Install its driver, ${restart}`,
      );
    case 'nouveau':
      return problem(
        `${gpu} is in this computer, but its driver is nouveau, which cannot run models.`,
        notCounted,
        `Install NVIDIA’s own driver, ${restart}`,
      );
    case 'vfio-pci':
      return problem(
        `${gpu} is in this computer, but set aside for a virtual machine.`,
        'It isn’t counted here.',
        'Run the node in that machine, or return the GPU to this system.',
      );
    case 'nvidia':
      return problem(
        `${gpu} is in this computer and has its driver, but nvidia-smi doesn’t show it.`,
        notCounted,
        eitherWay(
          'In a container, pass the GPU on. Elsewhere, install nvidia-smi from the driver’s package.',
          'In a container, pass the GPU on (docker run --gpus all). Elsewhere, install nvidia-smi from the driver’s package.',
        ),
      );
    case 'amdgpu':
    case 'i915':
    case 'xe':
      return problem(
        `${gpu} is in this computer and has its driver ${driver}, but can’t be reached from here.`,
        notCounted,
        eitherWay(
          'In a container, pass the GPU on.',
          'In a container, pass the GPU on (docker run --device /dev/dri --device /dev/kfd).',
        ),
      );
    default:
      return problem(
        `${gpu} is in this computer, but its driver is ${driver}, which cannot run models.`,
        notCounted,
        `Install its vendor’s driver, ${restart}`,
      );
  }
}

/** A finding as text: what was found, what it means for earning, and what to do. */
export function findingText({ code, tool, detail }: Finding, surface: Surface = 'terminal'): string {
  return problemText(hardwareWords()[code](tool, detail), surface);
}
