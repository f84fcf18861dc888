import { describeTier, type Tier } from '../../../../shared/hardware/tiers.ts';
import { facts } from '../../terminal/layout.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** What a person needs to register a key; without the link where there is none to open now. */
export function registrationFacts(
  terminal: Terminal,
  key: { tier: Tier; nodeKeyHash: string; keyFile: string; mode: string | null; link: string | null },
): string {
  return facts(terminal, [
    ['tier', describeTier(key.tier)],
    ['nodeKeyHash', key.nodeKeyHash],
    ['key file', `${key.keyFile}${key.mode === null ? '' : ` (mode ${key.mode})`}`],
    ...(key.link === null ? [] : [['register', key.link] as [string, string]]),
  ]);
}
