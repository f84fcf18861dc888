import type { AppState, Preparation, Snapshot } from './bridge.ts';
import { isAboutKey } from './key-faults.ts';

/** `need` is a page to read; the seven after it are the guide's. */
export const steps = ['need', 'probe', 'model', 'key', 'register', 'run', 'claim', 'exit'] as const;
export type Step = (typeof steps)[number];

/** The steps that lead to a node that is online. */
export const stepsToRun = ['probe', 'model', 'key', 'register', 'run'] as const satisfies readonly Step[];

/** `done`: the daemon reports it so. `blocked`: it reports what is in the way. `open`: neither. */
export type StepStatus = 'done' | 'blocked' | 'open';
export type Progress = Readonly<Record<Step, StepStatus>>;

/** How far the path is, by what the host reports; nothing is ticked by hand, so nothing can be out of date. */
export function progressOf(
  app: AppState | null,
  snapshot: Snapshot | null,
  machine: Preparation | null,
): Progress {
  const done = (holds: boolean): StepStatus => (holds ? 'done' : 'open');
  return {
    need: 'open',
    probe: probeStatus(machine),
    model: done(machine?.ollama.condition === 'running' && machine.ollama.defaultModel !== null),
    key: keyStatus(app, snapshot),
    register: registerStatus(snapshot),
    run: done((snapshot?.heartbeat.firstAcceptedAtMs ?? null) !== null),
    // Claiming is never over.
    claim: 'open',
    exit: exitStatus(snapshot),
  };
}

function probeStatus(machine: Preparation | null): StepStatus {
  if (!machine) return 'open';
  return machine.hardware.registrationHold === null ? 'done' : 'blocked';
}

function keyStatus(app: AppState | null, snapshot: Snapshot | null): StepStatus {
  if (snapshot) return 'done';
  return isAboutKey(app?.node) ? 'blocked' : 'open';
}

function registerStatus(snapshot: Snapshot | null): StepStatus {
  if (snapshot?.registration.status !== 'registered') return 'open';
  const { match, accepted } = snapshot.hardware.declared;
  return match === 'declared-higher' && !accepted ? 'blocked' : 'done';
}

/** Leaving: `blocked` while the stake is being released, `done` once it is withdrawn. */
export function exitStatus(snapshot: Snapshot | null): StepStatus {
  const said = [snapshot?.state.code, snapshot?.chain.node?.state];
  if (said.includes('retired')) return 'done';
  return said.includes('cooling') ? 'blocked' : 'open';
}

/** Where the path goes on: the first step that is not done; the page to read while nothing is. */
export function nextStep(progress: Progress): Step {
  const first = stepsToRun.find((step) => progress[step] !== 'done');
  if (first === undefined) return 'claim';
  const untouched = stepsToRun.every((step) => step === 'probe' || progress[step] === 'open');
  return untouched && progress.probe !== 'blocked' ? 'need' : first;
}

export function isStep(text: string | null): text is Step {
  return steps.some((step) => step === text);
}

/** What a step waits for; null where it can be opened. Reading what comes later is always possible. */
export function waitsFor(step: Step, progress: Progress): 'key' | 'register' | null {
  if (step !== 'register' && step !== 'run') return null;
  if (progress.key !== 'done') return 'key';
  return step === 'run' && progress.register === 'open' ? 'register' : null;
}

/** Whether this node was ever online, in this run or an earlier one. */
function wasOnline({ heartbeat, uptime }: Snapshot): boolean {
  return heartbeat.firstAcceptedAtMs !== null || uptime.sinceMs !== null;
}

/**
 * How many steps are left before the node goes online for the first time. Null once it was, and while nothing is known
 * of them: then there is no set-up to speak of.
 */
export function stepsLeft(
  app: AppState | null,
  snapshot: Snapshot | null,
  machine: Preparation | null,
): number | null {
  if (snapshot === null && app?.node.phase !== 'no-identity') return null;
  if (snapshot !== null && wasOnline(snapshot)) return null;
  const progress = progressOf(app, snapshot, machine);
  return stepsToRun.filter((step) => progress[step] !== 'done').length;
}
