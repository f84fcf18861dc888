import { access, constants, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  type CheckReport,
  checkIds,
  type FindingCode,
  type FindingFacts,
} from '../../../shared/check-findings.ts';
import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import { isNodeError, NodeError } from '../../../shared/errors.ts';
import { registrationPlace } from '../../../shared/registration-place.ts';
import { describeFinding } from '../../../shared/texts/check-text.ts';
import { chainNetwork, knownContracts } from '../chain/network.ts';
import type { CoordinatorClient, Registration } from '../coordinator/client.ts';
import type { ClockSkew } from '../coordinator/clock-skew.ts';
import type { HardwareProbe } from '../hardware/probe.ts';
import { registrationBlock } from '../hardware/registration-block.ts';
import type { HttpClient } from '../http/client.ts';
import type { FileKeyStore } from '../identity/file-store.ts';
import type { KeychainState } from '../identity/keychain/state.ts';
import { createNodeKey } from '../identity/node-key.ts';
import type { OfficialRun } from '../incumbent/run.ts';
import type { OllamaClient } from '../ollama/api/client.ts';
import type { ModelsVolume } from '../ollama/models/volume.ts';
import type { OllamaStatus } from '../ollama/models/watch.ts';
import { errorCode } from '../storage/atomic-file.ts';
import { type IdentityRecord, readIdentityRecord } from '../storage/identity-record.ts';
import { findDaemon } from '../storage/lock.ts';
import type { StatePaths } from '../storage/paths.ts';
import type { Settings, SettingsNotice } from '../storage/settings.ts';
import { refusesAccess, whyNotWritable } from '../storage/system-fault.ts';
import type { Clock } from '../system/clock.ts';
import { coordinatorReport, rpcReport } from './address-checks.ts';
import {
  checkBackup,
  checkKeychain,
  checkOfficial,
  checkQuarantine,
  keyExpectedByJournals,
} from './key-checks.ts';
import { checkHardware, checkModelsDisk, checkOllama } from './ollama-checks.ts';

/** What is checked. */
export interface CheckSubject {
  nodeVersion: string;
  paths: StatePaths;
  settings: Settings;
  notices: readonly SettingsNotice[];
  ollama: { url: string; remote: boolean };
  /** What is expected of the registration; null where nothing is. */
  nodeId: string | null;
  owner: string | null;
  /** When the newest run ended by a fault, as text; null when it did not, undefined when none is known. */
  lastCrash: string | null | undefined;
}

export interface CheckModules {
  clock: Clock;
  coordinator: CoordinatorClient;
  /** The gauge that the coordinator's answers are read into. */
  skew: ClockSkew;
  /** Reaches the operator's own RPC, which may stand in the local network without TLS. */
  rpcHttp: HttpClient;
  fileStore: FileKeyStore;
  /** Null where inspecting the keychain would ask the person. */
  inspectKeychain: ((nodeKeyHash: string) => Promise<KeychainState>) | null;
  /** The official client running here with this very key. */
  officialWith: (nodeKeyHash: string) => Promise<OfficialRun | null>;
  inspectOllama: () => Promise<OllamaStatus>;
  /** Asked for one token. */
  ollama: Pick<OllamaClient, 'generate'>;
  isOllamaInstalled: () => Promise<boolean>;
  /** Where a local Ollama keeps its models; null for one elsewhere. */
  findVolume: () => Promise<ModelsVolume | null>;
  probe: () => Promise<HardwareProbe>;
  /** What the running node reports; null when none runs, or none that can be asked. */
  askDaemon: () => Promise<Snapshot | null>;
}

type Found = CheckReport;

function found<C extends FindingCode>(code: C, facts: FindingFacts[C]): Found {
  return describeFinding({ code, facts });
}

const oldestNodeMajor = 24;
/** Twice the reserve is soon used up by a model or an update. */
const tightBytes = 1_000_000_000;
/** As the running node warns. */
const skewLimitMs = 30_000;

/**
 * Checks everything that could keep a node from earning [network.md 13], changes nothing, and
 * reports in the order of `checkIds`. What cannot be checked is reported as that. Never fails.
 */
export async function runChecks(subject: CheckSubject, modules: CheckModules): Promise<Found[]> {
  const key = readKey(subject, modules);
  const hardware = modules.probe();
  const registration = askCoordinator(key, modules);
  const snapshot = modules.askDaemon();
  const reports = await Promise.all([
    checkNodeVersion(subject),
    checkStateDir(subject),
    checkSettings(subject),
    key.then(({ report }) => report),
    key.then(({ nodeKeyHash }) => checkQuarantine(subject.paths, nodeKeyHash)),
    key.then(({ nodeKeyHash }) => checkBackup(subject.paths, nodeKeyHash)),
    key.then(({ nodeKeyHash }) => checkOfficial(nodeKeyHash, modules.officialWith)),
    key.then(({ record }) => checkKeychain(record, modules.inspectKeychain)),
    hardware.then(checkHardware),
    checkOllama(subject, { ...modules, hardware, snapshot }),
    checkModelsDisk(modules.findVolume),
    checkDisk(subject),
    checkCoordinator(subject, registration, modules),
    checkRegistration(subject, key, registration, hardware),
    rpcReport(subject.settings, modules.rpcHttp),
    checkDaemon(subject, modules),
    snapshot.then(checkHeartbeats),
    checkLastRun(subject),
    found('sleep-not-checked', {}),
    found('weight-not-checked', {}),
  ]);
  return reports.flat().toSorted((a, b) => checkIds.indexOf(a.id) - checkIds.indexOf(b.id));
}

function checkNodeVersion({ nodeVersion }: CheckSubject): Found {
  const fits = Number(nodeVersion.split('.')[0]) >= oldestNodeMajor;
  return found(fits ? 'node-version-fits' : 'node-version-old', { version: nodeVersion });
}

async function checkStateDir({ paths }: CheckSubject): Promise<Found> {
  const path = paths.stateDir;
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0)
      return found('state-dir-open', { path, mode: (mode & 0o777).toString(8).padStart(4, '0') });
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return found('state-dir-private', { path });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return found('state-dir-missing', { path });
    return found('state-dir-unusable', { path, reason: errorCode(error) ?? 'unexpected error' });
  }
}

function checkSettings({ notices, paths }: CheckSubject): Found {
  const path = paths.settingsFile;
  for (const notice of notices) {
    if (notice.kind === 'unreadable') return found('settings-unreadable', { path, reason: notice.reason });
    if (notice.kind === 'healed') return found('settings-healed', { path, reason: notice.reason });
    if (notice.kind === 'newer-version') return found('settings-newer', { path });
  }
  return found('settings-healthy', {});
}

interface KeyFacts {
  report: Found;
  nodeKeyHash: string | null;
  record: IdentityRecord | null;
}

async function readKey({ paths }: CheckSubject, { fileStore }: CheckModules): Promise<KeyFacts> {
  const place = paths.keyFile;
  let record: IdentityRecord | null = null;
  try {
    record = await readIdentityRecord(paths.identityFile);
    if (record === null) {
      const privateKey = await fileStore.readAny();
      if (privateKey === null) {
        const expected = keyExpectedByJournals(paths);
        if (expected !== null) throw expected;
        return { report: found('key-none', { place }), nodeKeyHash: null, record };
      }
      const { nodeKeyHash } = createNodeKey(privateKey);
      return { report: found('key-without-record', { place }), nodeKeyHash, record };
    }
    const { nodeKeyHash, keyStore } = record;
    if (keyStore === 'keychain') return { report: found('key-in-keychain', {}), nodeKeyHash, record };
    await fileStore.read(nodeKeyHash);
    return { report: found('key-private', { place, nodeKeyHash }), nodeKeyHash, record };
  } catch (error) {
    const known = isNodeError(error)
      ? error
      : new NodeError('key-unreadable', { place, reason: 'unexpected error' });
    if (isNodeError(error, 'passphrase-needed')) {
      const facts = await fileStore.readFacts().catch(() => null);
      const nodeKeyHash = record?.nodeKeyHash ?? facts?.nodeKeyHash ?? null;
      return { report: found('key-locked-away', { place }), nodeKeyHash, record };
    }
    return {
      report: found('key-unusable', { place, error: known.code, details: JSON.stringify(known.details) }),
      nodeKeyHash: record?.nodeKeyHash ?? null,
      record,
    };
  }
}

async function checkDisk({ paths, settings }: CheckSubject): Promise<Found> {
  const reserveBytes = settings.limits.minFreeBytes;
  try {
    const { bavail, bsize } = await statfsAbove(paths.stateDir);
    const freeBytes = bavail * bsize;
    if (freeBytes < reserveBytes) return found('disk-full', { freeBytes, reserveBytes });
    const path = paths.stateDir;
    const refused = refusesAccess(path) ?? whyNotWritable(path);
    if (refused !== null && refused !== 'ENOENT')
      return found('disk-not-writable', { path, reason: refused });
    if (freeBytes < Math.max(tightBytes, reserveBytes))
      return found('disk-tight', { freeBytes, reserveBytes });
    return found('disk-has-room', { freeBytes });
  } catch (error) {
    return found('disk-not-checked', { reason: errorCode(error) ?? 'unexpected error' });
  }
}

/** A directory that is not made yet will be on the disk of the nearest one above it. */
async function statfsAbove(path: string): Promise<{ bavail: number; bsize: number }> {
  try {
    return await statfs(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
    return statfsAbove(dirname(path));
  }
}

interface CoordinatorFacts {
  health: Awaited<ReturnType<CoordinatorClient['health']>>;
  registration: Registration | null;
}

/** Three answers, so that the clock can be compared. */
async function askCoordinator(
  key: Promise<KeyFacts>,
  { coordinator }: CheckModules,
): Promise<CoordinatorFacts> {
  const health = await coordinator.health();
  const { nodeKeyHash } = await key;
  const registration = nodeKeyHash === null ? null : await coordinator.nodeByKeyHash(nodeKeyHash);
  if (health.reachable) await Promise.all([coordinator.health(), coordinator.health()]);
  return { health, registration };
}

async function checkCoordinator(
  { settings }: CheckSubject,
  asked: Promise<CoordinatorFacts>,
  { skew }: CheckModules,
): Promise<Found[]> {
  const { health } = await asked;
  const reachable = coordinatorReport(settings.coordinatorUrl, health);
  const { skewMs } = skew;
  if (skewMs === null) return [reachable, found('clock-not-checked', {})];
  return [reachable, found(Math.abs(skewMs) > skewLimitMs ? 'clock-off' : 'clock-right', { skewMs })];
}

async function checkRegistration(
  { nodeId: expectedId, owner: expectedOwner, settings }: CheckSubject,
  key: Promise<KeyFacts>,
  asked: Promise<CoordinatorFacts>,
  probed: Promise<HardwareProbe>,
): Promise<Found[]> {
  const accepted = settings.hardware.acceptTierMismatch;
  const { registration } = await asked;
  const { nodeKeyHash } = await key;
  const hardware = await probed;
  const { tier } = hardware;
  const block = registrationBlock(hardware);
  const unknownTier = found('tier-not-checked', { probed: tier, hold: block });
  if (registration === null || nodeKeyHash === null)
    return [found('registration-without-key', {}), unknownTier];
  if (registration.kind === 'unknown')
    return [found('registration-unknown', { reason: registration.reason }), unknownTier];
  if (registration.kind === 'not-registered') {
    const lost = expectedId !== null;
    return [
      lost
        ? found('registration-lost', { nodeId: expectedId })
        : found('not-registered', {
            ...{ nodeKeyHash, tier, hold: block },
            note: registrationPlace({ nodeKeyHash, tier }, knownContracts(chainNetwork(settings))).note,
          }),
      unknownTier,
    ];
  }
  const { nodeId, owner, tier: declared } = registration;
  const tierReport = declared === null ? unknownTier : compareTiers(declared, tier, accepted);
  if (expectedId !== null && expectedId !== nodeId) {
    return [found('registered-elsewhere', { nodeId, expected: expectedId }), tierReport];
  }
  if (expectedOwner !== null && expectedOwner.toLowerCase() !== owner.toLowerCase()) {
    return [found('registered-by-other-owner', { nodeId, owner, expected: expectedOwner }), tierReport];
  }
  return [found('registered', { nodeId, owner }), tierReport];
}

function compareTiers(declared: number, probed: number, accepted: boolean): Found {
  if (declared === probed) return found('tier-agrees', { tier: probed });
  if (declared < probed) return found('tier-too-low', { declared, probed });
  return found(accepted ? 'tier-risk-accepted' : 'tier-too-high', { declared, probed });
}

async function checkDaemon({ paths }: CheckSubject, { clock }: CheckModules): Promise<Found> {
  const running = await findDaemon(paths, { clock });
  if (running === null) return found('daemon-not-running', {});
  return found('daemon-runs', { pid: running.pid, uptimeMs: running.uptimeMs });
}

function checkHeartbeats(snapshot: Snapshot | null): Found {
  const heartbeat = snapshot?.heartbeat;
  if (heartbeat?.lastFailure) return found('heartbeats-failing', { reason: heartbeat.lastFailure });
  if (!heartbeat?.accepted) return found('heartbeats-not-checked', {});
  return found('heartbeats-accepted', { accepted: heartbeat.accepted });
}

function checkLastRun({ lastCrash }: CheckSubject): Found {
  if (lastCrash === undefined) return found('last-run-none', {});
  return lastCrash === null ? found('last-run-ended-well', {}) : found('last-run-crashed', { at: lastCrash });
}
