import type { Snapshot } from '../../../../shared/contract/snapshot.ts';
import { isNodeError } from '../../../../shared/errors.ts';
import { reasonOf } from '../../../../shared/reasons/reason-text.ts';
import { hasOfficialService } from '../../../daemon/incumbent/service.ts';
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
 * Where the official client is a service, ours becomes one too, if it can.
 *
 * @param options.program starts the node in a service; null where this package cannot
 * @returns null where the host runs the node its own way
 */
export async function serviceInstead(
  context: NodeContext,
  { program }: { program: readonly string[] | null },
): Promise<ServiceCutoverNode | null> {
  const { platform, homeDir } = context;
  if (program === null || !hasOfficialService({ platform, homeDir })) return null;
  return createServiceCutoverNode(context, { program });
}

/**
 * Runs our node as a service of the user, for the official client was one. Lingering is turned on, because the
 * official service ran without a login too.
 *
 * @returns null where no service can be installed here: then the host runs the node its own way
 */
async function createServiceCutoverNode(
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
        const reason = isNodeError(error, 'service-failed') ? error.details.reason : reasonOf(error);
        return { ended: () => reason };
      }
    },
    snapshot: () => snapshotHere(context),
    end: () => endServiceOf({ ...context, paths }),
  };
}

/** What the node that runs on this state directory reports; null while none answers. */
export async function snapshotHere(context: NodeContext): Promise<Snapshot | null> {
  try {
    const daemon = await reachDaemon(context);
    return await daemon.ask('snapshot', {}).finally(() => daemon.close());
  } catch (error) {
    if (isNodeError(error)) return null;
    throw error;
  }
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
