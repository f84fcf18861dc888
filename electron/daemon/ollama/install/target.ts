import type { HardwareProbe } from '../../hardware/probe.ts';
import { archivesFor, isJetson, ollamaRelease, type ReleaseTarget } from './release.ts';

/** Which archives of a release are for this machine; a graphics part of the processor needs no ROCm. */
export function installTarget(
  probe: { cards: readonly Pick<HardwareProbe['cards'][number], 'vendor' | 'kind'>[] },
  platform: NodeJS.Platform,
): ReleaseTarget {
  return {
    platform,
    arch: process.arch,
    amd: probe.cards.some(({ vendor, kind }) => vendor === 'amd' && kind !== 'integrated'),
    jetson: isJetson(platform),
  };
}

/** What an installation gets, bytes; null when that is not known, or there is none for this machine. */
export function installSize(target: ReleaseTarget): number | null {
  try {
    const sizes = archivesFor(ollamaRelease, target).map(({ sizeBytes }) => sizeBytes);
    return sizes.reduce<number | null>(
      (sum, bytes) => (sum === null || bytes === null ? null : sum + bytes),
      0,
    );
  } catch {
    return null;
  }
}
