import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { RunTool } from '../hardware/tool.ts';

/** The official client at work on this computer, as far as can be seen. */
export interface OfficialRun {
  kind: 'systemd-unit' | 'launchd-agent' | 'process';
  /** For people: `systemd unit parallelix-node`. */
  name: string;
  pid: number | null;
}

/** Names that the official client gives its own services [network.md 12]. */
export const officialUnit = 'parallelix-node';
export const officialAgent = 'io.parallelix.node';

const toolTimeoutMs = 5000;
/** A unit that waits for its restart is at work too. */
const atWork = new Set(['active', 'activating', 'reloading', 'deactivating']);

/**
 * Looks for the official daemon: its systemd unit, its launchd agent, or a process of that name with
 * `start`. What a tool does not tell counts as not there; processes of other users may be hidden.
 */
export async function findOfficialRun(
  options: { platform: NodeJS.Platform; procDir?: string },
  modules: { runTool: RunTool },
): Promise<OfficialRun | null> {
  const { platform, procDir = '/proc' } = options;
  const { runTool } = modules;
  if (platform === 'darwin') {
    return (await findAgent(runTool)) ?? findProcess(await processesByPs(runTool));
  }
  return (await findUnit(runTool)) ?? findProcess(await processesByProc(procDir));
}

async function findUnit(runTool: RunTool): Promise<OfficialRun | null> {
  const looked = await runTool('systemctl', ['is-active', officialUnit], { timeoutMs: toolTimeoutMs });
  // It ends with a code of its own for everything but "active".
  const said = looked.kind === 'ran' ? looked.stdout : looked.kind === 'failed' ? looked.printed : '';
  if (!said.split('\n').some((line) => atWork.has(line.trim()))) return null;
  const asked = await runTool('systemctl', ['show', '--property=MainPID', '--value', officialUnit], {
    timeoutMs: toolTimeoutMs,
  });
  const pid = asked.kind === 'ran' ? Number(asked.stdout.trim()) : 0;
  const name = `systemd unit ${officialUnit}`;
  return { kind: 'systemd-unit', name, pid: Number.isSafeInteger(pid) && pid > 0 ? pid : null };
}

async function findAgent(runTool: RunTool): Promise<OfficialRun | null> {
  const looked = await runTool('launchctl', ['list', officialAgent], { timeoutMs: toolTimeoutMs });
  // Loaded is enough: launchd keeps it alive and starts it again by itself.
  if (looked.kind !== 'ran') return null;
  const pid = /"PID"\s*=\s*(\d+)/.exec(looked.stdout)?.[1];
  return { kind: 'launchd-agent', name: `launchd agent ${officialAgent}`, pid: pid ? Number(pid) : null };
}

interface RunningProcess {
  pid: number;
  args: readonly string[];
}

function findProcess(processes: readonly RunningProcess[]): OfficialRun | null {
  const found = processes.find(({ args }) => isOfficialDaemon(args));
  return found ? { kind: 'process', name: 'its own process', pid: found.pid } : null;
}

const interpreters = /^(node|nodejs|bun|deno)(-?\d[\d.]*)?$/;
const officialProgram = /^parallelix-node(\.[mc]?js)?$/;

/** `parallelix-node start …`, by itself or as the script of an interpreter. */
export function isOfficialDaemon(args: readonly string[]): boolean {
  const [first = ''] = args;
  const byInterpreter = interpreters.test(basename(first));
  const at = byInterpreter ? args.findIndex((arg, index) => index > 0 && !arg.startsWith('-')) : 0;
  const program = args[at];
  return (
    program !== undefined && officialProgram.test(basename(program)) && args.slice(at + 1).includes('start')
  );
}

async function processesByProc(procDir: string): Promise<RunningProcess[]> {
  const names = await readdir(procDir).catch(() => [] as string[]);
  const found = await Promise.all(
    names
      .filter((name) => /^\d+$/.test(name))
      .map(async (name) => {
        // A process may end while it is looked at; a dead one that nobody has collected has no arguments.
        const text = await readFile(join(procDir, name, 'cmdline'), 'utf8').catch(() => '');
        return { pid: Number(name), args: text.split('\0').slice(0, -1) };
      }),
  );
  return found.toSorted((a, b) => a.pid - b.pid);
}

async function processesByPs(runTool: RunTool): Promise<RunningProcess[]> {
  const listed = await runTool('ps', ['-axww', '-o', 'pid=,command='], { timeoutMs: toolTimeoutMs });
  if (listed.kind !== 'ran') return [];
  return listed.stdout.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(.*)$/.exec(line);
    return match ? [{ pid: Number(match[1]), args: (match[2] ?? '').split(/\s+/) }] : [];
  });
}
