import { describeBadge, describeState } from '../../shared/states/states.ts';
import { findingText } from '../../shared/texts/hardware-text.ts';
import type { HardwareProbe } from '../daemon/hardware/probe.ts';
import { registrationBlock } from '../daemon/hardware/registration-block.ts';
import { type TierStanding, tierStanding } from '../daemon/hardware/tier-match.ts';
import type { Invocation } from './args/invocation.ts';
import { paragraph } from './terminal/layout.ts';
import { askLine, canAsk } from './terminal/prompt.ts';

/** Why no link to register is shown yet, and what to do. */
export interface RegistrationBlock {
  /** The code of the finding that may hide a GPU. */
  code: string;
  means: string;
  next: string;
  /** The person has read what it means, and did not accept. */
  shown: boolean;
}

/**
 * Null when the link may be shown: no GPU may be hidden, or the person accepts tier 1, by flag or asked on a terminal.
 * The consent is not kept: it holds for what was seen now, and a registered node needs none.
 *
 * @throws NodeError `cancelled`
 */
export async function checkRegistrationBlock(
  { flags, terminal }: Invocation,
  hardware: HardwareProbe,
  { mayAsk }: { mayAsk: boolean } = { mayAsk: true },
): Promise<RegistrationBlock | null> {
  const code = registrationBlock(hardware);
  if (code === null || flags['accept-tier-1']) return null;
  const finding = hardware.findings.find((one) => one.code === code);
  const reason = finding === undefined ? '' : ` ${findingText(finding)}`;
  const means = `This computer shows tier 1, but a GPU may be undetected.${reason} As far as we know, a tier can’t be changed later. So there is no link yet, and you can’t earn before you register.`;
  const next =
    'Fix the GPU and run setup again. Or register as tier 1 for good: parallelix-operator setup --accept-tier-1';
  const shown = mayAsk && !flags.yes && !flags.json && canAsk();
  if (shown) {
    terminal.err(`\n${paragraph(terminal, means)}`);
    const answer = await askLine(
      'Type 1 to register as tier 1 anyway, or press Enter to fix the GPU first: ',
    );
    if (answer.trim() === '1') return null;
  }
  return { code, means, next, shown };
}

/** What the registered tier means beside the one seen here. */
export interface DeclaredTier extends TierStanding {
  /** As text; null where there is nothing to say. */
  means: string | null;
  /** What to do; null when the node serves. */
  next: string | null;
}

export function compareDeclared(
  { clock }: Invocation,
  hardware: HardwareProbe,
  registered: { tier: number | null; accepted: boolean },
): DeclaredTier {
  const standing = tierStanding({
    declared: registered.tier,
    probed: hardware.tier,
    accepted: registered.accepted,
  });
  const { state, badge, blocksServing } = standing;
  const nowMs = clock.now();
  let means: string | null = null;
  if (badge !== null) means = describeBadge(badge.code, badge.params, nowMs).sentence;
  if (state !== null) means = describeState(state.code, state.params, nowMs).sentence;
  const next = blocksServing
    ? `${means ?? ''} To accept it: parallelix-operator start --accept-tier-mismatch`
    : null;
  return { ...standing, means, next };
}
