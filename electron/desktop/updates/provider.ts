import type { ResolvedUpdateFileInfo, UpdateInfo } from 'electron-updater';
import { Provider, type ProviderRuntimeOptions } from 'electron-updater/out/providers/Provider.js';
import type { OfferedRelease, ReleaseFile } from '../../node/operations/update/manifest.ts';

/** What electron-updater is told of a release. Its notes stay out: they are shown by us, as plain text. */
export interface ReleaseInfo extends UpdateInfo {
  offered: OfferedRelease;
}

/**
 * Where electron-updater learns of releases: from the signed manifest, and from nothing else. It never asks the network
 * itself; `find` does, with the time limits, the origin and the signature of every update of this product.
 */
export function releaseProvider(find: () => Promise<OfferedRelease>) {
  return class ReleaseProvider extends Provider<ReleaseInfo> {
    constructor(_options: unknown, _updater: unknown, runtime: ProviderRuntimeOptions) {
      // One range a request: what every web server can do.
      super({ ...runtime, isUseMultipleRangeRequest: false });
    }

    /** No header that would tell one computer from another. */
    override setRequestHeaders(): void {
      super.setRequestHeaders(null);
    }

    async getLatestVersion(): Promise<ReleaseInfo> {
      const offered = await find();
      const { version, publishedAt } = offered.manifest;
      const files = [infoOf(offered.file)];
      const { url: path, sha512 } = infoOf(offered.file);
      return { version, releaseDate: publishedAt, files, path, sha512, offered };
    }

    resolveFiles({ offered }: ReleaseInfo): ResolvedUpdateFileInfo[] {
      return [{ url: new URL(offered.url), info: infoOf(offered.file) }];
    }
  };
}

function infoOf({ name, size, sha512 = '', blockMapSize }: ReleaseFile): UpdateInfo['files'][number] {
  return { url: name, size, sha512, ...(blockMapSize === undefined ? {} : { blockMapSize }) };
}
