// Asks as often as an idle node does, and does nothing else: what Node itself costs here and now.
import { Agent, get } from 'node:http';

const [url] = process.argv.slice(2);
if (url === undefined) throw new Error('idle-reference: the URL to ask is missing');

const agent = new Agent({ keepAlive: true });
const ask = () => void get(url, { agent }, (answer) => answer.resume()).on('error', () => {});

setInterval(ask, 2000);
// A heartbeat, and Ollama's version, list and what it has in memory.
setInterval(() => [1, 2, 3, 4].forEach(ask), 10_000);
