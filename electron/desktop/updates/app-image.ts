import { AppImageUpdater } from 'electron-updater/out/AppImageUpdater.js';
import { type AppFacts, adapterOf, createEngine, type UpdateEngine } from './engine.ts';

/**
 * The updater of an AppImage. What it would install it leaves to us: its own way removes the file that runs before the
 * new one is there, and gives the new one another name.
 */
class DownloadingUpdater extends AppImageUpdater {
  protected override doInstall(): boolean {
    throw new Error('an AppImage is replaced by replace-file.ts');
  }
}

export function createAppImageEngine(
  facts: AppFacts,
  modules: Parameters<typeof createEngine>[2],
): UpdateEngine {
  return createEngine(new DownloadingUpdater(null, adapterOf(facts)), facts, modules);
}
