import { NodeError } from '../../../../shared/errors.ts';
import { describeReason } from '../../../../shared/reasons/reason-text.ts';
import {
  type InstalledNow,
  type InstallStep,
  installService,
} from '../../../node/operations/service/install.ts';
import { absolutePath, planService, type ServicePlan } from '../../../node/operations/service/plan.ts';
import { accountName } from '../../../node/operations/service/services.ts';
import type { Invocation } from '../../args/invocation.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { facts, paragraph } from '../../terminal/layout.ts';
import { askLine, canAsk } from '../../terminal/prompt.ts';
import { nodeArguments } from './node-arguments.ts';
import { ownProgram, serviceContext } from './service.ts';

export async function runInstall(invocation: Invocation): Promise<ExitCode> {
  const { flags, env, terminal } = invocation;
  if (flags.linger && flags['no-linger'])
    throw new NodeError('usage', { input: '--linger --no-linger', remedy: 'give one of them, or none' });
  const context = await serviceContext(invocation);
  const passphraseFile = flags['passphrase-file'] ?? (env.PARALLELIX_KEY_PASSPHRASE_FILE || null);
  const plan = await planService(context, {
    scope: flags.system ? 'system' : 'user',
    name: flags.name ?? null,
    program: ownProgram(),
    nodeArgs: nodeArguments(invocation),
    passphraseFile: passphraseFile === null ? null : absolutePath('--passphrase-file', passphraseFile),
  });
  const print = flags.json ? terminal.err : terminal.out;
  if (!flags.json || !flags.yes) print(planText(invocation, plan));
  if (!flags.yes && !canAsk())
    throw new NodeError('usage', {
      input: 'service install',
      remedy: 'needs --yes where nobody can be asked',
    });
  const moves = plan.key.place === 'keychain';
  const question = moves
    ? 'Move the key to a file and install the service? [y/N] '
    : 'Install the service? [y/N] ';
  if (!flags.yes && !(await saysYes(question))) throw new NodeError('cancelled', { reason: 'aborted' });
  const linger = await wantsLingering(invocation, plan);
  const done = await installService(context, plan, {
    moveKey: moves,
    linger,
    onStep: (step) => print(`${stepText[step]} …`),
  });
  if (flags.json) await printJson(invocation, plan, done);
  else terminal.out(doneText(invocation, plan, done));
  return done.started ? exitCodes.done : exitCodes.notReady;
}

/** Its own yes: it changes more than this service. */
async function wantsLingering({ flags, terminal }: Invocation, plan: ServicePlan): Promise<boolean> {
  if (plan.lingering !== false) return false;
  if (flags.linger) return true;
  if (flags['no-linger'] || flags.yes || !canAsk()) return false;
  terminal.err(`\n${paragraph(terminal, lingerText)}`);
  return saysYes('Keep your services running while you are signed out? [y/N] ');
}

async function saysYes(question: string): Promise<boolean> {
  return /^y(es)?$/i.test((await askLine(question)).trim());
}

const lingerText =
  'Without lingering, your services start when you sign in and stop when you sign out. With it, they start with the computer and keep running. It applies to all of your user services.';

const stepText: Readonly<Record<InstallStep, string>> = {
  account: 'Creating the user parallelix-operator',
  passphrase: 'Encrypting the passphrase for this computer',
  file: 'Writing the service file',
  enable: 'Enabling automatic start',
  linger: 'Turning on lingering',
  drain: 'Finishing current requests of the running node',
  'move-key': 'Moving the key to a file',
  start: 'Starting the service',
};

function planText({ terminal }: Invocation, plan: ServicePlan): string {
  const { label, definition, place, before, text, key, paths, running, lingering } = plan;
  const { scope } = definition;
  const system = scope === 'system';
  const rows: (readonly [string, string])[] = [
    ['service', `${label}, ${system ? 'for the whole computer' : `for ${accountName()}`}`],
    ['file', `${place}${before === null ? '' : before === text ? ' (already there)' : ' (replaced)'}`],
    [
      'starts',
      system ? 'with the computer' : lingering ? 'with the computer (lingering is on)' : 'when you sign in',
    ],
    ['restarts', 'after a crash or a hang; not after drain or service stop'],
    ['directory', paths.stateDir],
    ['key', keyText(plan)],
  ];
  if (definition.account !== null) {
    const { user } = definition.account;
    rows.push(['runs as', `${user}${plan.makesAccount ? ' (a new user without a login)' : ''}`]);
  }
  if (running !== null)
    rows.push(['running now', `process ${running.pid} finishes its requests; the service takes over`]);
  const notes = plan.unseenVariables.map(
    (name) =>
      `${name} is set in this shell, and the service won’t see it. Save it with: parallelix-operator config set`,
  );
  if (key.place === 'missing') notes.push(missingKeyText(plan));
  return [
    `${terminal.bold('This will be installed:')}\n`,
    facts(terminal, rows),
    ...notes.map((note) => `\n${paragraph(terminal, note)}`),
    '',
  ].join('\n');
}

function keyText({ key, paths, definition }: ServicePlan): string {
  if (key.place === 'missing') return 'not there yet';
  if (key.place === 'keychain')
    return `moves from the system keychain to ${paths.keyFile}: a service can’t open the keychain. The copy in the keychain is deleted after the file was read back`;
  if (!key.locked) return `${paths.keyFile}, readable without a sign-in`;
  return `${paths.keyFile}, opened with the passphrase in ${definition.passphrase?.path ?? 'its file'}`;
}

function missingKeyText({ paths, definition }: ServicePlan): string {
  const as = definition.account === null ? '' : `sudo -u ${definition.account.user} `;
  return `There is no node key in ${paths.stateDir} yet, so the service isn’t started. Create or restore one with: ${as}parallelix-operator setup --state-dir ${paths.stateDir}`;
}

function doneText({ terminal }: Invocation, plan: ServicePlan, done: InstalledNow): string {
  const { label, definition } = plan;
  const lines = [
    done.started
      ? `${terminal.paint('good', '✓')} ${terminal.bold(`${label} is running.`)}`
      : `${terminal.paint('warn', '●')} ${terminal.bold(`${label} is installed, but not started.`)}`,
  ];
  const say = (text: string) => lines.push(paragraph(terminal, text));
  if (!done.written && !done.keyMoved && done.started) say('It was installed already; nothing else changed.');
  if (done.keyMoved) say(`The key is in ${plan.paths.keyFile} now.`);
  if (!done.started) say(missingKeyText(plan));
  if (done.lingerFault !== null)
    say(
      `Lingering couldn’t be turned on (${describeReason(done.lingerFault)}). Run: sudo loginctl enable-linger ${accountName()}`,
    );
  else if (done.lingering === false)
    say('It stops when you sign out. To keep it running, run: parallelix-operator service install --linger');
  if (definition.scope === 'system')
    say(
      `Members of the group ${definition.account?.group ?? ''} can use it. Add yourself with: sudo usermod -aG ${definition.account?.group ?? ''} NAME`,
    );
  say('Check on it with: parallelix-operator service status');
  return lines.join('\n');
}

async function printJson({ terminal }: Invocation, plan: ServicePlan, done: InstalledNow): Promise<void> {
  const { printDocument } = await import('../../documents/documents.ts');
  const { serviceInstallDocument } = await import('../../documents/service.ts');
  const { label, place, definition, key, unseenVariables } = plan;
  printDocument(terminal, serviceInstallDocument, {
    schemaVersion: 1,
    document: 'service-install',
    service: label,
    scope: definition.scope,
    name: definition.name,
    file: place,
    stateDir: definition.stateDir,
    program: [...definition.program],
    user: definition.account?.user ?? null,
    ...done,
    key: key.place,
    unseenVariables: [...unseenVariables],
  });
}
