import { formatBytes, formatDuration } from '../format.ts';
import { describeGpuCause } from '../hardware/gpu-causes.ts';
import { failed, notChecked, ok, tier, type Wordings, warning } from './check-wording.ts';
import { describeReason, printable } from './error-text.ts';
import { describePlace } from './place-text.ts';
import { eitherWay } from './problem.ts';

/** What `verify` says of hardware, Ollama and models. */
export const ollamaTexts = {
  'hardware-probed': ok(
    'hardware',
    ({ tier: number, gpu }) =>
      `This computer is ${tier(number)}${gpu === null ? ', without a GPU' : `: ${gpu}`}.`,
  ),
  'hardware-doubtful': warning(
    'hardware',
    ({ tier: number, tool, detail }) =>
      `This computer shows ${tier(number)}, but ${describePlace(tool)} had trouble${detail === '' ? '' : `: ${describeReason(detail)}`}. A GPU may be missing from the count.`,
    eitherWay('Fix the driver, then scan again.', 'Fix the driver, then run: parallelix-operator probe'),
  ),
  'hardware-noted': warning(
    'hardware',
    ({ tier: number, count, first }) =>
      `This computer is ${tier(number)}. There ${count === 1 ? 'is a note' : `are ${count} notes`} on its hardware${count === 1 ? '' : ', the first'}: ${printable(first)}.`,
    eitherWay('Read them on the Hardware page.', 'See what each means with: parallelix-operator probe'),
  ),
  'ollama-answers': ok(
    'ollama',
    ({ url, version, whose }) =>
      `Ollama answers at ${url}${version === null ? '' : `, version ${printable(version)}`}${
        whose === 'ours' ? ', started by this node' : whose === 'users' ? ', not started by this node' : ''
      }.`,
  ),
  'ollama-old': warning(
    'ollama',
    ({ url, version }) =>
      `Ollama at ${url} is version ${printable(version)}. One so old cuts long prompts, or can’t tell what a model is for.`,
    eitherWay(
      'Update Ollama the way it was installed.',
      'Update Ollama the way it was installed. If this program installed it: parallelix-operator ollama install',
    ),
  ),
  'ollama-startable': warning(
    'ollama',
    ({ url }) => `Ollama is installed and isn’t running at ${url}. Your node starts it.`,
    eitherWay('Start the node.', 'Run: parallelix-operator start'),
  ),
  'ollama-remote': warning(
    'ollama',
    ({ url }) =>
      `Ollama answers at ${url}, which is another computer. Other people’s prompts travel there over your network.`,
    'Run Ollama on this computer, or keep that network private.',
  ),
  'ollama-missing': failed(
    'ollama',
    ({ url }) =>
      `Ollama isn’t installed, and nothing answers at ${url}. Your node can’t serve, so you’re not earning.`,
    eitherWay('Install Ollama on the Models page.', 'Run: parallelix-operator ollama install'),
  ),
  'ollama-down': failed(
    'ollama',
    ({ url, reason }) =>
      `Ollama doesn’t answer at ${url} (${describeReason(reason)}). Your node can’t serve, so you’re not earning.`,
    eitherWay(
      'Start Ollama on the Models page.',
      'Run: parallelix-operator ollama start, or enter its address with --ollama-url.',
    ),
  ),
  'ollama-strange': failed(
    'ollama',
    ({ url, reason }) => `That address isn’t Ollama: ${url} (${describeReason(reason)}).`,
    eitherWay('Check the address in Settings.', 'Check the address in --ollama-url or OLLAMA_HOST.'),
  ),
  'model-ready': ok(
    'model',
    ({ model, servable, cloud, embedding }) =>
      `${printable(model)} is the default model. ${servable} installed ${servable === 1 ? 'model' : 'models'} can serve${excluded(cloud, embedding)}.`,
  ),
  'model-too-big': warning(
    'model',
    ({ model, neededBytes, budgetBytes }) =>
      `${printable(model)} needs ${formatBytes(neededBytes)}, and models may use ${formatBytes(budgetBytes)} here. Answers may miss their deadline, or the model may not load.`,
    eitherWay('Choose a smaller model.', 'Choose a smaller one: parallelix-operator models recommend'),
  ),
  'model-asked-for-missing': warning(
    'model',
    ({ wanted, model }) =>
      `${printable(wanted)} isn’t installed or can’t serve. ${printable(model)} serves instead.`,
    ({ wanted }) =>
      eitherWay(
        'Download it on the Models page.',
        `Run: parallelix-operator models pull ${printable(wanted)}`,
      ),
  ),
  'model-none': failed(
    'model',
    () => 'No model that can serve is installed. Your node can’t start, so you’re not earning.',
    ({ recommended }) =>
      eitherWay(
        `Download ${recommended} on the Models page.`,
        `Run: parallelix-operator models pull ${recommended}`,
      ),
  ),
  'model-not-checked': notChecked(
    'model',
    () => 'The models can’t be listed while Ollama doesn’t answer.',
    'Fix Ollama first.',
  ),
  'generation-works': ok(
    'generation',
    ({ model, ms }) => `${printable(model)} answered a test in ${formatDuration(ms)}.`,
  ),
  'generation-fails': failed(
    'generation',
    ({ model, reason }) =>
      `Ollama runs, but ${printable(model)} didn’t answer a test: ${describeReason(reason)}. Your node can’t serve requests.`,
    'Restart Ollama, then run the checks again.',
  ),
  'generation-timed-out': failed(
    'generation',
    ({ model, limitMs }) =>
      `${printable(model)} didn’t answer a test within ${formatDuration(limitMs)}. Your node can’t serve requests in time.`,
    eitherWay(
      'Restart Ollama, or choose a smaller model.',
      'Restart Ollama, or choose a smaller model: parallelix-operator models recommend',
    ),
  ),
  'generation-loading': warning(
    'generation',
    ({ model, limitMs }) =>
      `${printable(model)} didn’t load within ${formatDuration(limitMs)}. The first request may miss its deadline.`,
    'Run the checks again once it is loaded.',
  ),
  'generation-no-memory': failed(
    'generation',
    ({ model }) => `There isn’t enough memory to load ${printable(model)}. Your node can’t serve requests.`,
    eitherWay(
      'Close other programs, or choose a smaller model.',
      'Close other programs, or choose a smaller model: parallelix-operator models recommend',
    ),
  ),
  'generation-queue-full': warning(
    'generation',
    ({ model }) => `Ollama is busy, and refused a test of ${printable(model)}. It may refuse requests too.`,
    'Check which other programs use this Ollama.',
  ),
  'generation-while-serving': notChecked(
    'generation',
    () => 'Your node is answering requests, and a test would delay them.',
    null,
  ),
  'generation-while-testing': notChecked(
    'generation',
    () => 'A speed test is running, and a second one would change its figures.',
    'Run the checks again when it has ended.',
  ),
  'generation-not-checked': notChecked(
    'generation',
    () => 'Answers need a running Ollama and a model.',
    'Fix Ollama and the model first.',
  ),
  'gpu-used': ok('gpu', ({ model, percent }) => `${printable(model)} runs on the GPU, ${percent} % of it.`),
  'gpu-unused': warning(
    'gpu',
    ({ model, gpu, cause }) =>
      `${printable(model)} is running on the CPU, not on your ${printable(gpu)}. Answers may miss their deadline.${cause === '' ? '' : ` Likely ${describeGpuCause(cause)}.`}`,
    eitherWay(
      'Restart Ollama. Its log says why it left the GPU out.',
      'Restart Ollama. Its log says why it left the GPU out: parallelix-operator ollama status',
    ),
  ),
  'gpu-none': ok('gpu', () => 'There is no GPU that models could use here, so they run on the CPU.'),
  'gpu-not-checked': notChecked(
    'gpu',
    () => 'Whether models use the GPU is known once one is in memory.',
    'Run the checks again while the node runs.',
  ),
  'models-disk-has-room': ok(
    'models-disk',
    ({ path, freeBytes }) => `${formatBytes(freeBytes)} are free for models in ${printable(path)}.`,
  ),
  'models-disk-guessed': ok(
    'models-disk',
    ({ path, freeBytes }) =>
      `${formatBytes(freeBytes)} are free in ${printable(path)}, where Ollama usually stores models. It hasn’t said so.`,
  ),
  'models-disk-tight': warning(
    'models-disk',
    ({ path, freeBytes, reserveBytes }) =>
      `Only ${formatBytes(freeBytes)} are free in ${printable(path)}, and ${formatBytes(reserveBytes)} are kept free. No model is downloaded.`,
    eitherWay(
      'Free up disk space, or delete a model.',
      'Free up disk space, or delete a model: parallelix-operator models rm NAME',
    ),
  ),
  'models-disk-not-checked': notChecked(
    'models-disk',
    () =>
      'The space for models isn’t known. They are on another computer, or in a folder that can’t be read.',
    null,
  ),
  'parallel-fits': ok('parallel', ({ concurrency }) =>
    concurrency === 1
      ? 'Requests are answered one at a time.'
      : `${concurrency} requests are answered at a time, and Ollama was started for as many.`,
  ),
  'parallel-unknown': warning(
    'parallel',
    ({ concurrency }) =>
      `${concurrency} requests are taken at a time, but this Ollama wasn’t started by your node. If it runs fewer, the others wait and may miss their deadline.`,
    ({ concurrency }) =>
      eitherWay(
        'Set parallel requests to 1.',
        `Set OLLAMA_NUM_PARALLEL=${concurrency} where Ollama is started, or run: parallelix-operator config set concurrency 1`,
      ),
  ),
} satisfies Partial<Wordings>;

function excluded(cloud: number, embedding: number): string {
  const parts = [
    ...(embedding > 0 ? [`${embedding} only for embeddings`] : []),
    ...(cloud > 0 ? [`${cloud} in a cloud, where no prompt goes`] : []),
  ];
  return parts.length === 0 ? '' : `. Left out: ${parts.join(', ')}`;
}
