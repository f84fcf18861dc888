import { describe, expect, it } from 'vitest';
import { registrationBlock } from '../../../../electron/daemon/hardware/registration-block.ts';
import { hardwareCases, probeCase } from '../../../fixtures/hardware-cases.ts';

/** `RTX 3060 12 GB`, as the table names a card. */
const cardWords = (card: { name: string; vramGb: number | null; counts: boolean }) =>
  `${card.name} ${card.vramGb === null ? '? GB' : `${card.vramGb} GB`}${card.counts ? '' : ' (does not count)'}`;

const table = hardwareCases.map(({ name, expected }) => {
  const cards = expected.cards.length === 0 ? 'no card' : expected.cards.map(cardWords).join(', ');
  return [name, cards, expected.tier] as const;
});

describe('machines as their tools told of them', () => {
  it.each(table)('%s → %s → tier %i', async (name) => {
    const { expected } = hardwareCases.find((one) => one.name === name) ?? {};
    const probe = await probeCase(name);
    expect(probe).toMatchObject({ tier: expected?.tier, gpu: expected?.gpu, cards: expected?.cards });
    expect(probe.cards).toHaveLength(expected?.cards.length ?? -1);
    expect(probe.findings.map(({ code }) => code)).toEqual(expected?.findings);
    expect(registrationBlock(probe)).toBe(expected?.registrationHold);
    expect(probe.decision).toMatchObject({ tier: probe.tier, arithmetic: { gpu: probe.gpu !== null } });
  });

  it('at least twelve were published or recorded, and each says where', () => {
    const counting = hardwareCases.filter(({ counts }) => counts);
    expect(counting.length).toBeGreaterThanOrEqual(12);
    for (const { source } of counting)
      expect(source).toMatch(/^(https:\/\/\S+$|recorded on \d{4}-\d\d-\d\d )/);
  });
});
