import { mkdir } from 'node:fs/promises';
import { createFileKeyStore } from '../../electron/daemon/identity/file-store.ts';
import { createIdentity } from '../../electron/daemon/identity/identity.ts';
import { type StatePaths, statePaths } from '../../electron/daemon/storage/paths.ts';
import { openSettings } from '../../electron/daemon/storage/settings.ts';
import { systemClock as clock } from '../../electron/daemon/system/clock.ts';
import { type PracticeNetwork, startPracticeNetwork } from '../practice-network/practice-network.ts';
import { type AppWorld, createAppWorld, type Runner } from './app.ts';

export interface NodeWorld extends AppWorld {
  readonly paths: StatePaths;
  readonly network: PracticeNetwork & { ollama: NonNullable<PracticeNetwork['ollama']> };
}

/** A world with a practice network, and a key in a file that is registered there. */
export async function createNodeWorld(
  runner: Runner,
  options: { main: string; env?: NodeJS.ProcessEnv },
): Promise<NodeWorld> {
  const network = await startPracticeNetwork({ chain: 'none' });
  const { coordinatorUrl, ollamaUrl } = network.urls;
  const world = await createAppWorld(runner, {
    main: options.main,
    env: { PARALLELIX_API_URL: coordinatorUrl, OLLAMA_HOST: ollamaUrl, ...options.env },
  });
  const { stateDir, homeDir } = world;
  await mkdir(homeDir, { recursive: true });
  const paths = statePaths({ stateDir, env: {}, platform: process.platform, homeDir });
  const fileStore = createFileKeyStore({ keyFile: paths.keyFile });
  const { key } = await createIdentity({ paths }, { clock, fileStore, journalNamesKey: () => null });
  await network.registerNode({ nodeKeyHash: key.nodeKeyHash, tier: 1 });
  const settings = await openSettings({ paths }, { clock });
  await settings.set('limits.minFreeBytes', 0);
  return {
    ...world,
    paths,
    network,
    async clean() {
      await world.clean();
      await network.stop();
    },
  };
}
