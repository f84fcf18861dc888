import { isNodeError, NodeError } from '../../../../shared/errors.ts';
import { reasonOf } from '../../../../shared/reasons/reason-text.ts';
import { createHttpClient } from '../../../daemon/http/client.ts';
import type { NodeContext } from '../../context.ts';
import { type HandedOver, type HandOverStep, handOver } from './hand-over.ts';
import {
  asRoot,
  belongsToRoot,
  currentVersion,
  findInstallation,
  type Installation,
  type InstalledBy,
  removeOldVersions,
  requireRights,
} from './installation.ts';
import { requireLaunch } from './launch.ts';
import { withUpdateLock } from './lock.ts';
import { compareVersions, findRelease, type ReleaseFile } from './manifest.ts';
import { bringVersion, type PackageStep } from './package.ts';
import { changeUpdateRecord, heldBack, readUpdateRecord, type UpdateFailure, withFailure } from './record.ts';
import { endInterrupted } from './recover.ts';
import { type ReleaseKey, releaseKey } from './release-key.ts';
import { createServiceFinder, type FindService, type NodeService, serviceNamed } from './service.ts';
import { type TakeOverTiming, usualTiming } from './take-over.ts';

export type UpdateStep = 'recovered' | PackageStep | HandOverStep;

/** What there is to update to, and by whom. */
export interface UpdatePlan {
  installedBy: InstalledBy;
  installed: string;
  /** What the newest release is; null where nobody was asked, because this program does not update itself. */
  offered: { version: string; notes: string; publishedAt: string; file: ReleaseFile; url: string } | null;
  /** True when it is newer than what is installed. */
  newer: boolean;
  /** It failed here before. */
  heldBack: UpdateFailure | null;
  /** Who updates it instead, and how; null: this program itself. */
  command: string | null;
}

export interface Updated extends HandedOver {
  from: string;
  to: string;
  removed: readonly string[];
}

export interface Updater {
  /**
   * Ends a take-over that was cut off; nothing happens where there is none.
   *
   * @throws NodeError `update-needs-root`, `update-busy`, `update-service-failed`, `state-dir-unusable`, `disk-full`
   */
  recover(): Promise<void>;
  /** @throws NodeError what keeps it from being known, `update-downgrade` */
  plan(signal: AbortSignal): Promise<UpdatePlan>;
  /**
   * Brings the version of the plan and puts it in the place of this one.
   *
   * @throws NodeError `update-not-here`, `update-needs-root`, `update-busy`, `update-held-back` (only where `unattended`), `update-too-slow`,
   *   `update-failed`, and what bringing it throws
   */
  apply(plan: UpdatePlan, signal: AbortSignal): Promise<Updated>;
  stop(): Promise<void>;
}

export interface UpdaterOptions {
  /** The script that runs: by where it lies it is known who put it there. */
  programFile: string;
  /** The folder of releases in place of the one of the build. */
  releaseUrl: string | null;
  caFile: string | null;
  arch: string;
  /** Nobody watches: what failed before is not tried again. */
  unattended: boolean;
  key?: ReleaseKey;
  /** Plain http to this computer, for tests alone. */
  loopbackHttp?: boolean;
  timing?: TakeOverTiming;
  /** For everything up to the taking over. */
  wholeMs?: number;
  /** For the manifest. */
  requestMs?: number;
  /** Without a byte of the package. */
  silentMs?: number;
  tries?: number;
}

const usualWholeMs = 60 * 60_000;
const usualRequestMs = 20_000;

export function createUpdater(
  options: UpdaterOptions,
  modules: {
    context: Pick<NodeContext, 'paths' | 'env' | 'platform' | 'version' | 'clock' | 'runTool'>;
    onStep: (step: UpdateStep) => void;
    onProgress: (completedBytes: number, totalBytes: number | null) => void;
    findService?: FindService;
    serviceOf?: (recorded: string) => NodeService;
    freeBytes?: (path: string) => Promise<number | null>;
  },
): Updater {
  const { programFile, caFile, arch, unattended, key = releaseKey, loopbackHttp = false } = options;
  const { timing = usualTiming, wholeMs = usualWholeMs, requestMs = usualRequestMs } = options;
  const { silentMs, tries } = options;
  const { context, onStep, onProgress, freeBytes } = modules;
  const { paths, env, platform, version, clock, runTool } = context;
  const { findService = createServiceFinder({ runTool }) } = modules;
  const { serviceOf = (recorded) => serviceNamed(recorded, { runTool }) } = modules;
  const userAgent = `parallelix-operator/${version}`;
  const http = createHttpClient(
    { proxyEnv: env, caFile, plainHttp: 'loopback', leavesOrigin: false, userAgent },
    { clock },
  );
  const where = findInstallation(programFile);

  async function offeredBy(
    kind: 'cli' | 'app',
    format: string,
    signal: AbortSignal,
  ): Promise<NonNullable<UpdatePlan['offered']>> {
    const wanted = { kind, format, platform, arch };
    const { manifest, file, url } = await findRelease(
      { releaseUrl: options.releaseUrl, key, loopbackHttp, timeoutMs: requestMs, wanted },
      { http, signal },
    );
    const { version: offered, notes, publishedAt } = manifest;
    return { version: offered, notes, publishedAt, file, url };
  }

  async function bring(
    installation: Installation,
    { version: wanted, file, url }: NonNullable<UpdatePlan['offered']>,
    outer: AbortSignal,
  ): Promise<void> {
    const whole = new AbortController();
    const timer = clock.after(wholeMs, () => whole.abort());
    const signal = AbortSignal.any([outer, whole.signal]);
    const folder = new URL('.', url);
    try {
      await bringVersion(
        { installation, folder, version: wanted, file, env, silentMs, tries },
        { http, clock, signal, onStep, onProgress, freeBytes },
      );
      await requireLaunch(installation, wanted, { runTool });
    } catch (error) {
      if (whole.signal.aborted)
        throw new NodeError('update-too-slow', { limitMs: wholeMs }, { cause: error });
      throw error;
    } finally {
      timer.cancel();
    }
  }

  async function applyLocked(
    installation: Installation,
    plan: UpdatePlan,
    signal: AbortSignal,
  ): Promise<Updated> {
    const { offered } = plan;
    const from = (await currentVersion(installation)) ?? installation.running;
    if (offered === null || compareVersions(offered.version, from) <= 0)
      return { from, to: from, node: 'none', pid: null, online: false, removed: [] };
    const { version: to, file } = offered;
    const held = heldBack(await readUpdateRecord(installation), file.sha256);
    if (unattended && held !== null) {
      const { reason, attempts } = held;
      throw new NodeError('update-held-back', { version: to, reason, attempts });
    }
    const { last } = await readUpdateRecord(installation);
    try {
      await bring(installation, offered, signal).catch(async (error: unknown) => {
        if (isNodeError(error) && isOfThePackage(error))
          await note(installation, offered, error, clock.now());
        throw error;
      });
      const done = await handOver(
        { installation, from, to, sha256: file.sha256 },
        { paths, clock, findService, timing, onStep },
      );
      return { from, to, ...done, removed: await removeOldVersions(installation, [to, from]) };
    } catch (error) {
      // What failed gives its room back; the way back of an earlier update stays.
      await removeOldVersions(installation, [from, last?.from ?? null]);
      throw error;
    }
  }

  async function recoverLocked(installation: Installation): Promise<void> {
    const kept = await endInterrupted(installation, { paths, clock, serviceOf, timing });
    if (kept !== null) onStep('recovered');
  }

  return {
    async recover() {
      const { installation } = await where;
      if (installation === null || (await readUpdateRecord(installation)).handover === null) return;
      await requireRights(installation);
      await withUpdateLock(installation, env, () => recoverLocked(installation));
    },
    async plan(signal) {
      const { installedBy, installation, inApp = false } = await where;
      const format = installedBy === 'deb' || installedBy === 'rpm' ? installedBy : 'tar.xz';
      const nothing = { installedBy, installed: version, offered: null, newer: false, heldBack: null };
      // A package of the system's is worth a check for its exact name, where this build can check.
      const canCheck = !key.placeholder && (options.releaseUrl ?? key.releaseUrl) !== null;
      if (installation === null && (format === 'tar.xz' || !canCheck))
        return { ...nothing, command: otherWay(installedBy, null, inApp) };
      const installed = installation === null ? version : ((await currentVersion(installation)) ?? version);
      const offered = await offeredBy(inApp ? 'app' : 'cli', format, signal);
      const order = compareVersions(offered.version, installed);
      if (order < 0) throw new NodeError('update-downgrade', { have: installed, offered: offered.version });
      const record = installation === null ? null : await readUpdateRecord(installation);
      return {
        installedBy,
        installed,
        offered,
        newer: order > 0,
        heldBack: record === null ? null : heldBack(record, offered.file.sha256),
        command: await commandFor(installedBy, installation, offered, inApp),
      };
    },
    async apply(plan, signal) {
      const { installedBy, installation, inApp = false } = await where;
      if (installation === null) {
        const command = plan.command ?? otherWay(installedBy, plan.offered, inApp);
        throw new NodeError('update-not-here', { installedBy, command });
      }
      await requireRights(installation);
      return withUpdateLock(installation, env, () => applyLocked(installation, plan, signal));
    },
    async stop() {
      await http.stop();
    },
  };
}

/** Writes down that this package failed; what keeps it from being written is no reason to fail again. */
async function note(
  installation: Installation,
  { version, file }: NonNullable<UpdatePlan['offered']>,
  error: NodeError,
  atMs: number,
): Promise<void> {
  const reason = isNodeError(error, 'update-failed') ? error.details.reason : reasonOf(error);
  const failure = { version, sha256: file.sha256, final: false, reason, atMs };
  // What went wrong first is what counts.
  await changeUpdateRecord(installation, (record) => withFailure(record, failure)).catch(() => undefined);
}

async function commandFor(
  installedBy: InstalledBy,
  installation: Installation | null,
  offered: UpdatePlan['offered'],
  inApp: boolean,
): Promise<string | null> {
  if (installation === null) return otherWay(installedBy, offered, inApp);
  return (await belongsToRoot(installation)) ? asRoot() : null;
}

/** What says something of the package rather than of this computer or the way to it. */
function isOfThePackage({ code }: NodeError): boolean {
  return code === 'download-mismatch' || code === 'archive-unusable' || code === 'update-failed';
}

/**
 * How a program is updated that somebody else put here; text for the app, a command line for the rest.
 *
 * @param inApp it is part of the app, whose package it is then
 */
export function otherWay(
  installedBy: InstalledBy,
  offered: { url: string; file: { name: string } } | null,
  inApp: boolean,
): string {
  const product = inApp ? 'parallelix-operator' : 'parallelix-operator-cli';
  const name = offered?.file.name ?? `${product}-VERSION-linux-${process.arch}.${installedBy}`;
  const get = offered === null ? '' : `curl -fLO ${offered.url} && `;
  switch (installedBy) {
    case 'deb':
      return `${get}sudo apt install ./${name}`;
    case 'rpm':
      return `${get}sudo dnf install ./${name}`;
    case 'checkout':
      return 'git pull && npm ci && npm run build';
    default:
      return '';
  }
}
