import type { NodeErrorCode, NodeErrorDetails } from '../errors.ts';
import { formatDuration } from '../format.ts';
import { printable } from '../printable.ts';
import { describeReason } from '../reasons/reason-text.ts';
import { eitherWay, type Problem, problem } from './problem.ts';

type UpdateCode = Extract<NodeErrorCode, `update-${string}`>;

const owners: Readonly<Record<string, string>> = {
  deb: 'apt installed this program, from a deb package.',
  rpm: 'dnf installed this program, from an rpm package.',
  app: 'This command line is part of the ParalleliX Operator app, which updates it.',
  checkout: 'This program runs from a checkout of its sources.',
};

const running = 'Your node keeps running.';
const nothingInstalled = 'Nothing was installed, and your node keeps running.';
const later = 'Try again later.';

/** What keeps an update from happening. */
export const updateText: { readonly [C in UpdateCode]: (details: NodeErrorDetails[C]) => Problem } = {
  'update-not-here': ({ installedBy, command }) => {
    const owner = Object.hasOwn(owners, installedBy) ? owners[installedBy] : undefined;
    const how = installedBy === 'app' ? 'Update the app.' : 'Install the new version the same way.';
    return problem(
      owner ?? 'This copy was not installed by install.sh.',
      running,
      command === '' || installedBy === 'app' ? how : `Update with: ${printable(command, 400)}`,
    );
  },
  'update-needs-root': ({ command }) =>
    problem(
      'This program is installed for the whole computer, and only root can change it.',
      running,
      `Run: ${printable(command, 400)}`,
    ),
  'update-no-key': () =>
    problem(
      'This build has no release key, so it can’t check any update.',
      running,
      'Install an official release.',
    ),
  'update-untrusted': ({ url, reason }) =>
    problem(
      `The update at ${printable(url)} ${reason === 'unsigned' ? 'is not signed' : 'has a wrong signature'}.`,
      nothingInstalled,
      later,
    ),
  'update-manifest-invalid': ({ url, reason }) =>
    problem(
      `The update list at ${printable(url)} can’t be read (${describeReason(reason)}).`,
      nothingInstalled,
      later,
    ),
  'update-downgrade': ({ have, offered }) =>
    problem(
      `Version ${printable(offered)} is offered, and ${printable(have)} is installed. Older versions are never installed.`,
      running,
      later,
    ),
  'update-no-package': ({ version, platform }) =>
    problem(
      `Version ${printable(version)} has no package for this computer (${printable(platform)}).`,
      running,
      'Wait for the next version.',
    ),
  'update-too-slow': ({ limitMs }) =>
    problem(
      `The update took longer than ${formatDuration(limitMs)}.`,
      'Your node keeps running, and the download resumes next time.',
      later,
    ),
  'update-tool-missing': ({ tool }) =>
    problem(
      `The program ${printable(tool)} is missing, and updates are packed with it.`,
      running,
      `Install ${tool === 'xz' ? 'xz-utils (on Fedora: xz)' : printable(tool)}.`,
    ),
  'update-held-back': ({ version, reason, attempts }) =>
    problem(
      `Version ${printable(version)} failed here before (${attempts} ${attempts === 1 ? 'time' : 'times'}: ${describeReason(reason)}).`,
      running,
      eitherWay('Wait for the next version.', 'Retry with: parallelix-operator update'),
    ),
  'update-outside-window': ({ window }) =>
    problem(
      `It is outside the update window ${printable(window)}.`,
      'Nothing was done, and your node keeps running.',
      eitherWay(null, 'Update now with: parallelix-operator update'),
    ),
  'update-busy': () => problem('Another installation or update is running.', running, 'Wait until it ends.'),
  'update-service-failed': ({ name, reason }) =>
    problem(
      `The service ${printable(name)} couldn’t be restarted (${describeReason(reason)}).`,
      'Your node may be offline.',
      eitherWay('Check its state.', 'Check it with: parallelix-operator status'),
    ),
  'update-schedule-failed': ({ reason, command }) =>
    problem(
      `Automatic updates couldn’t be scheduled (${describeReason(reason)}).`,
      running,
      eitherWay(null, `Have your scheduler run each day: ${printable(command, 400)}`),
    ),
  'update-failed': ({ version, reason, restored, kept }) =>
    restored
      ? problem(
          `Version ${printable(version)} doesn’t work here (${describeReason(reason)}).`,
          `Version ${printable(kept)} keeps running.`,
          'Wait for the next version.',
        )
      : problem(
          `Version ${printable(version)} doesn’t work here (${describeReason(reason)}).`,
          `Version ${printable(kept)} is back, but your node isn’t online.`,
          eitherWay('Run the checks.', 'Check it with: parallelix-operator verify'),
        ),
};
