import { join } from 'node:path';
import { app } from 'electron';
import type { Logger } from '../../daemon/logging/logger.ts';
import type { SettingsStore } from '../../daemon/storage/settings.ts';
import type { NodeContext } from '../../node/context.ts';
import type { DaemonManager } from '../../node/daemon-manager.ts';
import { restartServiceIn } from '../../node/operations/service/restart.ts';
import { usualTiming } from '../../node/operations/update/take-over.ts';
import type { AppPart } from '../part.ts';
import { relaunchArguments } from '../session/faults.ts';
import type { Quit } from '../session/quit.ts';
import { type PackageKind, packageKindOf } from './package-kind.ts';
import { beginProbation, type Probation } from './probation.ts';
import { openReplacement, type Replacement } from './replacement.ts';
import { type AppUpdates, createAppUpdates } from './updates.ts';
import { createUpdateWorker } from './worker.ts';

export interface UpdatePart extends AppPart {
  readonly updates: AppUpdates;
  /** False while the old version watches this one, and decides which is started next. */
  readonly mayRelaunch: boolean;
  /** How this app was installed, and the file or folder that is the app; null where a command removes it. */
  installed(): Promise<{ kind: PackageKind; program: string | null }>;
}

/** A pull that is still to come, or to go on. */
const underWay: readonly string[] = ['queued', 'pulling', 'verifying', 'stalled'];
const installing: readonly string[] = ['downloading', 'checking', 'unpacking', 'starting'];

/** Updates as a part of the app: what they need of Electron, the node and the windows. */
export function createUpdatePart(
  { userData }: { userData: string },
  context: NodeContext,
  modules: {
    node: DaemonManager;
    settings: SettingsStore;
    quit: Quit;
    log: Logger;
    /** A window is open, or somebody would have to type a passphrase after a start. */
    needsPerson: () => boolean;
    /** A migration from the official client runs. */
    migrating: () => boolean;
    windowsOpen: () => number;
    /** Takes windows and tray away: the new version has its own. */
    leaveDesktop: () => void;
    changed: () => void;
    random: () => number;
  },
): UpdatePart {
  const { node, settings, quit, log, needsPerson, migrating, windowsOpen, leaveDesktop, changed } = modules;
  const { env, platform, version, clock } = context;
  const { resourcesPath, execPath, arch } = process;
  const place = { recordFile: join(userData, 'app-update.json') };
  const cacheDir = join(userData, 'updates');
  let probation: Probation | null = null;
  let restarted = false;

  const accepted = () => (node.snapshot?.heartbeat.accepted ?? 0) > 0;
  const busy = () => {
    const { pulls, install } = node.snapshot ?? node.preparation ?? { pulls: [], install: null };
    const fetching = installing.includes(install?.state ?? '');
    return migrating() || fetching || pulls.some(({ state }) => underWay.includes(state));
  };

  const findKind = () => packageKindOf({ platform, env, isPackaged: app.isPackaged, resourcesPath });

  const openWorker = async () => {
    const kind = await findKind();
    let replacement: Replacement | null = null;
    const handOver = async () => {
      const args = windowsOpen() > 0 ? process.argv.slice(1) : relaunchArguments(process.argv);
      quit.endWith(usualTiming.drainMs, async () => {
        leaveDesktop();
        app.releaseSingleInstanceLock();
        await replacement?.startNew(args);
      });
    };
    const worker = await createUpdateWorker(
      {
        ...{ kind, arch, cacheDir, place, caFile: settings.current.caFile },
        releaseUrl: env.PARALLELIX_RELEASE_URL?.trim() || null,
      },
      {
        ...{ context, log, handOver },
        online: () =>
          node.phase.phase === 'hosting' && accepted() && node.snapshot?.heartbeat.failingSinceMs === null,
        async openEngine(facts, engineModules) {
          replacement = await openReplacement({ kind, env, execPath, cacheDir, place }, { clock });
          return replacement.openEngine(facts, engineModules);
        },
        replace: async (downloaded, sha256) => replacement?.replace(downloaded, sha256),
        quit: () => app.quit(),
        onProgress: (completed, total) => updates.onProgress(completed, total),
      },
    );
    const way = replacement ?? (await openReplacement({ kind, env, execPath, cacheDir, place }, { clock }));
    probation = await beginProbation(
      { version, place },
      {
        ...{ clock, log, accepted },
        settle: () => way.settle(),
        async goBack() {
          if (!(await way.putBack())) return false;
          quit.endWith(usualTiming.drainMs, async () => {
            app.relaunch({ args: relaunchArguments(process.argv), ...way.relaunch });
          });
          return true;
        },
      },
    );
    return worker;
  };

  const updates = createAppUpdates(
    {},
    {
      ...{ openWorker, busy, needsPerson, changed, clock, log, random: modules.random },
      automatic: () => settings.current.desktop.updates,
    },
  );

  /** A service that runs this app's own files goes on with the old ones in memory until it is restarted. */
  async function restartService(): Promise<void> {
    const { phase } = node;
    if (restarted || !resourcesPath || phase.phase !== 'attached' || phase.version === version) return;
    restarted = true;
    const done = await restartServiceIn(context, resourcesPath);
    if (done) log.info('service-restarted', { from: phase.version, to: version });
  }

  return {
    name: 'updates',
    updates,
    async installed() {
      const kind = await findKind();
      const bundle = kind === 'mac' ? execPath.replace(/\/Contents\/MacOS\/.*$/, '') : null;
      return { kind, program: kind === 'AppImage' ? (env.APPIMAGE ?? null) : bundle };
    },
    get mayRelaunch() {
      return probation?.watched !== true;
    },
    start: () => updates.start(),
    changed: () => updates.changed(),
    onEvent() {
      void probation?.onEvent().catch((error: unknown) => log.fault(error, 'update-not-settled'));
      // What it waits for may have just ended: a download of a model is an event and no change of the app.
      updates.changed();
    },
    onPhase: () => void restartService().catch((error: unknown) => log.fault(error, 'service-not-restarted')),
    async stop() {
      probation?.stop();
      await updates.stop();
    },
  };
}
