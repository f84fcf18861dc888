import { lstat } from 'node:fs/promises';
import { join } from 'node:path';

/** Where systemd keeps what is started with the system, for the unit that Ollama's own installer and packages make. */
const wanted = ['multi-user.target.wants', 'default.target.wants', 'graphical.target.wants'].map((target) =>
  join('etc/systemd/system', target, 'ollama.service'),
);

/**
 * Whether Ollama is a service of the system that starts by itself. Then no second server is started without being
 * asked: it would hold the address, so that the service could never come back, and it would not see the models of
 * the service, which are in that one's own folder. [ollama scripts/install.sh]
 */
export async function ollamaServiceEnabled(options: {
  platform: NodeJS.Platform;
  root?: string;
}): Promise<boolean> {
  if (options.platform !== 'linux') return false;
  for (const path of wanted) {
    const found = await lstat(join(options.root ?? '/', path)).catch(() => null);
    if (found !== null) return true;
  }
  return false;
}
