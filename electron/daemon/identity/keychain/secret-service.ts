import { readFile } from 'node:fs/promises';
import { isNodeError, NodeError } from '../../../../shared/errors.ts';
import { type Reason, said } from '../../../../shared/reasons/reason-text.ts';
import type { Clock } from '../../system/clock.ts';
import { type BusConnection, busCall, connectBus } from '../../system/dbus/connection.ts';
import { sessionBusSockets } from '../../system/dbus/session-bus.ts';
import type { DbusValue } from '../../system/dbus/values.ts';

/** What cannot be asked, and why; each is something else to the person in front of it. */
export type OutOfReach =
  | { status: 'no-session'; reason: Reason }
  | { status: 'not-installed'; reason: Reason }
  | { status: 'denied'; reason: Reason }
  | { status: 'not-answering'; reason: Reason };

export interface ServiceView {
  status: 'reached';
  /** The program behind the service, as the system names it; null when it does not say. */
  program: string | null;
  /** Items with the attributes asked for; their paths mean something to this service only. */
  unlocked: readonly string[];
  locked: readonly string[];
  /** The keyring that new items go to; null when the service has none. */
  collection: { path: string; locked: boolean } | null;
}

/**
 * The Secret Service of the desktop session, asked directly over D-Bus, because only that distinguishes
 * its states; no secret goes this way [Secret Service API 0.2].
 */
export interface SecretService {
  /** Reads without unlocking anything: nobody is asked for a password. Starts the service if it can be started. */
  inspect(attributes: Readonly<Record<string, string>>): Promise<ServiceView | OutOfReach>;
  /** An attribute of an item; null when it has none or a locked keyring keeps it to itself. */
  attributeOf(item: string, name: string): Promise<string | null>;
  /**
   * Asks the person to open what is locked; after `limitMs` the question is taken back.
   *
   * @throws NodeError `bus-failed`, also when the service ends meanwhile (`closed`)
   */
  unlock(
    objects: readonly string[],
    options: { limitMs: number; signal?: AbortSignal },
  ): Promise<'opened' | 'dismissed' | 'unanswered'>;
}

const service = { destination: 'org.freedesktop.secrets', path: '/org/freedesktop/secrets' } as const;
const serviceInterface = 'org.freedesktop.Secret.Service';
const lockedProperty = 'org.freedesktop.Secret.Collection.Locked';
const promptInterface = 'org.freedesktop.Secret.Prompt';
const nothing = '/';

const connectTimeoutMs = 3000;
const callTimeoutMs = 5000;
/** A service that has to be started first, on a computer that is still logging in. */
const startTimeoutMs = 20_000;

export function createSecretService(
  options: { env: NodeJS.ProcessEnv },
  modules: { clock: Clock },
): SecretService {
  const { clock } = modules;

  async function withBus<T>(work: (bus: BusConnection) => Promise<T>): Promise<T> {
    let failure = new NodeError('bus-failed', { call: 'connect', error: 'no-address' });
    for (const socketPath of await sessionBusSockets(options.env)) {
      let bus: BusConnection;
      try {
        bus = await connectBus({ socketPath, timeoutMs: connectTimeoutMs }, { clock });
      } catch (error) {
        if (!isNodeError(error, 'bus-failed')) throw error;
        failure = error;
        continue;
      }
      try {
        return await work(bus);
      } finally {
        bus.close();
      }
    }
    throw failure;
  }

  return {
    inspect: (attributes) => withBus((bus) => view(bus, attributes)).catch(outOfReach),
    attributeOf: (item, attribute) =>
      withBus(async (bus) => {
        const name = 'org.freedesktop.Secret.Item.Attributes';
        const attributes = (await property(bus, item, name, 'a{ss}')) as readonly [string, string][];
        return attributes.find(([key]) => key === attribute)?.[1] ?? null;
      }),
    unlock: (objects, { limitMs, signal }) =>
      withBus((bus) => unlock(bus, objects, limitMs, clock, signal ?? null)),
  };
}

async function view(bus: BusConnection, attributes: Readonly<Record<string, string>>): Promise<ServiceView> {
  const name = service.destination;
  const [owned] = await busCall(bus, 'NameHasOwner', 's', [name], 'b', callTimeoutMs);
  if (owned !== true) {
    const [activatable] = await busCall(bus, 'ListActivatableNames', '', [], 'as', callTimeoutMs);
    if (!(activatable as readonly string[]).includes(name))
      throw new NodeError('bus-failed', { call: name, error: 'org.freedesktop.DBus.Error.ServiceUnknown' });
    await busCall(bus, 'StartServiceByName', 'su', [name, 0], 'u', startTimeoutMs);
  }
  const [unlocked, locked] = await ask(bus, 'SearchItems', 'a{ss}', [Object.entries(attributes)], 'aoao');
  const [path] = await ask(bus, 'ReadAlias', 's', ['default'], 'o');
  const isLocked = path === nothing ? null : await property(bus, String(path), lockedProperty, 'b');
  return {
    status: 'reached',
    program: await programBehind(bus),
    unlocked: unlocked as readonly string[],
    locked: locked as readonly string[],
    collection: isLocked === null ? null : { path: String(path), locked: isLocked !== false },
  };
}

function ask(
  bus: BusConnection,
  member: string,
  signature: string,
  body: readonly DbusValue[],
  returns: string,
) {
  const call = { ...service, interface: serviceInterface, member, signature, body, returns };
  return bus.call({ ...call, timeoutMs: callTimeoutMs });
}

/** @param type the signature that the property has to have */
async function property(bus: BusConnection, path: string, name: string, type: string): Promise<DbusValue> {
  const at = name.lastIndexOf('.');
  const [variant] = await bus.call({
    destination: service.destination,
    path,
    interface: 'org.freedesktop.DBus.Properties',
    member: 'Get',
    signature: 'ss',
    body: [name.slice(0, at), name.slice(at + 1)],
    returns: 'v',
    timeoutMs: callTimeoutMs,
  });
  const { signature, value } = variant as { signature: string; value: DbusValue };
  if (signature !== type) throw new NodeError('bus-failed', { call: name, error: 'nonsense' });
  return value;
}

/** A hint for people: several programs can be the Secret Service, each with keyrings of its own. */
async function programBehind(bus: BusConnection): Promise<string | null> {
  try {
    const [pid] = await busCall(
      bus,
      'GetConnectionUnixProcessID',
      's',
      [service.destination],
      'u',
      callTimeoutMs,
    );
    return (await readFile(`/proc/${Number(pid)}/comm`, 'utf8')).trim() || null;
  } catch {
    return null;
  }
}

async function unlock(
  bus: BusConnection,
  objects: readonly string[],
  limitMs: number,
  clock: Clock,
  signal: AbortSignal | null,
): Promise<'opened' | 'dismissed' | 'unanswered'> {
  const [, prompt] = await ask(bus, 'Unlock', 'ao', [objects], 'aoo');
  if (prompt === nothing) return 'opened';
  const path = String(prompt);
  const { promise: answer, resolve } = Promise.withResolvers<
    'opened' | 'dismissed' | 'unanswered' | 'closed'
  >();
  bus.onMessage((event) => {
    if (event.member === 'Completed' && event.path === path)
      resolve(event.body[0] === false ? 'opened' : 'dismissed');
    // The service ended, and its prompt with it.
    if (event.member === 'NameOwnerChanged' && event.body[0] === service.destination) resolve('closed');
  });
  void bus.closed.then(() => resolve('closed'));
  const rules = [
    `type='signal',interface='${promptInterface}',path='${path}'`,
    `type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='${service.destination}'`,
  ];
  for (const rule of rules) await busCall(bus, 'AddMatch', 's', [rule], '', callTimeoutMs);
  const giveUp = () => resolve('unanswered');
  const timer = clock.after(limitMs, giveUp);
  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    if (signal?.aborted) return 'unanswered';
    const show = { interface: promptInterface, member: 'Prompt', signature: 's', body: [''], returns: '' };
    await bus.call({ destination: service.destination, path, ...show, timeoutMs: callTimeoutMs });
    const end = await answer;
    if (end === 'closed') throw new NodeError('bus-failed', { call: 'Prompt', error: 'closed' });
    // The question goes with our connection; to `Dismiss` it would kill gnome-keyring 42, an assertion there.
    return end;
  } finally {
    timer.cancel();
    signal?.removeEventListener('abort', giveUp);
  }
}

const errorName = 'org.freedesktop.DBus.Error.';

/** @throws whatever is no failure of the bus */
export function outOfReach(error: unknown): OutOfReach {
  if (!isNodeError(error, 'bus-failed')) throw error;
  const reason = error.details.error;
  switch (reason) {
    case 'no-address':
    case 'ENOENT':
    case 'ECONNREFUSED':
      return { status: 'no-session', reason: 'no-address' };
    case `${errorName}ServiceUnknown`:
    case `${errorName}Spawn.ServiceNotFound`:
      return { status: 'not-installed', reason: 'no-secret-service' };
    case 'EACCES':
    case 'EPERM':
    case 'rejected':
    case `${errorName}AccessDenied`:
      return { status: 'denied', reason: reason === 'rejected' ? 'rejected' : 'refused' };
    case 'closed':
    case `${errorName}NoReply`:
    case `${errorName}NameHasNoOwner`:
      return { status: 'not-answering', reason: 'service-died' };
    default:
      return { status: 'not-answering', reason: reason === 'timeout' ? 'timeout' : said(reason) };
  }
}
