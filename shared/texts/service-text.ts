import type { NodeErrorDetails } from '../errors.ts';

const serviceUnavailable: Readonly<
  Record<NodeErrorDetails['service-unavailable']['reason'], (user: string) => string>
> = {
  platform: () => 'Services can be installed on Linux and macOS only. On Windows, use WSL2.',
  'no-systemd': () =>
    'This computer does not run systemd, so no service was installed. Let your own service manager run: parallelix-operator start --wait --plain',
  wsl: () =>
    'systemd is off in this WSL2 distribution. Add the lines "[boot]" and "systemd=true" to /etc/wsl.conf. Then run "wsl --shutdown" in Windows and open WSL again.',
  'no-user-manager': (user) =>
    `No user service manager is running for ${user}. Sign in directly instead of through su, or run: sudo loginctl enable-linger ${user}. Or install for the whole computer with: sudo parallelix-operator service install --system`,
  'needs-root': () =>
    'A service for the whole computer needs administrator rights. Run the command with sudo.',
};

const serviceRefused: Readonly<
  Record<NodeErrorDetails['service-refused']['reason'], (detail: string) => string>
> = {
  'under-sudo': (user) =>
    `With sudo this would be root's service, not ${user}'s. Run it without sudo, or add --system for the whole computer.`,
  'key-in-keychain': (place) =>
    `The node key is in ${place}, which only opens when you sign in. A service can't read it. Move it to a file: parallelix-operator key move --to file`,
  'key-of-another-user': (place) =>
    `${place} belongs to another user. A service only uses the key of the user it runs as.`,
  'program-not-shared': (path) =>
    `${path} can be changed by another user, so no service of the whole computer may run it. Install the deb or rpm package.`,
  'no-program': () =>
    "This package of the app can't run a service. Install the command-line package, then try again.",
  'still-installed': (name) =>
    `The service ${name} still runs this node. Remove it first: parallelix-operator service uninstall. With --data it removes the data too.`,
  'name-taken': (name) => `The service ${name} runs another state directory. Choose a different --name.`,
};

/** Why no service can be installed, and what to do; null for a reason that only a newer version knows. */
export function serviceUnavailableText(reason: string, user: string): string | null {
  return textFor(serviceUnavailable, reason, user);
}

/** Why a service was not installed, and what to do; null for a reason that only a newer version knows. */
export function serviceRefusedText(reason: string, detail: string): string | null {
  return textFor(serviceRefused, reason, detail);
}

function textFor(
  texts: Readonly<Record<string, (fact: string) => string>>,
  reason: string,
  fact: string,
): string | null {
  return (Object.hasOwn(texts, reason) ? texts[reason]?.(fact) : null) ?? null;
}
