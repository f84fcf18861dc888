import { isNodeError } from '../../../../shared/errors.ts';
import { describeError } from '../../../../shared/texts/error-text.ts';
import type { NodeContext } from '../../context.ts';
import { reachDaemon } from '../../daemon-link.ts';
import { installService } from '../service/install.ts';
import { planService } from '../service/plan.ts';
import { serviceManager, serviceOfState, stateOf } from '../service/services.ts';
import { uninstallService } from '../service/uninstall.ts';
import type { CutoverNode, StartedNode } from './node.ts';

/** A node that a cutover runs as a service. */
export interface ServiceCutoverNode extends CutoverNode {
  /** The service that was installed, and whether it goes on without a login; null before. */
  readonly installed: { label: string; lingering: boolean | null; lingerFault: string | null } | null;
}

/**
 * Runs our node as a service of the user, for the official client was one. Lingering is turned on, because the
 * official service ran without a login too.
 *
 * @returns null where no service can be installed here: then the host runs the node its own way
 */
export async function createServiceCutoverNode(
  context: NodeContext,
  options: { program: readonly string[] },
): Promise<ServiceCutoverNode | null> {
  const { platform, paths } = context;
  if (platform !== 'linux' && platform !== 'darwin') return null;
  const manager = await serviceManager(context, 'user');
  if ((await manager.unavailable()) !== null) return null;
  let installed: ServiceCutoverNode['installed'] = null;

  async function install(): Promise<void> {
    const request = {
      scope: 'user',
      name: null,
      program: options.program,
      nodeArgs: [],
      passphraseFile: null,
    } as const;
    const plan = await planService(context, request);
    const done = await installService(context, plan, { moveKey: false, linger: true, onStep: () => {} });
    installed = { label: plan.label, lingering: done.lingering, lingerFault: done.lingerFault };
  }

  return {
    get installed() {
      return installed;
    },
    async start(): Promise<StartedNode> {
      try {
        await install();
        return { ended: () => null };
      } catch (error) {
        if (!isNodeError(error)) throw error;
        // It left nothing behind; the cutover is to be taken back.
        return { ended: () => describeError(error) };
      }
    },
    async snapshot() {
      try {
        const daemon = await reachDaemon(context);
        return await daemon.ask('snapshot', {}).finally(() => daemon.close());
      } catch (error) {
        if (isNodeError(error)) return null;
        throw error;
      }
    },
    end: () => endServiceOf({ ...context, paths }),
  };
}

/**
 * Takes away the service of a state directory, after its requests: its node must not start again beside another one.
 *
 * @returns true also where there is none
 */
export async function endServiceOf(context: NodeContext): Promise<boolean> {
  const service = await serviceOfState(context);
  if (service === null) return true;
  await uninstallService(service);
  const { pid } = await stateOf(service);
  return pid === null;
}
