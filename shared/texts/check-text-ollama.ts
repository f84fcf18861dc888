import { formatBytes, formatDuration } from '../format.ts';
import { describeGpuCause } from '../hardware/gpu-causes.ts';
import { failed, notChecked, ok, tier, type Wordings, warning } from './check-wording.ts';
import { describeReason, printable } from './error-text.ts';

/** What `verify` says of hardware, Ollama and models. */
export const ollamaTexts = {
  'hardware-probed': ok(
    'hardware',
    ({ tier: number, gpu }) =>
      `This machine is ${tier(number)}${gpu === null ? ', without a GPU' : `: ${gpu}`}.`,
  ),
  'hardware-doubtful': warning(
    'hardware',
    ({ tier: number, tool, detail }) =>
      `This machine shows ${tier(number)}, but ${tool} had trouble${detail === '' ? '' : `: ${printable(detail)}`}; a GPU may be missing from the count.`,
    'Mend the driver, then run: parallelix-operator probe',
  ),
  'hardware-noted': warning(
    'hardware',
    ({ tier: number, count, first }) =>
      `This machine is ${tier(number)}; there ${count === 1 ? 'is a note' : `are ${count} notes`} on its hardware${count === 1 ? '' : ', the first'}: ${printable(first)}.`,
    'See what each means with: parallelix-operator probe',
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
      `Ollama answers at ${url}, version ${printable(version)}: one so old drops the beginning of a prompt that is too long, or cannot tell what a model is for.`,
    'Update Ollama the way it was installed; one that this program installed: parallelix-operator ollama install',
  ),
  'ollama-startable': warning(
    'ollama',
    ({ url }) => `Ollama is installed and does not run at ${url}; the node starts it when it starts itself.`,
    'Run: parallelix-operator start',
  ),
  'ollama-remote': warning(
    'ollama',
    ({ url }) =>
      `Ollama answers at ${url}, which is another computer: what people ask travels there over your network.`,
    'Let it run on this computer, or keep that network to yourself.',
  ),
  'ollama-missing': failed(
    'ollama',
    ({ url }) =>
      `Ollama is not installed here and nothing answers at ${url}; the node cannot serve and earns nothing.`,
    'Run: parallelix-operator ollama install',
  ),
  'ollama-down': failed(
    'ollama',
    ({ url, reason }) =>
      `Ollama does not answer at ${url} (${describeReason(reason)}); the node cannot serve and earns nothing.`,
    'Run: parallelix-operator ollama start, or give its address with --ollama-url.',
  ),
  'ollama-strange': failed(
    'ollama',
    ({ url, reason }) => `Something else than Ollama answers at ${url} (${describeReason(reason)}).`,
    'Check the address given with --ollama-url or OLLAMA_HOST.',
  ),
  'model-ready': ok(
    'model',
    ({ model, servable, cloud, embedding }) =>
      `${printable(model)} serves what names no model; ${servable} installed ${servable === 1 ? 'model' : 'models'} can serve${excluded(cloud, embedding)}.`,
  ),
  'model-too-big': warning(
    'model',
    ({ model, neededBytes, budgetBytes }) =>
      `${printable(model)} needs ${formatBytes(neededBytes)} and this machine has ${formatBytes(budgetBytes)} for models; answers may miss their deadline, or the model cannot be loaded.`,
    'Choose a smaller one: parallelix-operator models recommend',
  ),
  'model-asked-for-missing': warning(
    'model',
    ({ wanted, model }) =>
      `${printable(wanted)} is not installed or cannot serve; ${printable(model)} serves in its place.`,
    ({ wanted }) => `Run: parallelix-operator models pull ${printable(wanted)}`,
  ),
  'model-none': failed(
    'model',
    () => 'No model that can serve is installed; the node cannot start and earns nothing.',
    ({ recommended }) => `Run: parallelix-operator models pull ${recommended}`,
  ),
  'model-not-checked': notChecked(
    'model',
    () => 'The models cannot be seen while Ollama does not answer.',
    'Mend Ollama first.',
  ),
  'generation-works': ok(
    'generation',
    ({ model, ms }) => `${printable(model)} answered a test in ${formatDuration(ms)}.`,
  ),
  'generation-fails': failed(
    'generation',
    ({ model, reason }) =>
      `Ollama runs, but ${printable(model)} didn't answer a test: ${describeReason(reason)}. Your node can't serve requests.`,
    'Restart Ollama, then verify again.',
  ),
  'generation-timed-out': failed(
    'generation',
    ({ model, limitMs }) =>
      `${printable(model)} didn't answer a test within ${formatDuration(limitMs)}. Your node can't serve requests in time.`,
    'Restart Ollama, or choose a smaller model: parallelix-operator models recommend',
  ),
  'generation-loading': warning(
    'generation',
    ({ model, limitMs }) =>
      `${printable(model)} didn't load within ${formatDuration(limitMs)}. The first request may miss its deadline.`,
    'Verify again once it is loaded.',
  ),
  'generation-no-memory': failed(
    'generation',
    ({ model }) => `There isn't enough memory to load ${printable(model)}. Your node can't serve requests.`,
    'Close other programs, or choose a smaller model: parallelix-operator models recommend',
  ),
  'generation-queue-full': warning(
    'generation',
    ({ model }) => `Ollama is busy, and refused a test of ${printable(model)}. It may refuse requests too.`,
    'Check which other programs use this Ollama.',
  ),
  'generation-while-serving': notChecked(
    'generation',
    () => 'Your node is answering requests; a test would delay them.',
    null,
  ),
  'generation-while-testing': notChecked(
    'generation',
    () => 'A speed test is running; a second one would change its figures.',
    'Verify again when it has ended.',
  ),
  'generation-not-checked': notChecked(
    'generation',
    () => 'Answers need a running Ollama and a model.',
    'Fix Ollama and the model first.',
  ),
  'gpu-used': ok('gpu', ({ model, percent }) => `${printable(model)} lies on the GPU, ${percent} % of it.`),
  'gpu-unused': warning(
    'gpu',
    ({ model, gpu, cause }) =>
      `Ollama runs ${printable(model)} on the processor though there is a ${printable(gpu)}; answers may miss their deadline. Likely ${describeGpuCause(cause)}.`,
    'Mend that and start Ollama again; its own log tells what it found: parallelix-operator ollama status',
  ),
  'gpu-none': ok('gpu', () => 'There is no GPU that models could use here; they run on the processor.'),
  'gpu-not-checked': notChecked(
    'gpu',
    () => 'Whether models use the GPU is seen once one is in memory.',
    'Verify again while the node runs.',
  ),
  'models-disk-has-room': ok(
    'models-disk',
    ({ path, freeBytes }) => `${formatBytes(freeBytes)} are free for models in ${printable(path)}.`,
  ),
  'models-disk-guessed': ok(
    'models-disk',
    ({ path, freeBytes }) =>
      `${formatBytes(freeBytes)} are free in ${printable(path)}, where Ollama usually stores models. It hasn't said so.`,
  ),
  'models-disk-tight': warning(
    'models-disk',
    ({ path, freeBytes, reserveBytes }) =>
      `Only ${formatBytes(freeBytes)} are free in ${printable(path)}, and ${formatBytes(reserveBytes)} are kept free; no model is downloaded.`,
    'Free some space, or delete a model: parallelix-operator models rm NAME',
  ),
  'models-disk-not-checked': notChecked(
    'models-disk',
    () =>
      'The space for models cannot be told: they lie on another computer, or in a folder that cannot be read.',
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
      `${concurrency} requests are taken at a time, and how many this Ollama runs at once is not known: it was not started by this node. If they are fewer, the others wait and may miss their deadline.`,
    ({ concurrency }) =>
      `Set OLLAMA_NUM_PARALLEL=${concurrency} where Ollama is started, or run: parallelix-operator config set concurrency 1`,
  ),
} satisfies Partial<Wordings>;

function excluded(cloud: number, embedding: number): string {
  const parts = [
    ...(embedding > 0 ? [`${embedding} only for embeddings`] : []),
    ...(cloud > 0 ? [`${cloud} in a cloud, where no prompt goes`] : []),
  ];
  return parts.length === 0 ? '' : `; left out: ${parts.join(', ')}`;
}
