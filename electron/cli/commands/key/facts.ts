import { describeTier, type Tier } from '../../../../shared/hardware/tiers.ts';
import { registerLink } from '../../../../shared/links.ts';
import { facts } from '../../terminal/layout.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** What a person needs to register a key; without the link while registering waits. */
export function registrationFacts(
  terminal: Terminal,
  key: {
    tier: Tier;
    nodeKeyHash: string;
    keyFile: string;
    mode: string | null;
    registrationBlocked: boolean;
  },
): string {
  return facts(terminal, [
    ['tier', describeTier(key.tier)],
    ['nodeKeyHash', key.nodeKeyHash],
    ['key file', `${key.keyFile}${key.mode === null ? '' : ` (mode ${key.mode})`}`],
    ...(key.registrationBlocked
      ? []
      : [['register', registerLink(key.nodeKeyHash, key.tier)] as [string, string]]),
  ]);
}
