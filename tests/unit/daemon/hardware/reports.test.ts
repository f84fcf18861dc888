import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { probeHardware } from '../../../../electron/daemon/hardware/probe.ts';
import { registrationBlock } from '../../../../electron/daemon/hardware/registration-block.ts';
import type { RunTool, ToolOutcome } from '../../../../electron/daemon/system/run-tool.ts';
import { findingText } from '../../../../shared/texts/hardware-text.ts';
import { treeOf } from '../../../fixtures/hardware-cases.ts';

/** Faults and rules as people reported them of their machines, with the right answer beside each. */
const folder = fileURLToPath(new URL('../../../fixtures/hardware-reports/', import.meta.url));

const report = z.strictObject({
  kind: z.enum(['fault', 'rule']),
  about: z.string(),
  system: z.object({
    platform: z.custom<NodeJS.Platform>(),
    arch: z.custom<NodeJS.Architecture>(),
    cores: z.number(),
    ramBytes: z.number(),
  }),
  tools: z.record(
    z.string(),
    z.strictObject({
      exitCode: z.number().optional(),
      timedOut: z.boolean().optional(),
      stdout: z.string(),
      stderr: z.string().default(''),
    }),
  ),
  files: z.record(z.string(), z.string()),
  right: z.strictObject({
    tier: z.number().optional(),
    cards: z.number().optional(),
    minCards: z.number().optional(),
    counting: z.number().optional(),
    vramMib: z.array(z.number()).optional(),
    vramNull: z.boolean().optional(),
    gpu: z.string().optional(),
    findings: z.array(z.string()).optional(),
    notFindings: z.array(z.string()).optional(),
    minFindings: z.number().optional(),
    maxFindings: z.number().optional(),
    specificFinding: z.boolean().optional(),
    findingTool: z.string().optional(),
    /** `*`: for whatever reason. */
    hold: z.string().optional(),
    minBudgetGib: z.number().optional(),
    maxBudgetGib: z.number().optional(),
    budgetNull: z.boolean().optional(),
    note: z.string().optional(),
  }),
});
const reports = readdirSync(folder)
  .toSorted()
  .map((file) => {
    const text = readFileSync(`${folder}${file}`, 'utf8');
    return { name: file.replace(/\.json$/, ''), ...report.parse(JSON.parse(text)) };
  });

const gib = 1024 ** 3;
const clock = { now: () => 0, monotonicMs: () => 0, sinceBootMs: () => 0, after: () => ({ cancel() {} }) };

function probe({ tools, files, system }: (typeof reports)[number]) {
  const runTool: RunTool = async (tool, _args, { timeoutMs }): Promise<ToolOutcome> => {
    const answer = tools[tool];
    if (answer === undefined) return { kind: 'missing' };
    const { stdout, stderr, exitCode = null, timedOut } = answer;
    const printed = `${stderr}\n${stdout}`;
    if (timedOut) return { kind: 'timed-out', timeoutMs, printed, stdout };
    return exitCode === 0 ? { kind: 'ran', stdout, stderr } : { kind: 'failed', exitCode, printed, stdout };
  };
  return probeHardware({ root: treeOf(files) }, { runTool, system, clock });
}

describe('machines as people reported them', () => {
  it('are sixteen faults and sixteen rules', () => {
    const count = (kind: string) => reports.filter((one) => one.kind === kind).length;
    expect([count('fault'), count('rule')]).toEqual([16, 16]);
  });

  it.each(reports.map((one) => [one.name, one.about, one] as const))('%s: %s', async (_name, _about, one) => {
    const { right } = one;
    const result = await probe(one);
    const { cards, findings, modelBudget } = result;
    const codes = findings.map(({ code }) => code);
    const block = registrationBlock(result);
    if (right.tier !== undefined) expect(result.tier).toBe(right.tier);
    if (right.cards !== undefined) expect(cards).toHaveLength(right.cards);
    if (right.minCards !== undefined) expect(cards.length).toBeGreaterThanOrEqual(right.minCards);
    if (right.counting !== undefined)
      expect(cards.filter(({ counts }) => counts)).toHaveLength(right.counting);
    if (right.vramMib !== undefined)
      expect(cards.map(({ vramBytes }) => (vramBytes ?? 0) / 1024 ** 2)).toEqual(right.vramMib);
    if (right.vramNull) expect(result.vramGb).toBeNull();
    if (right.gpu !== undefined) expect(result.gpu).toBe(right.gpu);
    expect(codes).toEqual(expect.arrayContaining(right.findings ?? []));
    for (const code of right.notFindings ?? []) expect(codes).not.toContain(code);
    expect(findings.length).toBeGreaterThanOrEqual(right.minFindings ?? 0);
    expect(findings.length).toBeLessThanOrEqual(right.maxFindings ?? 10);
    if (right.specificFinding) {
      expect(codes.length).toBeGreaterThan(0);
      for (const general of ['tool-failed', 'tool-output-unreadable', 'gpu-without-driver'])
        expect(codes).not.toContain(general);
      // What leads is also what the registration waits for.
      expect(block).toBe(codes[0]);
    }
    if (right.findingTool !== undefined)
      expect(findings.map(({ tool }) => tool)).toContain(right.findingTool);
    if (right.hold === '*') expect(block).not.toBeNull();
    else if (right.hold !== undefined) expect(block).toBe(right.hold);
    if (right.minBudgetGib !== undefined)
      expect(modelBudget.bytes).toBeGreaterThanOrEqual(right.minBudgetGib * gib);
    if (right.maxBudgetGib !== undefined)
      expect(modelBudget.bytes).toBeLessThanOrEqual(right.maxBudgetGib * gib);
    if (right.budgetNull) expect(modelBudget.bytes).toBeNull();
    for (const finding of findings) expect(findingText(finding)).not.toMatch(/undefined|null|NaN/);
  });
});
