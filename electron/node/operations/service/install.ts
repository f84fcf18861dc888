import { chmod, mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { NodeError } from '../../../../shared/errors.ts';
import type { Reason } from '../../../../shared/reasons/reason-text.ts';
import { errorCode, fileError, writeFileAtomic } from '../../../daemon/storage/atomic-file.ts';
import { ensureStateDir } from '../../../daemon/storage/paths.ts';
import { faultOf } from '../../../daemon/system/service-manager/tool-fault.ts';
import type { NodeContext } from '../../context.ts';
import { drainGraceMs, reachDaemon, waitForEnd } from '../../daemon-link.ts';
import { moveKey } from '../keys/move.ts';
import { makeAccount, makeStateFolder } from './account.ts';
import type { ServicePlan } from './plan.ts';
import { accountName } from './services.ts';
import { inSteps, type Steps } from './steps.ts';

/** What is being done, in the order in which it is done. */
export type InstallStep =
  | 'account'
  | 'passphrase'
  | 'file'
  | 'enable'
  | 'linger'
  | 'drain'
  | 'move-key'
  | 'start';

export interface InstalledNow {
  /** It runs now. False only where there is no key yet. */
  started: boolean;
  /** The service file was written. False: it stood there already, just so. */
  written: boolean;
  keyMoved: boolean;
  /** Whether the user's services go on without a login; null where that does not matter. */
  lingering: boolean | null;
  /** Why lingering could not be switched on, or null. */
  lingerFault: Reason | null;
}

/**
 * Installs and starts a service as planned. Called again it changes nothing that is right already; when a step fails,
 * everything before it is taken back.
 *
 * @param options.moveKey a person agreed that the key leaves the keychain; `linger`: that services go on without a login
 * @throws NodeError `service-refused` for a key that stays in the keychain, `service-failed`, `disk-full`,
 *   `state-dir-unusable`, `daemon-not-answering` when the running node does not end, and what moving the key throws
 */
export async function installService(
  context: NodeContext,
  plan: ServicePlan,
  options: { moveKey: boolean; linger: boolean; onStep: (step: InstallStep) => void },
): Promise<InstalledNow> {
  const { manager, definition, paths, text, place, before, state, key, running } = plan;
  const { onStep } = options;
  const { name } = definition;
  const { clock } = context;
  if (key.place === 'keychain' && !options.moveKey) {
    const detail = 'the keychain';
    throw new NodeError('service-refused', { reason: 'key-in-keychain', detail });
  }
  return inSteps(async (steps) => {
    if (definition.scope === 'system' && context.platform === 'linux') {
      if (plan.makesAccount) onStep('account');
      const account = await makeAccount(context, steps);
      await makeStateFolder(paths.stateDir, account, steps);
    } else await ensureStateDir(paths, { clock });
    await sealPassphrase(context, plan, steps, onStep);
    const written = text !== before;
    if (written) {
      onStep('file');
      await steps.do(
        () => writeServiceFile(place, text),
        async () => {
          if (before === null) await rm(place, { force: true });
          else await writeServiceFile(place, before);
          await manager.reload();
          // What was replaced ran before, and runs again.
          if (before !== null && state.activity === 'running') await manager.restart(name);
        },
      );
      await manager.reload();
    }
    if (!state.enabled) {
      onStep('enable');
      await steps.do(
        () => manager.enable(name),
        () => manager.disable(name),
      );
    }
    const linger = await switchLingering(context, plan, options.linger, steps, onStep);
    if (key.place === 'missing') return { started: false, written, keyMoved: false, ...linger };
    if (running !== null) {
      onStep('drain');
      if (!(await endNode({ paths, clock }, running.pid))) {
        const reason = `process-not-ended(${running.pid})` as const;
        throw new NodeError('daemon-not-answering', { stateDir: paths.stateDir, reason });
      }
    }
    if (key.place === 'keychain') {
      onStep('move-key');
      await steps.do(
        () => moveKey({ ...context, paths }, { to: 'file' }),
        async () => void (await moveKey({ ...context, paths }, { to: 'keychain' })),
      );
    }
    await start(plan, written, steps, onStep);
    return { started: true, written, keyMoved: key.place === 'keychain', ...linger };
  });
}

/** Ends the node that runs outside of the service, after its requests; false when it outlives all patience. */
async function endNode(place: Pick<NodeContext, 'paths' | 'clock'>, pid: number): Promise<boolean> {
  let limitMs = 30_000;
  try {
    const daemon = await reachDaemon(place);
    ({ limitMs } = await daemon.ask('drain', {}).finally(() => daemon.close()));
  } catch {
    // Just starting, or of another version: it understands a signal.
    process.kill(pid, 'SIGTERM');
  }
  return waitForEnd(place, limitMs + drainGraceMs);
}

async function writeServiceFile(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  } catch (error) {
    throw fileError(error, path, 'service');
  }
  await writeFileAtomic(path, text, { mode: 0o644 });
}

async function start(
  { manager, definition, state }: ServicePlan,
  written: boolean,
  steps: Steps,
  onStep: (step: InstallStep) => void,
): Promise<void> {
  const { name } = definition;
  if (state.activity === 'running' && !written) return;
  onStep('start');
  try {
    if (state.activity === 'running') await manager.restart(name);
    else
      await steps.do(
        () => manager.start(name),
        () => manager.stop(name),
      );
  } catch (error) {
    const { exitCode } = await manager.state(name);
    // It may wait for its next attempt.
    await manager.stop(name).catch(() => undefined);
    if (exitCode === null || exitCode === 0 || !(error instanceof NodeError)) throw error;
    const reason = `exit-code(${exitCode})` as const;
    throw new NodeError(
      'service-failed',
      { action: 'start', name: manager.label(name), reason },
      { cause: error },
    );
  }
}

/** @throws NodeError `service-failed` */
async function sealPassphrase(
  { runTool }: NodeContext,
  { sealsPassphrase, label }: ServicePlan,
  steps: Steps,
  onStep: (step: InstallStep) => void,
): Promise<void> {
  if (sealsPassphrase === null) return;
  const { from, to } = sealsPassphrase;
  onStep('passphrase');
  await mkdir(dirname(to), { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    if (errorCode(error) !== 'EEXIST') throw fileError(error, to, 'service');
  });
  await steps.do(
    async () => {
      const args = ['encrypt', '--name=parallelix-key-passphrase', from, to];
      const reason = faultOf(await runTool('systemd-creds', args, { timeoutMs: 30_000 }));
      if (reason !== null)
        throw new NodeError('service-failed', { action: 'keep-passphrase', name: label, reason });
      await chmod(to, 0o600);
    },
    () => rm(to, { force: true }),
  );
}

/** That it cannot be switched on ends nothing: the service runs for as long as somebody is signed in. */
async function switchLingering(
  { runTool }: NodeContext,
  { lingering }: ServicePlan,
  wanted: boolean,
  steps: Steps,
  onStep: (step: InstallStep) => void,
): Promise<Pick<InstalledNow, 'lingering' | 'lingerFault'>> {
  if (lingering !== false || !wanted) return { lingering, lingerFault: null };
  onStep('linger');
  const loginctl = (verb: string) =>
    runTool('loginctl', ['--no-ask-password', verb, accountName()], { timeoutMs: 20_000 });
  const lingerFault = faultOf(await loginctl('enable-linger'));
  if (lingerFault === null)
    await steps.do(
      async () => {},
      async () => void (await loginctl('disable-linger')),
    );
  return { lingering: lingerFault === null, lingerFault };
}
