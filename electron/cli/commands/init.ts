import { registrationNotes } from '../../../shared/texts/registration-text.ts';
import type { CreatedIdentity } from '../../daemon/identity/identity.ts';
import { probeAndKeep } from '../../node/hardware.ts';
import { makeKey } from '../../node/operations/keys/make.ts';
import { modeOf } from '../../node/operations/keys/show.ts';
import { registrationOf } from '../../node/operations/registration.ts';
import type { CommandRun } from '../args/invocation.ts';
import { contextOf } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { newPassphrase } from '../passphrases.ts';
import { resolveConfigurationLeniently } from '../resolve.ts';
import { paragraph } from '../terminal/layout.ts';
import { checkRegistrationBlock } from '../tier-acceptance.ts';
import { walletGiven } from './key/adoption.ts';
import { registrationFacts } from './key/facts.ts';

export const runInit: CommandRun = async (invocation) => {
  const { flags, terminal } = invocation;
  const owner = walletGiven(flags.wallet);
  const { paths, settings } = await resolveConfigurationLeniently(invocation);
  const lockWith = flags.passphrase ? await newPassphrase(invocation, paths.keyFile) : null;
  const created = await makeKey(contextOf(invocation, paths), {
    force: flags.force === true,
    owner,
    lockWith,
  });
  const { hardware } = await probeAndKeep(invocation, paths);
  const { nodeKeyHash, nodeAddress } = created.record;
  const mode = (await modeOf(created.place)) ?? 'unknown';
  const block = await checkRegistrationBlock(invocation, hardware);
  const place = registrationOf(settings, { nodeKeyHash, tier: hardware.tier });
  const link = block === null ? place.link : null;
  const code = block === null ? exitCodes.done : exitCodes.notReady;
  if (flags.json) {
    const { printDocument } = await import('../documents/documents.ts');
    const { initDocument } = await import('../documents/keys.ts');
    printDocument(terminal, initDocument, {
      schemaVersion: 1,
      document: 'init',
      nodeKeyHash,
      nodeAddress,
      tier: hardware.tier,
      registerLink: link,
      registrationHold: block?.code ?? null,
      keyFile: created.place,
      keyMode: mode,
      owner: created.record.owner,
      backup: created.backup,
    });
    return code;
  }
  if (created.backup !== null) terminal.out(`${backupText(created)}\n`);
  terminal.out(
    `${terminal.paint('good', '✓')} ${terminal.bold('The node key is made.')} It stays on this machine and signs only heartbeats and results.\n`,
  );
  const facts = { tier: hardware.tier, nodeKeyHash, keyFile: created.place, mode, link };
  terminal.out(registrationFacts(terminal, facts));
  const start = 'Then run: parallelix-operator start. The registration is noticed by itself.';
  const open = 'Open the link and register with your staking wallet; the form is filled in.';
  const registering = [...registrationNotes(place.note), ...(link === null ? [] : [open]), start];
  const next = block === null ? registering.join(' ') : block.next;
  if (block?.shown === false) terminal.out(`\n${paragraph(terminal, block.means)}`);
  terminal.out(`\n${paragraph(terminal, next)}`);
  terminal.out(
    paragraph(
      terminal,
      'Make a backup of the key, because without it this registration cannot earn: parallelix-operator key backup FILE',
    ),
  );
  return code;
};

function backupText({ backup }: CreatedIdentity): string {
  const parts = [];
  if (backup?.keyFile)
    parts.push(`the old key ${backup.nodeKeyHash ?? ''} is in ${backup.keyFile}`.replace('  ', ' '));
  if (backup?.recordFile) parts.push(`its record in ${backup.recordFile}`);
  return `Backed up first: ${parts.join(', ')}. Its registration earns nothing without that key. To use it again, restore both.`;
}
