import type { CheckReport } from '../../../shared/check-findings.ts';
import type { AppCommandHandlers } from '../../../shared/contract/app.ts';
import type { Migration, MigrationStep, migrationCommands } from '../../../shared/contract/migration.ts';
import { isNodeError, NodeError } from '../../../shared/errors.ts';
import { reasonOf } from '../../../shared/reasons/reason-text.ts';
import { findDaemon } from '../../daemon/storage/lock.ts';
import type { SettingsStore } from '../../daemon/storage/settings.ts';
import type { NodeContext } from '../../node/context.ts';
import type { DaemonManager } from '../../node/daemon-manager.ts';
import { cutOver } from '../../node/operations/cutover/cutover.ts';
import { type CutoverNode, usualPatienceMs } from '../../node/operations/cutover/node.ts';
import { type CutoverStep, prepareCutover } from '../../node/operations/cutover/prepare.ts';
import { serviceInstead, snapshotHere } from '../../node/operations/cutover/service-node.ts';

export interface MigrationModules {
  node: DaemonManager;
  settings: SettingsStore;
  /** Every check, by what is in force for the app. */
  check: () => Promise<readonly CheckReport[]>;
  /** How a service starts the node without this app; null where this package cannot. */
  program: () => readonly string[] | null;
  changed: () => void;
  /** How long the first accepted heartbeat may take. */
  patienceMs?: number;
}

export interface AppMigration {
  /** What runs, or how the last one ended; null before the first. */
  readonly state: Migration | null;
  readonly commands: Pick<AppCommandHandlers, keyof typeof migrationCommands>;
  /** Takes back what is under way, and resolves when that is done: the official client isn't left stopped. */
  stop(): Promise<void>;
}

/** Changing over from the official client by a button: the operation of the command line's `switch`. */
export function createMigration(context: NodeContext, modules: MigrationModules): AppMigration {
  const { node, settings, check, program, changed, patienceMs = usualPatienceMs } = modules;
  const { paths, clock } = context;
  const ending = new AbortController();
  let state: Migration | null = null;
  let running: ReturnType<typeof migrate> | null = null;

  function enter(next: Migration): void {
    state = next;
    changed();
  }

  async function migrate() {
    if (node.phase.phase === 'hosting' || node.phase.phase === 'attached')
      throw new NodeError('other-daemon', { pid: null, uptimeMs: null, stateDir: paths.stateDir });
    // The node of this app would start by itself as soon as the official client has ended.
    const holds = node.phase.phase !== 'no-identity';
    if (holds) await node.stop(settings.current.timing.drainMs);
    let imported = false;
    const report = (step: CutoverStep) => {
      imported ||= step.step === 'key-imported';
      const shown = stepOf(step);
      if (shown !== null) enter({ state: 'running', step: shown });
    };
    try {
      const service = await serviceInstead(context, { program: program() });
      const ours = service ?? createAppNode(context, { node, settings });
      const { nodeKeyHash, dir } = await prepareCutover(context, { settings, check, report });
      const options = { nodeKeyHash, dir, patienceMs, signal: ending.signal };
      const { gap, nodeId } = await cutOver(context, options, { node: ours, report });
      const { label = null, lingerFault = null } = service?.installed ?? {};
      enter({ state: 'done', atMs: clock.now(), service: label, lingerFault, gapMs: gap?.maxMs ?? null });
      return { nodeKeyHash, nodeId, service: label };
    } finally {
      // Attaches to the service, or waits for the official client again. Downloads go on where nothing was imported.
      if ((holds || imported) && !ending.signal.aborted) void node.start();
    }
  }

  async function migrateReporting() {
    enter({ state: 'running', step: 'importing' });
    try {
      return await migrate();
    } catch (error) {
      const known = isNodeError(error) ? error : new NodeError('internal-error', {}, { cause: error });
      const { code, details } = known;
      enter({ state: 'failed', atMs: clock.now(), error: { code, details: { ...details } } });
      throw error;
    }
  }

  return {
    get state() {
      return state;
    },
    commands: {
      async 'node.planMigration'() {
        const service = await serviceInstead(context, { program: program() });
        return { endsAs: service === null ? 'app' : 'service' };
      },
      'node.migrate'() {
        running ??= migrateReporting().finally(() => {
          running = null;
        });
        return running;
      },
    },
    async stop() {
      ending.abort();
      await running?.catch(() => undefined);
    },
  };
}

/** The node of a migration as this app runs it: in itself. */
function createAppNode(
  context: NodeContext,
  { node, settings }: Pick<MigrationModules, 'node' | 'settings'>,
): CutoverNode {
  const { paths, clock } = context;
  return {
    async start() {
      let settled = false;
      // Not awaited: a key that cannot be opened is waited for, longer than a migration.
      void node.start().finally(() => {
        settled = true;
      });
      return {
        ended() {
          const { phase } = node;
          return settled && 'error' in phase && phase.phase !== 'key-trouble' ? reasonOf(phase.error) : null;
        },
      };
    },
    snapshot: () => snapshotHere(context),
    async end() {
      await node.stop(settings.current.timing.drainMs);
      return (await findDaemon(paths, { clock })) === null;
    },
  };
}

function stepOf({ step }: CutoverStep): MigrationStep | null {
  switch (step) {
    case 'key-imported':
    case 'checked':
      return 'importing';
    case 'stopping-official':
    case 'starting':
    case 'taking-back':
      return step;
    default:
      // Of the way back, which the app doesn't offer.
      return null;
  }
}
