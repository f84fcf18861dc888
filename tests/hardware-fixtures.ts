import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { findingCodes } from '../electron/daemon/hardware/card.ts';
import type { FileTree } from '../electron/daemon/hardware/file-tree.ts';
import { type HardwareProbe, probeHardware } from '../electron/daemon/hardware/probe.ts';
import type { RunTool, ToolOutcome } from '../electron/daemon/hardware/tool.ts';

/**
 * Machines as their tools told of them. A case is a folder with `case.json`, the tools' output as it was printed, and
 * `tree.json` with the kernel's files. `source` says where it was published or on what it was recorded; a case that
 * somebody made up is called `constructed-…` and stands for no machine.
 */
const folder = fileURLToPath(new URL('fixtures/hardware', import.meta.url));

const tool = z.strictObject({
  tool: z.string(),
  /** Only the official client's query was published; the driver refuses the fuller one. */
  query: z.literal('official').optional(),
  /** File with what a successful call printed. */
  stdout: z.string().optional(),
  /** File with what a failed call printed. */
  printed: z.string().optional(),
  exitCode: z.number().nullable().optional(),
});
const card = z.strictObject({
  name: z.string(),
  vramGb: z.number().nullable(),
  tier: z.number(),
  counts: z.boolean(),
  kind: z.string(),
  uuid: z.string().nullable().optional(),
  pciAddress: z.string().nullable().optional(),
  driver: z.string().nullable().optional(),
  sharedBytes: z.number().nullable().optional(),
});
const caseSchema = z.strictObject({
  source: z.string().min(10),
  note: z.string().optional(),
  system: z.strictObject({
    platform: z.custom<NodeJS.Platform>((value) => value === 'linux' || value === 'darwin'),
    arch: z.custom<NodeJS.Architecture>((value) => value === 'x64' || value === 'arm64'),
    cores: z.number(),
    ramBytes: z.number(),
  }),
  tools: z.array(tool),
  expected: z.strictObject({
    tier: z.number(),
    gpu: z.string().nullable(),
    cards: z.array(card),
    findings: z.array(z.enum(findingCodes)),
    registrationHold: z.enum(findingCodes).nullable(),
  }),
});
export type HardwareCase = z.infer<typeof caseSchema> & { name: string; counts: boolean };

export const hardwareCases: HardwareCase[] = readdirSync(folder)
  .toSorted()
  .map((name) => ({
    name,
    counts: !name.startsWith('constructed-'),
    ...caseSchema.parse(JSON.parse(readFileSync(join(folder, name, 'case.json'), 'utf8'))),
  }));

/** Probes the machine of a case. */
export function probeCase(
  name: string,
  chosenCards: readonly string[] | null = null,
): Promise<HardwareProbe> {
  const found = hardwareCases.find((one) => one.name === name);
  if (found === undefined) throw new RangeError(`no hardware case ${name}`);
  const text = (file: string) => readFileSync(join(folder, name, file), 'utf8');
  const runTool: RunTool = async (asked, args): Promise<ToolOutcome> => {
    const entry = found.tools.find((one) => one.tool === asked);
    if (entry === undefined) return { kind: 'missing' };
    if (entry.query === 'official' && args[0] !== '--query-gpu=name,memory.total') {
      return {
        kind: 'failed',
        exitCode: 2,
        printed: 'Field "mig.mode.current" is not a valid field to query.\n\n',
      };
    }
    if (entry.stdout !== undefined) return { kind: 'ran', stdout: text(entry.stdout), stderr: '' };
    return { kind: 'failed', exitCode: entry.exitCode ?? null, printed: text(entry.printed ?? '') };
  };
  const treeFile = join(folder, name, 'tree.json');
  const files = existsSync(treeFile)
    ? z.record(z.string(), z.string()).parse(JSON.parse(text('tree.json')))
    : {};
  const clock = { now: () => 0, monotonicMs: () => 0, sinceBootMs: () => 0, after: () => ({ cancel() {} }) };
  return probeHardware({ root: treeOf(files), chosenCards }, { runTool, system: found.system, clock });
}

const linkMark = '-> ';

/** A tree from paths and contents; `-> target` is a symbolic link. */
export function treeOf(files: Readonly<Record<string, string>>): FileTree {
  const at = (path: string) => (Object.hasOwn(files, path) ? (files[path] ?? null) : null);
  const list = (path: string) => {
    const inside = Object.keys(files).filter((name) => name.startsWith(`${path}/`));
    return [...new Set(inside.map((name) => name.slice(path.length + 1).split('/')[0] ?? ''))].toSorted();
  };
  return {
    read: async (path) => {
      const content = at(path);
      return content === null || content.startsWith(linkMark) ? null : content.trim();
    },
    list: async (path) => list(path),
    link: async (path) => {
      const content = at(path);
      return content?.startsWith(linkMark) ? content.slice(linkMark.length).trim() : null;
    },
    exists: async (path) => at(path) !== null || list(path).length > 0,
  };
}
