import { tiers } from '../../../shared/tiers.ts';
import { registrationHold } from '../../daemon/hardware/registration-hold.ts';
import { findDaemon } from '../../daemon/storage/lock.ts';
import { exitCodes } from '../exit-codes.ts';
import { probeAndKeep } from '../hardware.ts';
import type { CommandRun } from '../invocation.ts';
import { paragraph } from '../layout.ts';
import { probeText } from '../probe-text.ts';
import { resolvePaths } from '../resolve.ts';

export const runProbe: CommandRun = async (invocation) => {
  const { flags, terminal, platform, clock } = invocation;
  const paths = await resolvePaths(invocation);
  const { hardware, kept } = await probeAndKeep(invocation, paths);
  if (flags.json) {
    const { printDocument } = await import('../documents.ts');
    const { probeDocument } = await import('../probe-document.ts');
    const { label, multiplierTenths } = tiers[hardware.tier];
    const { decision, ...facts } = hardware;
    printDocument(terminal, probeDocument, {
      schemaVersion: 1,
      document: 'probe',
      ...facts,
      label,
      multiplier: (multiplierTenths / 10).toFixed(1),
      arithmetic: decision.arithmetic,
      registrationHold: registrationHold(hardware),
      kept,
    });
    return exitCodes.done;
  }
  terminal.out(probeText(terminal, hardware, platform));
  if (registrationHold(hardware) !== null) {
    const held =
      'Before you register: a registered tier is not known to be changeable, so setup shows no link while a GPU may only be out of order.';
    terminal.out(`\n${paragraph(terminal, held)}`);
  }
  if (!kept)
    terminal.err(`Note: what was seen could not be kept in ${paths.stateDir}; the next start looks again.`);
  else if ((await findDaemon(paths, { clock })) !== null) {
    terminal.out(`\nThe running node goes on with what it saw itself.`);
  }
  return exitCodes.done;
};
