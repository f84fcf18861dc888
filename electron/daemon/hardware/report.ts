import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import type { HardwareProbe } from './probe.ts';
import { registrationBlock } from './registration-block.ts';

/** What belongs to the report beside the probe itself. */
export interface HardwareFacts {
  hardware: HardwareProbe;
  mode: 'gpu' | 'cpu';
  declared: Snapshot['hardware']['declared'];
  load: Snapshot['hardware']['load'];
}

/** The machine, as the snapshot reports it. */
export function hardwareReport({ hardware, mode, declared, load }: HardwareFacts): Snapshot['hardware'] {
  const { tier, gpu, vramGb, cores, ramGb, findings, modelBudget, chosenCards, probedAtMs } = hardware;
  return {
    tier,
    mode,
    gpu,
    vramGb,
    cores,
    ramGb,
    cards: hardware.cards.map((card) => ({ ...card })),
    findings: findings.map((finding) => ({ ...finding })),
    arithmetic: hardware.decision.arithmetic,
    modelBudget,
    chosenCards,
    registrationHold: registrationBlock(hardware),
    declared,
    load,
    asOfMs: probedAtMs,
  };
}
