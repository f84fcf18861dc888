// npm run demo -- --app: the desktop app on the practice network. Ends with the app.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPracticeNetwork } from './practice-network.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'plx-demo-'));
const network = await startPracticeNetwork({ chain: { blockTimeS: 1 }, ollama: { tokenDelayMs: 15 } });
console.log(`ParalleliX Operator on a practice network. Nothing here touches the real one.
Stand-ins: coordinator, contracts and Ollama. Make the key in the app, then register it here:
  curl -d '{"nodeKeyHash":"0x…","tier":1}' ${network.urls.controlUrl}/register
Send it work:
  curl -d '{"prompt":"Hello","count":3}' ${network.urls.controlUrl}/work`);
const app = spawn(
  process.execPath,
  [join(root, 'node_modules', 'electron', 'cli.js'), root, `--user-data-dir=${join(folder, 'profile')}`],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      PARALLELIX_STATE_DIR: join(folder, 'state'),
      PARALLELIX_API_URL: network.urls.coordinatorUrl,
      OLLAMA_HOST: network.urls.ollamaUrl,
    },
  },
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.kill(signal));
const [code] = await once(app, 'exit');
await network.stop();
await rm(folder, { recursive: true, force: true });
process.exit(code ?? 1);
