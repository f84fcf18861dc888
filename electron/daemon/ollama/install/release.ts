import { existsSync } from 'node:fs';
import * as z from 'zod';
import releaseFile from '../../../../resources/ollama-release.json' with { type: 'json' };
import { NodeError } from '../../../../shared/errors.ts';

const archiveSchema = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*\.(?:tar\.zst|tgz)$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Null: not published; then the server's word counts. */
  sizeBytes: z.int().positive().nullable(),
  unpackedEstimateBytes: z.int().positive(),
});
export type ReleaseArchive = z.infer<typeof archiveSchema>;

const releaseSchema = z.strictObject({
  comment: z.array(z.string()),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  baseUrl: z.url(),
  /** By `platform-arch`; null: no published digest is known. */
  platforms: z.record(
    z.string(),
    z.strictObject({ archive: archiveSchema, amd: archiveSchema.nullable() }).nullable(),
  ),
  officialCommand: z.strictObject({ linux: z.string(), darwin: z.string() }),
});
export type OllamaRelease = z.infer<typeof releaseSchema>;

/** The release that is installed: version, places and digests are data. */
export const ollamaRelease: OllamaRelease = releaseSchema.parse(releaseFile);

/** The machine an archive is for. */
export interface ReleaseTarget {
  platform: NodeJS.Platform;
  arch: string;
  /** An AMD card of its own memory is here: the ROCm part is needed too. */
  amd: boolean;
  /** An NVIDIA Jetson, for whose GPU there are archives of its own. */
  jetson?: boolean;
}

/**
 * The archives for a machine, in the order in which they are unpacked.
 *
 * @throws NodeError `ollama-install-unavailable` where no published digest is known
 */
export function archivesFor(release: OllamaRelease, target: ReleaseTarget): ReleaseArchive[] {
  const { platform, arch, amd, jetson = false } = target;
  const key = `${platform}-${arch}${jetson ? '-jetson' : ''}`;
  const found = Object.hasOwn(release.platforms, key) ? release.platforms[key] : null;
  if (!found) {
    throw new NodeError('ollama-install-unavailable', {
      version: release.version,
      platform: key,
      command: officialCommand(release, platform),
    });
  }
  return amd && found.amd ? [found.archive, found.amd] : [found.archive];
}

/** What Ollama's own site says to run. */
export function officialCommand(release: OllamaRelease, platform: NodeJS.Platform): string {
  return platform === 'darwin' ? release.officialCommand.darwin : release.officialCommand.linux;
}

/** NVIDIA's Jetson systems say so in a file of their own. [ollama scripts/install.sh] */
export function isJetson(platform: NodeJS.Platform): boolean {
  return platform === 'linux' && existsSync('/etc/nv_tegra_release');
}
