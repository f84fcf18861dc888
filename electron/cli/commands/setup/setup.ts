import type { CheckReport } from '../../../../shared/check-findings.ts';
import { describeTier } from '../../../../shared/hardware/tiers.ts';
import { inWalletBrowser } from '../../../../shared/links.ts';
import { describeReason } from '../../../../shared/texts/error-text.ts';
import { registrationNotes } from '../../../../shared/texts/registration-text.ts';
import type { Registration } from '../../../daemon/coordinator/client.ts';
import type { HardwareProbe } from '../../../daemon/hardware/probe.ts';
import { matchTier } from '../../../daemon/hardware/tier-match.ts';
import { updateRegistration } from '../../../daemon/identity/identity.ts';
import type { IdentityRecord } from '../../../daemon/storage/identity-record.ts';
import { openConnections } from '../../../node/connections.ts';
import { probeAndKeep } from '../../../node/hardware.ts';
import { checkNode } from '../../../node/operations/checks.ts';
import { makeKey } from '../../../node/operations/keys/make.ts';
import { modeOf } from '../../../node/operations/keys/show.ts';
import { registrationOf } from '../../../node/operations/registration.ts';
import type { CommandRun, Invocation } from '../../args/invocation.ts';
import { contextOf } from '../../context.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { type Configuration, resolveConfiguration } from '../../resolve.ts';
import { checkList } from '../../terminal/check-list.ts';
import { paragraph } from '../../terminal/layout.ts';
import { terminalQrCode } from '../../terminal/qr-code.ts';
import { checkRegistrationBlock, compareDeclared, type RegistrationBlock } from '../../tier-acceptance.ts';
import { registrationFacts } from '../key/facts.ts';
import { probeText } from '../probe/text.ts';
import { setUpOllama } from './ollama.ts';
import { waitForRegistration } from './waits.ts';

interface Step {
  id: 'hardware' | 'ollama' | 'key' | 'registration' | 'checks';
  done: boolean;
  means: string;
  /** What to do, when it is not done. */
  next: string | null;
}

/** How a run reports what it does: to a person as it goes, or at the end as a document. */
interface Progress {
  step(number: number, title: string): void;
  say(text: string): void;
}

export const runSetup: CommandRun = async (invocation) => {
  const { flags, terminal } = invocation;
  const configuration = await resolveConfiguration(invocation);
  const patient = flags.wait === true || (terminal.interactive && !flags.yes);
  const progress = flags.json ? silentProgress : createProgress(invocation);

  const { paths } = configuration;
  progress.step(1, 'Hardware');
  const { hardware } = await probeAndKeep(invocation, paths);
  progress.say(probeText(terminal, hardware, invocation.platform));
  progress.step(2, 'Ollama and a model');
  const ollama = await setUpOllama(invocation, configuration, hardware, { patient, say: progress.say });
  const { done, means, model } = ollama;
  const ollamaStep: Step = { id: 'ollama', done, means, next: done ? null : means };
  progress.step(3, 'Node key');
  const record = await setUpKey(invocation, configuration, progress);
  progress.step(4, 'Registration');
  const registration = await setUpRegistration(
    invocation,
    configuration,
    record,
    hardware,
    patient,
    progress,
  );
  progress.step(5, 'Checks');
  // What was stored is replaced by what the coordinator says now.
  const found = registration.answer.kind === 'registered' ? registration.answer : null;
  const nodeId =
    configuration.nodeId.source === 'flag' ? configuration.nodeId.value : (found?.nodeId ?? record.nodeId);
  const checks = await checkNode(contextOf(invocation, paths, 'unattended'), configuration, {
    known: { hardware, nodeId },
  });
  const checksStep = judge(checks);
  const other = checks.filter(({ id, result }) => !answeredBefore.has(id) && isTrouble(result));
  progress.say(other.length > 0 ? checkList(terminal, other) : paragraph(terminal, checksStep.means));

  const steps: Step[] = [
    { id: 'hardware', done: true, means: `This computer is ${describeTier(hardware.tier)}.`, next: null },
    ollamaStep,
    { id: 'key', done: true, means: 'You have a node key.', next: null },
    registration.step,
    checksStep,
  ];
  const complete = steps.every(({ done }) => done);
  if (flags.json) {
    const { printDocument, setupDocument } = await import('../../documents/documents.ts');
    printDocument(terminal, setupDocument, {
      schemaVersion: 1,
      document: 'setup',
      complete,
      steps,
      tier: hardware.tier,
      nodeKeyHash: record.nodeKeyHash,
      nodeAddress: record.nodeAddress,
      keyFile: paths.keyFile,
      registerLink: registration.link,
      registrationHold: registration.block?.code ?? null,
      nodeId: found?.nodeId ?? null,
      owner: found?.owner ?? null,
      registeredTier: found?.tier ?? null,
      tierMatch: matchTier(found?.tier ?? null, hardware.tier),
      model,
      checks: checks.map(({ id, result, finding }) => ({ id, result, finding })),
    });
  } else terminal.out(`\n${closing(invocation, steps, checks)}`);
  return complete ? exitCodes.done : (exitCodes.notReady satisfies ExitCode);
};

const silentProgress: Progress = { step() {}, say() {} };

function createProgress({ terminal }: Invocation): Progress {
  return {
    step: (number, title) =>
      terminal.out(`${number === 1 ? '' : '\n'}${terminal.bold(`${number} of 5  ${title}`)}`),
    say: (text) => {
      if (text !== '') terminal.out(text);
    },
  };
}

async function setUpKey(
  invocation: Invocation,
  configuration: Configuration,
  progress: Progress,
): Promise<IdentityRecord> {
  const { terminal } = invocation;
  const { paths, record, owner } = configuration;
  const given = owner.source === 'flag' ? owner.value : null;
  if (record === null) {
    const created = await makeKey(contextOf(invocation, paths), { owner: given });
    progress.say(paragraph(terminal, `Your node key is in ${created.place} and stays on this computer.`));
    return created.record;
  }
  // A record alone is no key: who cannot read it must learn so now.
  if (record.keyStore === 'file') await contextOf(invocation, paths).fileStore().read(record.nodeKeyHash);
  progress.say(paragraph(terminal, `Your node key is in ${paths.keyFile}.`));
  if (given === null || given === record.owner) return record;
  return updateRegistration({ paths, nodeKeyHash: record.nodeKeyHash }, { owner: given }, invocation);
}

async function setUpRegistration(
  invocation: Invocation,
  configuration: Configuration,
  record: IdentityRecord,
  hardware: HardwareProbe,
  patient: boolean,
  progress: Progress,
): Promise<{ step: Step; answer: Registration; block: RegistrationBlock | null; link: string | null }> {
  const { terminal } = invocation;
  const { paths, settings } = configuration;
  const { nodeKeyHash } = record;
  const place = registrationOf(settings, { nodeKeyHash, tier: hardware.tier });
  const connections = openConnections(invocation, configuration);
  let block: RegistrationBlock | null = null;
  // One that had a registration, of which nobody says that it is gone, is not registered again.
  const isOpen = ({ kind }: Registration) =>
    block === null && (kind === 'not-registered' || (kind === 'unknown' && record.nodeId === null));
  const linkFor = (one: Registration) => (isOpen(one) ? place.link : null);
  try {
    let answer = await connections.coordinator().nodeByKeyHash(nodeKeyHash);
    if (answer.kind !== 'registered') {
      block = await checkRegistrationBlock(invocation, hardware, {
        mayAsk: answer.kind === 'not-registered',
      });
      const link = linkFor(answer);
      const mode = await modeOf(paths.keyFile);
      const facts = { tier: hardware.tier, nodeKeyHash, keyFile: paths.keyFile, mode, link };
      progress.say(registrationFacts(terminal, facts));
      if (isOpen(answer))
        for (const one of registrationNotes(place.note)) progress.say(`\n${paragraph(terminal, one)}`);
      if (record.nodeId !== null && answer.kind === 'not-registered') {
        progress.say(
          `\n${paragraph(terminal, `This key was registered as node ${record.nodeId}. The network no longer knows it. If you withdrew the stake, register again.`)}`,
        );
      }
      if (patient && block === null) {
        const code = link === null ? null : terminalQrCode(terminal, inWalletBrowser(link));
        if (code !== null)
          progress.say(`\n${code}\n  Scan it with your phone to open this in your wallet’s browser.`);
        if (link !== null)
          progress.say(`\n${paragraph(terminal, 'Open the link and register with your staking wallet.')}`);
        progress.say(
          `${link === null ? '\n' : ''}${paragraph(terminal, 'Waiting for your registration, for up to 30 minutes. Ctrl-C ends this; setup continues here next time.')}`,
        );
        answer = await waitForRegistration(invocation, connections.coordinator(), nodeKeyHash);
      }
    }
    const link = linkFor(answer);
    const step = await keepRegistration(invocation, configuration, record, hardware, {
      ...{ answer, block },
      next: link === null ? registrationNotes(place.note).join(' ') : `Register here: ${link}`,
    });
    if (block?.shown !== true) progress.say(paragraph(terminal, step.means));
    return { step, answer, block, link };
  } finally {
    await connections.stop();
  }
}

/** Writes down what the coordinator says of the key, and says what it means. */
async function keepRegistration(
  invocation: Invocation,
  { paths, settings }: Configuration,
  record: IdentityRecord,
  hardware: HardwareProbe,
  { answer, block, next: open }: { answer: Registration; block: RegistrationBlock | null; next: string },
): Promise<Step> {
  if (answer.kind === 'unknown') {
    const means = `The registration couldn’t be checked: ${describeReason(answer.reason)}.${block === null ? '' : ` ${block.means}`}`;
    return { id: 'registration', done: false, means, next: 'Check the connection.' };
  }
  if (answer.kind === 'not-registered') {
    const unregistered = 'This key isn’t registered yet. You don’t earn before it is.';
    return {
      id: 'registration',
      done: false,
      means: block?.means ?? unregistered,
      next: block?.next ?? open,
    };
  }
  const { nodeId, owner, tier } = answer;
  if (record.nodeId !== nodeId || record.owner !== owner.toLowerCase()) {
    await updateRegistration({ paths, nodeKeyHash: record.nodeKeyHash }, { nodeId, owner }, invocation);
  }
  const declared = tier === null ? '' : ` with tier ${tier}`;
  const { acceptTierMismatch: accepted } = settings.hardware;
  const { means, next } = compareDeclared(invocation, hardware, { tier, accepted });
  return {
    id: 'registration',
    done: next === null,
    means: `Registered as node ${nodeId} of ${owner}${declared}.${means === null ? '' : ` ${means}`}`,
    next,
  };
}

/** Checks that an earlier step answers already are not counted twice. */
const answeredBefore = new Set(['ollama', 'model', 'key', 'registration', 'tier', 'daemon']);
const isTrouble = (result: CheckReport['result']) => result === 'failed' || result === 'warning';

function judge(checks: readonly CheckReport[]): Step {
  const failed = checks.filter(({ id, result }) => result === 'failed' && !answeredBefore.has(id));
  const [first] = failed;
  if (first === undefined)
    return { id: 'checks', done: true, means: 'Nothing else keeps your node from earning.', next: null };
  return { id: 'checks', done: false, means: first.means, next: first.action };
}

function closing({ terminal }: Invocation, steps: readonly Step[], checks: readonly CheckReport[]): string {
  const missing = steps.filter(({ done }) => !done);
  if (missing.length > 0) {
    const list = missing.map(
      ({ next, means }) => `${paragraph(terminal, `${terminal.paint('warn', '!')} ${next ?? means}`)}`,
    );
    return [
      terminal.bold('Still to do:'),
      ...list,
      paragraph(terminal, 'Then run setup again. It continues from here.'),
    ].join('\n');
  }
  const running = checks.some(({ finding }) => finding === 'daemon-runs');
  return running
    ? terminal.bold('Everything is set up, and your node is running.')
    : `${terminal.bold('Everything is set up.')} Start earning with: parallelix-operator start`;
}
