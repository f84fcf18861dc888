import type { AppCommandHandlers } from '../../../shared/contract/app.ts';
import type { serviceCommands } from '../../../shared/contract/service.ts';
import { NodeError } from '../../../shared/errors.ts';
import { readIdentityRecord } from '../../daemon/storage/identity-record.ts';
import type { NodeContext } from '../../node/context.ts';
import type { DaemonManager } from '../../node/daemon-manager.ts';
import { installService } from '../../node/operations/service/install.ts';
import { isLingering, planService } from '../../node/operations/service/plan.ts';
import { accountName, serviceManager, serviceOfState } from '../../node/operations/service/services.ts';
import { uninstallService } from '../../node/operations/service/uninstall.ts';

export interface ServiceCommandModules {
  node: DaemonManager;
  /** How a service starts the node without this app; null where this package cannot. */
  program: () => readonly string[] | null;
}

/** Moving the node of this app to a service and back, from a window. */
export function createServiceCommands(
  context: NodeContext,
  { node, program }: ServiceCommandModules,
): Pick<AppCommandHandlers, keyof typeof serviceCommands> {
  const { paths, platform } = context;

  async function unavailable(): Promise<string | null> {
    if (platform !== 'linux' && platform !== 'darwin') return 'platform';
    const reason = await (await serviceManager(context, 'user')).unavailable();
    return reason ?? (program() === null ? 'no-program' : null);
  }

  return {
    async 'service.look'() {
      const service = await serviceOfState(context);
      const record = await readIdentityRecord(paths.identityFile).catch(() => null);
      const ofUser = service?.manager.scope === 'user' && service.manager.kind === 'systemd';
      return {
        unavailable: await unavailable(),
        installed: service && {
          label: service.manager.label(service.file.name),
          scope: service.manager.scope,
          lingering: ofUser ? isLingering() : null,
        },
        movesKey: record?.keyStore === 'keychain',
      };
    },
    async 'service.install'({ moveKey, linger }) {
      const found = program();
      if (found === null)
        throw new NodeError('service-refused', { reason: 'no-program', detail: accountName() });
      const request = {
        scope: 'user',
        name: null,
        program: found,
        nodeArgs: [],
        passphraseFile: null,
      } as const;
      const plan = await planService(context, request);
      try {
        const done = await installService(context, plan, { moveKey, linger, onStep: () => {} });
        return { label: plan.label, lingering: done.lingering, lingerFault: done.lingerFault };
      } finally {
        // Attaches to the service; where it could not be installed the node runs here again.
        void node.start();
      }
    },
    async 'service.uninstall'() {
      const service = await serviceOfState(context);
      if (service === null) throw new NodeError('service-missing', { name: 'parallelix-operator' });
      try {
        await uninstallService(service);
      } finally {
        void node.start();
      }
      return {};
    },
  };
}
