import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { RunTool } from '../system/run-tool.ts';

/** The official client running on this computer, as far as can be seen. */
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
/** A unit that waits for its restart counts as running too. */
const atWork = new Set(['active', 'activating', 'reloading', 'deactivating']);

/**
 * Searches for the official daemon: its systemd unit, its launchd agent, or a process of that name with
 * `start`. What a tool does not report counts as not there; processes of other users may be hidden.
 *
 * @param options.homeDir whose node it is about: the official client has its key in the home directory
 */
export async function findOfficialRun(
  options: { platform: NodeJS.Platform; homeDir: string; procDir?: string },
  modules: { runTool: RunTool },
): Promise<OfficialRun | null> {
  const { platform, homeDir, procDir = '/proc' } = options;
  const { runTool } = modules;
  if (platform === 'darwin') {
    return (await findAgent(runTool)) ?? asRun((await processesByPs(runTool))[0]);
  }
  const unit = await findUnit(runTool);
  if (unit !== null) return unit;
  for (const found of await processesByProc(procDir)) {
    const home = await homeOf(procDir, found.pid);
    // With a home of its own it serves a key of its own.
    if (home === null || home === homeDir) return asRun(found);
  }
  return null;
}

async function findUnit(runTool: RunTool): Promise<OfficialRun | null> {
  const answered = await runTool('systemctl', ['is-active', officialUnit], { timeoutMs: toolTimeoutMs });
  // It ends with a code of its own for everything but "active".
  const said = answered.kind === 'ran' ? answered.stdout : answered.kind === 'failed' ? answered.printed : '';
  if (!said.split('\n').some((line) => atWork.has(line.trim()))) return null;
  const asked = await runTool('systemctl', ['show', '--property=MainPID', '--value', officialUnit], {
    timeoutMs: toolTimeoutMs,
  });
  const pid = asked.kind === 'ran' ? Number(asked.stdout.trim()) : 0;
  const name = `systemd unit ${officialUnit}`;
  return { kind: 'systemd-unit', name, pid: Number.isSafeInteger(pid) && pid > 0 ? pid : null };
}

async function findAgent(runTool: RunTool): Promise<OfficialRun | null> {
  const answered = await runTool('launchctl', ['list', officialAgent], { timeoutMs: toolTimeoutMs });
  // Loaded is enough: launchd keeps it alive and starts it again by itself.
  if (answered.kind !== 'ran') return null;
  const pid = /"PID"\s*=\s*(\d+)/.exec(answered.stdout)?.[1];
  return { kind: 'launchd-agent', name: `launchd agent ${officialAgent}`, pid: pid ? Number(pid) : null };
}

interface RunningProcess {
  pid: number;
  args: readonly string[];
}

function asRun(found: RunningProcess | undefined): OfficialRun | null {
  return found ? { kind: 'process', name: 'its own process', pid: found.pid } : null;
}

const interpreters = /^(node|nodejs|bun|deno)(-?\d[\d.]*)?$/;
const officialProgram = /^parallelix-node(\.[mc]?js)?$/;

/** `parallelix-node start …`, by itself or as the script of an interpreter. */
export function isOfficialDaemon(args: readonly string[]): boolean {
  const [first = ''] = args;
  const at = interpreters.test(basename(first)) ? scriptIndex(args) : 0;
  return officialProgram.test(basename(args[at] ?? '')) && args.slice(at + 1).includes('start');
}

const flagsWithValue = /^(-r|--require|--import|-C|--conditions|--loader|--experimental-loader)$/;
const flagsInsteadOfScript = /^(-e|-p|-pe|--eval|--print)$/;

/** Where the script stands that an interpreter runs; beyond the end when it runs none. */
function scriptIndex(args: readonly string[]): number {
  for (let at = 1; at < args.length; at++) {
    const arg = args[at] ?? '';
    if (flagsInsteadOfScript.test(arg)) break;
    if (flagsWithValue.test(arg)) at += 1;
    else if (!arg.startsWith('-')) return at;
  }
  return args.length;
}

async function processesByProc(procDir: string): Promise<RunningProcess[]> {
  const names = await readdir(procDir).catch(() => [] as string[]);
  const found = await Promise.all(
    names
      .filter((name) => /^\d+$/.test(name))
      .map(async (name) => {
        // A process may end while it is checked; a dead one that nobody has collected has no arguments.
        const text = await readFile(join(procDir, name, 'cmdline'), 'utf8').catch(() => '');
        return { pid: Number(name), args: text.split('\0').slice(0, -1) };
      }),
  );
  return found.filter(({ args }) => isOfficialDaemon(args)).toSorted((a, b) => a.pid - b.pid);
}

/** The home directory that a process was given; null when that cannot be seen, as for another user's. */
async function homeOf(procDir: string, pid: number): Promise<string | null> {
  const text = await readFile(join(procDir, String(pid), 'environ'), 'utf8').catch(() => '');
  const given = text.split('\0').find((one) => one.startsWith('HOME='));
  return given?.slice('HOME='.length) ?? null;
}

async function processesByPs(runTool: RunTool): Promise<RunningProcess[]> {
  const listed = await runTool('ps', ['-axww', '-o', 'pid=,command='], { timeoutMs: toolTimeoutMs });
  if (listed.kind !== 'ran') return [];
  return listed.stdout.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(.*)$/.exec(line);
    const args = (match?.[2] ?? '').split(/\s+/);
    return match && isOfficialDaemon(args) ? [{ pid: Number(match[1]), args }] : [];
  });
}
