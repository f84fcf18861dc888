import type { NodeErrorDetails, ServiceAction } from '../errors.ts';
import { formatBytes, formatDuration } from '../format.ts';
import { printable } from '../printable.ts';
import { actionIn, describeReason } from '../reasons/reason-text.ts';
import { ofSystem } from './error-words-key.ts';
import { type ErrorTexts, eitherWay, problem } from './problem.ts';
import { serviceRefusedText, serviceUnavailableText } from './service-text.ts';
import { systemError } from './system-error-text.ts';

const unchanged = 'Nothing was changed.';
const unaffected = 'Your node isn’t affected.';

const serviceActions: Readonly<Record<ServiceAction, string>> = {
  start: 'couldn’t start',
  stop: 'couldn’t stop',
  restart: 'couldn’t restart',
  enable: 'couldn’t be enabled',
  disable: 'couldn’t be disabled',
  reload: 'couldn’t be reloaded',
  'make-user': 'couldn’t get a user of its own',
  'remove-user': 'couldn’t lose its user',
  'keep-passphrase': 'couldn’t keep its passphrase',
};

/** Problems with the network, this computer's files, the running node and the app. */
export const nodeErrorTexts = {
  'http-aborted': ({ url }) => problem(`The request to ${url} was cancelled.`, unchanged, null),
  'http-body-too-large': ({ url, limitBytes }) =>
    problem(
      `${url} answered with more than ${formatBytes(limitBytes)}, so the answer was dropped.`,
      null,
      'Check the address.',
    ),
  'http-insecure-url': ({ url }) =>
    problem(
      `${url} isn’t encrypted, so it wasn’t used.`,
      null,
      'Enter an https:// address (http:// only for this computer).',
    ),
  'http-invalid-url': ({ url }) =>
    problem(`${url} isn’t a web address.`, null, 'Enter one that begins with https://.'),
  'http-redirect-refused': ({ url, status }) =>
    problem(
      `${url} redirects to another address (${status}), which isn’t followed.`,
      null,
      'Try again later. If you entered this address yourself, enter the final one.',
    ),
  'http-timeout': ({ url, timeoutMs }) =>
    problem(
      `${url} didn’t answer within ${formatDuration(timeoutMs)}.`,
      null,
      'Check the network, then retry.',
    ),
  'http-unreachable': ({ url, reason }) =>
    problem(
      `${url} can’t be reached: ${describeReason(reason)}.`,
      null,
      'Check the address and the network.',
    ),
  'ca-file-unreadable': ({ path, reason }) =>
    problem(
      `The certificates in ${path} can’t be used: ${describeReason(reason)}.`,
      null,
      eitherWay('Choose another certificate file.', 'Fix the file, or reset the setting caFile.'),
    ),
  'bundle-refused': ({ found }) =>
    problem(
      `The support report wasn’t made, because ${describeReason(found)} was still in it after redaction.`,
      'Nothing was saved, and nothing left this computer.',
      'Read the log instead.',
    ),
  'bundle-not-read': () =>
    problem(
      'The support report was made again meanwhile, and only one that was shown can be saved.',
      'Nothing was saved.',
      'Create it again, then review it.',
    ),
  'bundle-not-written': ({ path, reason }) =>
    ofSystem(reason, 'other', path) ??
    problem(
      `The support report wasn’t saved to ${path}: ${describeReason(reason)}.`,
      null,
      'Choose another place.',
    ),
  'export-not-written': ({ path, reason }) =>
    problem(
      `The earnings weren’t saved to ${path}: ${describeReason(reason)}.`,
      null,
      'Choose another place.',
    ),
  'service-unavailable': ({ reason, user }) =>
    serviceUnavailableText(reason, user) ??
    problem(`No service can be installed here: ${describeReason(reason)}.`, null, null),
  'service-refused': ({ reason, detail }) =>
    serviceRefusedText(reason, detail) ??
    problem(`The service wasn’t installed: ${describeReason(reason)}.`, null, null),
  'service-missing': ({ name }) =>
    problem(
      `The service ${name} isn’t installed.`,
      null,
      eitherWay(null, 'Install it with: parallelix-operator service install'),
    ),
  'service-not-permitted': ({ group, user }) =>
    problem(
      `The node of this computer’s service is only open to the group ${group}.`,
      null,
      eitherWay(
        'Ask an administrator to add you to that group, then sign in again.',
        `Join it, then sign in again: sudo usermod -aG ${group} ${user}`,
      ),
    ),
  'service-failed': ({ action, name, reason }) =>
    problem(
      `The service ${name} ${actionIn(serviceActions, action, 'failed')}: ${describeReason(reason)}.`,
      null,
      null,
    ),
  'state-dir-open': ({ path, mode, names }) =>
    problem(
      `Others on this computer could write to ${path} (mode ${mode}). Not all in it is yours: ${printable(names, 300)}.`,
      'Nothing of it is used.',
      eitherWay(
        'Delete what isn’t yours, and let only yourself open the folder.',
        `Delete what isn’t yours, then run: chmod 700 ${path}`,
      ),
    ),
  'state-dir-unusable': ({ path, reason }) =>
    problem(
      `The state directory can’t be used: ${path}: ${describeReason(reason)}.`,
      'Your node can’t run, so you’re not earning.',
      eitherWay('Fix that, then retry.', 'Fix that, or choose another directory with --state-dir.'),
    ),
  'file-too-large': ({ path, limitBytes }) =>
    problem(
      `${path} is larger than ${formatBytes(limitBytes)}, so it wasn’t read.`,
      'It probably belongs to another program.',
      null,
    ),
  'disk-full': ({ path, place, reason }) => systemError(reason, place, path),
  'file-failed': ({ path, place, reason }) => systemError(reason, place, path),
  'lock-damaged': ({ path }) =>
    problem(
      `The lock file ${path} is damaged.`,
      'Your node’s files can’t be used with it.',
      'It holds nothing: delete it, then retry.',
    ),
  'database-unusable': ({ path, reason }) =>
    problem(
      `The journal ${path} can’t be used: ${describeReason(reason)}.`,
      'Your node doesn’t start without it, so you’re not earning.',
      'Move the file away and keep it. A new one is started.',
    ),
  'other-daemon': ({ pid, uptimeMs, stateDir }) =>
    problem(
      `The node is already running${pid === null ? '' : ` as process ${pid}`}${
        uptimeMs === null ? '' : `, up ${formatDuration(uptimeMs)}`
      }, on ${stateDir}.`,
      'It keeps running, and nothing was changed.',
      eitherWay('Stop it first.', 'Stop it first with: parallelix-operator drain'),
    ),
  'settings-read-only': ({ path, schemaVersion }) =>
    problem(
      `A newer version wrote ${path} (schema ${schemaVersion}), so it is read but not changed.`,
      null,
      'Use that version to change settings.',
    ),
  'setting-invalid': ({ name, value, reason }) =>
    problem(
      `${printable(name)}${value === '' ? '' : ` can’t be "${printable(value)}"`}: ${describeReason(reason)}.`,
      null,
      null,
    ),
  'no-daemon': ({ stateDir }) =>
    problem(
      `No node is running on ${stateDir}.`,
      'You’re not earning.',
      eitherWay('Start the node.', 'Start it with: parallelix-operator start'),
    ),
  'daemon-not-answering': ({ stateDir, reason }) =>
    problem(
      `The node on ${stateDir} runs but didn’t answer (${describeReason(reason)}).`,
      'It may still be serving.',
      'Retry, then restart it.',
    ),
  'restart-unfinished': ({ pid }) =>
    problem(
      `Process ${pid} is still finishing its requests.`,
      'Your node starts again automatically when it has ended.',
      null,
    ),
  'command-unknown': ({ command }) =>
    problem(
      `The running node doesn’t know "${printable(command)}", because it is another version.`,
      null,
      'Restart it to use this version.',
    ),
  'command-invalid': ({ command, reason }) =>
    problem(`The running node refused ${printable(command)}: ${describeReason(reason)}.`, unchanged, null),
  'contract-mismatch': ({ ours, theirs }) =>
    problem(
      `The running node speaks another version (${theirs}, this program ${ours}).`,
      'Only its status can be shown.',
      'Stop it where it was started, then start it with this version.',
    ),
  'command-refused': ({ reason }) =>
    reason === 'rate'
      ? problem('Too much was asked at once, so this was refused.', unaffected, 'Wait a moment, then retry.')
      : problem(
          'This didn’t come from one of the app’s own windows, so it was refused.',
          unaffected,
          'Close the window and open it again.',
        ),
  'link-refused': ({ url }) =>
    problem(
      `${printable(url)} isn’t a page that this app opens.`,
      unaffected,
      'Open it in your browser if you trust it.',
    ),
  'login-item-failed': ({ reason }) =>
    problem(
      `Start at login couldn’t be changed (${describeReason(reason)}).`,
      'After a restart you won’t earn until you open the app.',
      'Retry, or set it in your system settings.',
    ),
  'menu-entry-failed': ({ path }) =>
    problem(
      `Another program owns ${printable(path)}, so it was not changed.`,
      'Your node is not affected.',
      'Delete that file, then try again.',
    ),
  'folder-not-opened': ({ path, reason }) =>
    problem(
      `${printable(path)} couldn’t be opened: ${describeReason(reason)}.`,
      'Your node is not affected.',
      'Open it in your file manager.',
    ),
  'command-not-installed': commandNotInstalled,
  'internal-error': () =>
    problem(
      'Something went wrong inside the program.',
      'What was finished is safe on disk.',
      eitherWay('Retry.', 'Run it again with --debug to see more.'),
    ),
  usage: ({ input, remedy }) => problem(input === '' ? remedy : `${printable(input)}: ${remedy}`, null, null),
} satisfies Partial<ErrorTexts>;

function commandNotInstalled({ reason, path }: NodeErrorDetails['command-not-installed']) {
  const notAffected = 'Your node is not affected.';
  if (reason === 'taken')
    return problem(
      `Another program owns ${printable(path)}, so it was not replaced.`,
      notAffected,
      'Rename that file, then try again.',
    );
  if (reason === 'service')
    return problem(
      'A service runs from the command line tool, so nothing was removed.',
      notAffected,
      `Remove the service first: ${printable(path)}.`,
    );
  return problem(
    'The command line tool can’t be installed from here.',
    notAffected,
    'Move the app to Applications and open it there.',
  );
}
