import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSampleNode } from '../practice-network/sample-node.ts';

/**
 * Stand-in for the official client's daemon: reads `~/.parallelix`, beats, and ends at once when told to
 * [network.md 15, W5]. Beats every second instead of every ten, so that tests are short.
 */
const dir = join(process.env.HOME ?? '', '.parallelix');
const node = createSampleNode(`0x${readFileSync(join(dir, 'node.key'), 'utf8').trim()}`);
const { nodeId, coordinator } = JSON.parse(readFileSync(join(dir, 'config.json'), 'utf8')) as {
  nodeId: string;
  coordinator: string;
};

async function beat(): Promise<void> {
  const answer = await fetch(`${coordinator}/operator/heartbeat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(node.heartbeat(nodeId)),
  });
  const words = answer.ok ? 'heartbeat accepted' : `heartbeat failed ${answer.status}`;
  appendFileSync(join(dir, 'node.log'), `${new Date().toISOString()} ${words}\n`);
}

process.on('SIGTERM', () => process.exit(0));
setInterval(() => void beat().catch(() => undefined), 1000);
void beat().catch(() => undefined);
