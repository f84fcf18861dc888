import { tiers } from '../../../../shared/hardware/tiers.ts';
import { registrationBlock } from '../../../daemon/hardware/registration-block.ts';
import { findDaemon } from '../../../daemon/storage/lock.ts';
import { probeAndKeep } from '../../../node/hardware.ts';
import type { CommandRun } from '../../args/invocation.ts';
import { exitCodes } from '../../exit-codes.ts';
import { resolvePaths } from '../../resolve.ts';
import { paragraph } from '../../terminal/layout.ts';
import { probeText } from './text.ts';

export const runProbe: CommandRun = async (invocation) => {
  const { flags, terminal, platform, clock } = invocation;
  const paths = await resolvePaths(invocation);
  const { hardware, kept } = await probeAndKeep(invocation, paths);
  if (flags.json) {
    const { printDocument } = await import('../../documents/documents.ts');
    const { probeDocument } = await import('../../documents/probe.ts');
    const { label, multiplierTenths } = tiers[hardware.tier];
    const { decision, ...facts } = hardware;
    printDocument(terminal, probeDocument, {
      schemaVersion: 1,
      document: 'probe',
      ...facts,
      label,
      multiplier: (multiplierTenths / 10).toFixed(1),
      arithmetic: decision.arithmetic,
      registrationHold: registrationBlock(hardware),
      kept,
    });
    return exitCodes.done;
  }
  terminal.out(probeText(terminal, hardware, platform));
  if (registrationBlock(hardware) !== null) {
    const notice =
      'Before you register: a tier can’t be changed later as far as we know. Setup shows no link while a GPU may be undetected.';
    terminal.out(`\n${paragraph(terminal, notice)}`);
  }
  if (!kept)
    terminal.err(`Note: the result couldn’t be saved in ${paths.stateDir}; the next start scans again.`);
  else if ((await findDaemon(paths, { clock })) !== null) {
    terminal.out(`\nThe running node keeps what it detected itself.`);
  }
  return exitCodes.done;
};
