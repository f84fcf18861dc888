import type { NodeErrorCode, NodeErrorDetails } from '../errors.ts';
import { formatDuration } from '../format.ts';
import { printable } from './printable.ts';

type UpdateCode = Extract<NodeErrorCode, `update-${string}`>;

const owners: Readonly<Record<string, string>> = {
  deb: 'apt installed this program, from a deb package',
  rpm: 'dnf installed this program, from an rpm package',
  app: 'This command line is part of the ParalleliX Operator app, which updates it',
  checkout: 'This program runs from a checkout of its sources',
};

/** What keeps an update from happening: what happened, what it means for earning, one action. */
export const updateText: {
  readonly [C in UpdateCode]: (details: NodeErrorDetails[C]) => string;
} = {
  'update-not-here': ({ installedBy, command }) => {
    const owner = Object.hasOwn(owners, installedBy)
      ? owners[installedBy]
      : 'This copy was not installed by install.sh';
    if (installedBy === 'app') return `${owner}. Your node keeps running. Update the app.`;
    return command === ''
      ? `${owner}. Your node keeps running. Install the new version the same way.`
      : `${owner}. Your node keeps running. Update with: ${printable(command, 400)}`;
  },
  'update-needs-root': ({ command }) =>
    `This program is installed for the whole computer, and only root can change it. Your node keeps running. Run: ${printable(command, 400)}`,
  'update-no-key': () =>
    'This build has no release key, so it can’t check any update. Your node keeps running. Install an official release.',
  'update-untrusted': ({ url, reason }) =>
    `The update at ${printable(url)} ${reason === 'unsigned' ? 'is not signed' : 'has a wrong signature'}. Nothing was installed, and your node keeps running. Try again later.`,
  'update-manifest-invalid': ({ url, reason }) =>
    `The update list at ${printable(url)} can’t be read (${printable(reason)}). Nothing was installed, and your node keeps running. Try again later.`,
  'update-downgrade': ({ have, offered }) =>
    `Version ${printable(offered)} is offered, and ${printable(have)} is installed. Older versions are never installed. Your node keeps running. Try again later.`,
  'update-no-package': ({ version, platform }) =>
    `Version ${printable(version)} has no package for this computer (${printable(platform)}). Your node keeps running. Wait for the next version.`,
  'update-too-slow': ({ limitMs }) =>
    `The update took longer than ${formatDuration(limitMs)}. Your node keeps running, and the download resumes next time. Try again later.`,
  'update-tool-missing': ({ tool }) =>
    `The program ${printable(tool)} is missing, and updates are packed with it. Your node keeps running. Install ${tool === 'xz' ? 'xz-utils (on Fedora: xz)' : printable(tool)}.`,
  'update-held-back': ({ version, reason, attempts }) =>
    `Version ${printable(version)} failed here before (${attempts} ${attempts === 1 ? 'time' : 'times'}: ${printable(reason)}). Your node keeps running. Retry with: parallelix-operator update`,
  'update-outside-window': ({ window }) =>
    `It is outside the update window ${printable(window)}. Nothing was done, and your node keeps running. Update now with: parallelix-operator update`,
  'update-busy': () => 'Another update is running. Your node keeps running. Wait until it ends.',
  'update-service-failed': ({ name, reason }) =>
    `The service ${printable(name)} couldn’t be restarted (${printable(reason)}). Your node may be offline. Check it with: parallelix-operator status`,
  'update-schedule-failed': ({ reason, command }) =>
    `Automatic updates couldn’t be scheduled (${printable(reason)}). Your node keeps running. Have your scheduler run each day: ${printable(command, 400)}`,
  'update-failed': ({ version, reason, restored, kept }) =>
    restored
      ? `Version ${printable(version)} doesn’t work here (${printable(reason)}). Version ${printable(kept)} keeps running. Wait for the next version.`
      : `Version ${printable(version)} doesn’t work here (${printable(reason)}). Version ${printable(kept)} is back, but your node isn’t online. Check it with: parallelix-operator verify`,
};
