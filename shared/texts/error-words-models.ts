import { formatBytes, formatDuration } from '../format.ts';
import { printable } from '../printable.ts';
import { describeReason } from '../reasons/reason-text.ts';
import { type ErrorTexts, eitherWay, problem } from './problem.ts';

const unchanged = 'Nothing was changed.';
const notEarning = 'Your node can’t serve, so you’re not earning.';
const keptPart = 'Nothing was installed. What was downloaded is kept.';
const kept = 'What was downloaded is kept.';
const returned = 'The request was returned.';
const resume = 'Retry to resume the download.';

const uses = {
  request: 'is answering a request',
  default: 'is the default model',
  test: 'is being tested',
  pull: 'is being downloaded',
} as const;

/** Problems with Ollama, models and answers. */
export const modelErrorTexts = {
  'ollama-missing': ({ url }) =>
    problem(
      `Ollama isn’t installed on this computer, and nothing answers at ${url}.`,
      notEarning,
      eitherWay('Install Ollama on the Models page.', 'Install it with: parallelix-operator ollama install'),
    ),
  'no-servable-model': ({ url, installed, recommended }) =>
    problem(
      `Ollama at ${url} has ${installed === 0 ? 'no model' : 'no model that can serve'}.`,
      notEarning,
      eitherWay(
        `Download ${recommended}, which fits this computer.`,
        `Download one that fits this computer: parallelix-operator models pull ${recommended}`,
      ),
    ),
  'ollama-unreachable': ({ url, reason }) =>
    problem(
      `Ollama doesn’t answer at ${url} (${describeReason(reason)}).`,
      notEarning,
      eitherWay('Start Ollama.', 'Start Ollama, then retry. With --wait the node waits for it.'),
    ),
  'ollama-answer-invalid': ({ url, reason }) =>
    problem(
      `That address isn’t Ollama: ${url} (${describeReason(reason)}).`,
      notEarning,
      eitherWay('Check the address in Settings.', 'Check --ollama-url.'),
    ),
  'ollama-error': ({ status }) =>
    problem(
      `Ollama answered with an error (HTTP ${status}).`,
      'Your node can’t serve until it’s solved.',
      'Check Ollama’s log.',
    ),
  'ollama-died': ({ reason }) =>
    problem(`Ollama disconnected during an answer (${describeReason(reason)}).`, returned, 'Restart Ollama.'),
  'ollama-elsewhere': ({ url }) =>
    problem(
      `Ollama at ${url} isn’t on this computer, so it can’t be started or stopped from here.`,
      unchanged,
      'Start it there. Your node resumes once it answers.',
    ),
  'ollama-not-ours': ({ url }) =>
    problem(
      `The Ollama at ${url} wasn’t started by this program, so it isn’t stopped or changed.`,
      'Your node keeps using it.',
      'Stop it where it was started.',
    ),
  'ollama-start-failed': ({ reason, logFile }) =>
    problem(
      `Ollama didn’t start (${describeReason(reason)}).`,
      notEarning,
      `Its own messages are at the end of ${logFile}`,
    ),
  'ollama-install-unavailable': ({ version, platform, command }) =>
    problem(
      `This version can’t install Ollama ${version} on ${platform}, because it knows no checksum for it.`,
      'Nothing was downloaded.',
      eitherWay(
        'Install Ollama from ollama.com. Your node detects it.',
        `Install it yourself. Your node detects it: ${command}`,
      ),
    ),
  'download-failed': ({ url, reason }) =>
    problem(`The download from ${url} failed: ${describeReason(reason)}.`, keptPart, resume),
  'download-stalled': ({ url, silentMs }) =>
    problem(
      `The download from ${url} stalled several times for ${formatDuration(silentMs)}.`,
      keptPart,
      resume,
    ),
  'download-mismatch': ({ url, expected, found }) =>
    problem(
      `The download from ${url} isn’t the published file (expected ${printable(expected, 80)}, found ${printable(found, 80)}).`,
      'It was deleted, and nothing was installed.',
      'Retry. If this stays, something on the way changes downloads.',
    ),
  'archive-unusable': ({ name, reason }) =>
    problem(
      `${printable(name)} can’t be unpacked (${describeReason(reason)}).`,
      'Nothing was installed, and nothing of it was kept.',
      'Retry.',
    ),
  'no-room': ({ path, neededBytes, freeBytes }) =>
    problem(
      `There isn’t enough space on the disk of ${path}: ${formatBytes(neededBytes)} are needed${freeBytes === null ? '' : `, ${formatBytes(freeBytes)} are free`}.`,
      'Nothing was installed.',
      'Free up disk space, then retry.',
    ),
  'model-not-installed': ({ model }) =>
    problem(
      `The model ${printable(model)} isn’t installed.`,
      'Requests for it are returned.',
      eitherWay(
        'Download it on the Models page.',
        `Run: parallelix-operator models pull ${printable(model)}`,
      ),
    ),
  'model-name-invalid': ({ model }) =>
    problem(
      `No model can be called "${printable(model)}".`,
      unchanged,
      'Enter a name like llama3.2 or qwen2.5:7b.',
    ),
  'model-cloud': ({ model }) =>
    problem(
      `${printable(model)} runs on other people’s computers, and prompts are only answered on your own.`,
      unchanged,
      'Choose a model without "cloud" in its name.',
    ),
  'model-unknown': ({ model }) =>
    problem(
      `The library has no model ${printable(model)}.`,
      unchanged,
      eitherWay(
        'Check the spelling, or choose one from the list.',
        'Check the spelling, or choose one from: parallelix-operator models catalog',
      ),
    ),
  'model-in-use': ({ model, use }) =>
    problem(
      `${printable(model)} ${Object.hasOwn(uses, use) ? uses[use] : 'is in use'}.`,
      unchanged,
      use === 'default'
        ? eitherWay('Choose another default first.', 'Choose another default first, or add --yes.')
        : 'Retry when that has ended.',
    ),
  'pull-needs-consent': ({ model, sizeBytes, askAboveBytes }) =>
    problem(
      `${printable(model)} wasn’t downloaded yet: ${sizeBytes === null ? 'its size isn’t known' : `it is ${formatBytes(sizeBytes)} or more`}.`,
      `Above ${formatBytes(askAboveBytes)} you decide.`,
      eitherWay(
        'Confirm the download.',
        `Download it with: parallelix-operator models pull ${printable(model)} --yes`,
      ),
    ),
  'pull-no-room': ({ model, path, neededBytes, freeBytes, reserveBytes }) => {
    const where = path === null ? 'where Ollama stores its models' : `in ${printable(path)}`;
    const figures = [
      ...(neededBytes === null ? [] : [`${formatBytes(neededBytes)} are missing`]),
      ...(freeBytes === null ? [] : [`${formatBytes(freeBytes)} are free`]),
      ...(path === null ? [] : [`${formatBytes(reserveBytes)} are kept free`]),
    ].join(', ');
    return problem(
      `There isn’t enough space for ${printable(model)} ${where}${figures === '' ? '' : `: ${figures}`}.`,
      kept,
      'Free up disk space or delete a model, then retry.',
    );
  },
  'pull-stalled': ({ model, attempts, silentMs }) =>
    problem(
      `The download of ${printable(model)} stalled ${attempts} times for ${formatDuration(silentMs)}.`,
      kept,
      'Check the network, then retry.',
    ),
  'pull-incomplete': ({ model }) =>
    problem(
      `Ollama ended the download of ${printable(model)} without confirming it.`,
      `It doesn’t count as installed. ${kept}`,
      resume,
    ),
  'pull-corrupt': ({ model }) =>
    problem(
      `The download of ${printable(model)} has another checksum than the library, so Ollama deleted it.`,
      null,
      'Retry. If this stays, something on the way changes downloads.',
    ),
  'pull-needs-newer-ollama': ({ model }) =>
    problem(
      `${printable(model)} needs a newer Ollama.`,
      unchanged,
      'Update Ollama, or choose another model.',
    ),
  'pull-failed': ({ model, reason }) =>
    problem(`Ollama couldn’t download ${printable(model)} (${describeReason(reason)}).`, kept, resume),
  'model-needs-memory': ({ model }) =>
    problem(
      `There is too little free memory to load ${printable(model)}.`,
      'Your node takes no requests without it.',
      eitherWay(
        'Close other programs, or choose a smaller model.',
        'Close other programs, or choose a smaller model: parallelix-operator config set defaultModel NAME',
      ),
    ),
  'context-overflow': ({ model }) =>
    problem(`The request is longer than ${printable(model)} can read.`, returned, null),
  'result-empty': ({ model }) => problem(`${printable(model)} gave an empty answer.`, returned, null),
  'result-too-large': ({ limitBytes }) =>
    problem(`The answer was longer than ${formatBytes(limitBytes)}.`, returned, null),
  'deadline-exceeded': ({ deadlineMs }) =>
    problem(`The answer took longer than ${formatDuration(deadlineMs)}.`, returned, null),
  cancelled: ({ reason }) => problem(`Cancelled (${describeReason(reason)}).`, unchanged, null),
} satisfies Partial<ErrorTexts>;
