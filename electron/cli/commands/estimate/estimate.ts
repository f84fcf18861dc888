import type { Snapshot } from '../../../../shared/contract/snapshot.ts';
import { estimateYear } from '../../../../shared/earnings/estimate.ts';
import { defaultEstimate, knownOf } from '../../../../shared/earnings/estimate-defaults.ts';
import {
  type EstimateField,
  type EstimateTexts,
  estimateTexts,
  readEstimate,
} from '../../../../shared/earnings/estimate-fields.ts';
import { guideExampleInput } from '../../../../shared/earnings/guide-example.ts';
import { isNodeError, NodeError } from '../../../../shared/errors.ts';
import { estimateFaultText } from '../../../../shared/texts/estimate-text.ts';
import type { StatePaths } from '../../../daemon/storage/paths.ts';
import { reachDaemon } from '../../../node/daemon-link.ts';
import { knownHardware } from '../../../node/hardware.ts';
import type { FlagName } from '../../args/flags.ts';
import type { CommandRun, Invocation } from '../../args/invocation.ts';
import { exitCodes } from '../../exit-codes.ts';
import { resolvePaths } from '../../resolve.ts';
import { estimateText } from './text.ts';

/** The flag of every field. */
const flagOf = {
  stake: 'stake',
  tier: 'tier',
  uptime: 'uptime',
  totalWeight: 'total-weight',
  growth: 'growth',
  wattsReady: 'watts',
  wattsLoaded: 'watts-loaded',
  loaded: 'loaded',
  kwhPrice: 'kwh-price',
  monthlyCost: 'monthly-cost',
  hardwareCost: 'hardware-cost',
  tokenPrice: 'token-price',
} as const satisfies Record<EstimateField, FlagName>;

export const runEstimate: CommandRun = async (invocation) => {
  const { flags, terminal } = invocation;
  const paths = await resolvePaths(invocation);
  const base = flags.guide
    ? { input: guideExampleInput(), weightFrom: 'guide' as const }
    : defaultEstimate(await known(invocation, paths));
  const texts: EstimateTexts = estimateTexts(base.input);
  for (const [field, flag] of Object.entries(flagOf) as [EstimateField, FlagName][]) {
    const given = flags[flag];
    if (given !== undefined) texts[field] = String(given);
  }
  const read = readEstimate(texts);
  if ('fault' in read) {
    const input = `--${flagOf[read.fault.field]} ${texts[read.fault.field]}`;
    throw new NodeError('usage', { input, remedy: estimateFaultText(read.fault) });
  }
  const estimate = estimateYear(read.input);
  const weightFrom = flags['total-weight'] === undefined ? base.weightFrom : 'given';
  if (flags.json) {
    const { printDocument } = await import('../../documents/documents.ts');
    const { estimateDocument, estimateDocumentOf } = await import('../../documents/estimate.ts');
    printDocument(terminal, estimateDocument, estimateDocumentOf(read.input, estimate, weightFrom));
    return exitCodes.done;
  }
  const guide = flags.guide === true;
  terminal.out(estimateText(terminal, { input: read.input, estimate, weightFrom, guide }));
  return exitCodes.done;
};

/** What the running node knows, or else what this computer shows by itself. */
async function known(invocation: Invocation, paths: StatePaths) {
  const snapshot = await snapshotOf(invocation, paths);
  if (snapshot !== null) return knownOf(snapshot);
  const { tier } = await knownHardware(invocation, paths);
  return { stakeWei: null, tier, uptimeBp: null, totalWeightWei: null };
}

async function snapshotOf({ clock }: Invocation, paths: StatePaths): Promise<Snapshot | null> {
  try {
    const daemon = await reachDaemon({ paths, clock });
    try {
      return daemon.compatible ? await daemon.ask('snapshot', {}) : null;
    } finally {
      daemon.close();
    }
  } catch (error) {
    if (isNodeError(error, 'no-daemon') || isNodeError(error, 'daemon-not-answering')) return null;
    throw error;
  }
}
