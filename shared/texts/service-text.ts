import type { NodeErrorDetails } from '../errors.ts';
import { translatable } from '../language.ts';
import { eitherWay, type Problem, problem } from './problem.ts';

type Unavailable = NodeErrorDetails['service-unavailable']['reason'];
type Refused = NodeErrorDetails['service-refused']['reason'];

/** Why no service can be installed, or none was; the fact is a user, a path or a name. */
export type ServiceTexts = Readonly<Record<Unavailable | Refused, (fact: string) => Problem>>;

const serviceTexts: ServiceTexts = {
  platform: () =>
    problem('Services can be installed on Linux and macOS only.', null, 'On Windows, use WSL2.'),
  'no-systemd': () =>
    problem(
      'This computer does not run systemd, so no service was installed.',
      null,
      eitherWay(null, 'Let your own service manager run: parallelix-operator start --wait --plain'),
    ),
  wsl: () =>
    problem(
      'systemd is off in this WSL2 distribution.',
      null,
      eitherWay(
        'Turn on systemd in WSL2.',
        'Add the lines "[boot]" and "systemd=true" to /etc/wsl.conf. Then run "wsl --shutdown" in Windows and open WSL again.',
      ),
    ),
  'no-user-manager': (user) =>
    problem(
      `No user service manager is running for ${user}.`,
      null,
      eitherWay(
        'Sign in directly, then try again.',
        `Sign in directly instead of through su, or run: sudo loginctl enable-linger ${user}. Or install for the whole computer with: sudo parallelix-operator service install --system`,
      ),
    ),
  'needs-root': () =>
    problem(
      'A service for the whole computer needs administrator rights.',
      null,
      eitherWay('Ask an administrator.', 'Run the command with sudo.'),
    ),
  'under-sudo': (user) =>
    problem(
      `With sudo this would be root’s service, not ${user}’s.`,
      null,
      eitherWay(null, 'Run it without sudo, or add --system for the whole computer.'),
    ),
  'key-in-keychain': (place) =>
    problem(
      `The node key is in ${place}, which only opens when you sign in.`,
      'A service can’t read it.',
      eitherWay('Move the key to a file.', 'Move it to a file: parallelix-operator key move --to file'),
    ),
  'key-of-another-user': (place) =>
    problem(`${place} belongs to another user.`, 'A service only uses the key of the user it runs as.', null),
  'program-not-shared': (path) =>
    problem(
      `${path} can be changed by another user, so no service of the whole computer may run it.`,
      null,
      'Install the deb or rpm package.',
    ),
  'no-program': () =>
    problem(
      'This package of the app can’t run a service.',
      null,
      'Install the command-line package, then try again.',
    ),
  'still-installed': (name) =>
    problem(
      `The service ${name} still runs this node.`,
      null,
      eitherWay(
        'Remove the service first.',
        'Remove it first: parallelix-operator service uninstall. With --data it removes the data too.',
      ),
    ),
  'name-taken': (name) =>
    problem(
      `The service ${name} runs another state directory.`,
      null,
      eitherWay(null, 'Choose a different --name.'),
    ),
};

export const serviceWords = translatable(serviceTexts);

/** Why no service can be installed, and what to do; null for a reason that only a newer version knows. */
export function serviceUnavailableText(reason: string, user: string): Problem | null {
  return textFor(reason, user);
}

/** Why a service was not installed, and what to do; null for a reason that only a newer version knows. */
export function serviceRefusedText(reason: string, detail: string): Problem | null {
  return textFor(reason, detail);
}

function textFor(reason: string, fact: string): Problem | null {
  return Object.hasOwn(serviceTexts, reason) ? serviceWords()[reason as Unavailable | Refused](fact) : null;
}
