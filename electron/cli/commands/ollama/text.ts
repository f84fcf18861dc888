import { formatTime, unknown } from '../../../../shared/format.ts';
import { describeReason } from '../../../../shared/texts/error-text.ts';
import type { Tone } from '../../../../shared/texts/event-text.ts';
import { oldestOllama, wholePromptOllama } from '../../../daemon/ollama/api/version.ts';
import { officialCommand, ollamaRelease } from '../../../daemon/ollama/install/release.ts';
import type { OllamaDocument } from '../../documents/ollama.ts';
import { facts, paragraph } from '../../terminal/layout.ts';
import type { Terminal } from '../../terminal/terminal.ts';

const startCommand = 'parallelix-operator ollama start';
const installCommand = 'parallelix-operator ollama install';

/** What an Ollama in this condition is called, what it means for earning, and what to do. */
export function ollamaText(
  { terminal, platform, nowMs }: { terminal: Terminal; platform: NodeJS.Platform; nowMs: number },
  found: OllamaDocument,
): string {
  const { tone, title, means } = textOf(found, platform, nowMs);
  const { url, remote, version, binary, pid, server, logFile } = found;
  const rows: [string, string][] = [
    ['address', `${url}${remote ? ' (another computer)' : ''}`],
    ['version', version ?? unknown],
    ...(remote ? [] : ([['program', binary ?? 'none found']] as [string, string][])),
    ...(pid === null ? [] : ([['process', String(pid)]] as [string, string][])),
    ...(server === 'ours' || found.condition === 'crashing'
      ? ([['log', logFile]] as [string, string][])
      : []),
  ];
  return [
    terminal.paint(tone, terminal.bold(`● ${title}`)),
    paragraph(terminal, means),
    '',
    facts(terminal, rows),
  ].join('\n');
}

interface StatusText {
  tone: Tone;
  title: string;
  means: string;
}

function textOf(found: OllamaDocument, platform: NodeJS.Platform, nowMs: number): StatusText {
  const { condition, reason, version, restart } = found;
  const why = reason === null ? '' : ` (${describeReason(reason)})`;
  const again =
    restart === null ? '' : ` Retrying ${formatTime(restart.atMs, nowMs)}, attempt ${restart.attempt}.`;
  switch (condition) {
    case 'running':
      return { tone: 'good', title: 'Ollama is running', means: `${whose(found)}${versionNote(found)}` };
    case 'too-old':
      return {
        tone: 'warn',
        title: 'Ollama needs an update',
        means: `Version ${version ?? unknown} is older than ${oldestOllama}. It doesn’t say what a model is for, and cuts long prompts. Your node still serves with it, and its time counts. Update Ollama soon.`,
      };
    case 'starting':
      return {
        tone: 'warn',
        title: 'Ollama is starting',
        means: 'It doesn’t answer yet. You start earning with the first heartbeat, usually within a minute.',
      };
    case 'stopped':
      return {
        tone: 'bad',
        title: 'Ollama isn’t running',
        means: `It is installed, but nothing answers${why}. Your node can’t serve, so you’re not earning. ${
          reason === 'own-service'
            ? `Start it with: sudo systemctl start ollama, or beside it: ${startCommand}`
            : `Start it with: ${startCommand}`
        }.${again}`,
      };
    case 'crashing':
      return {
        tone: 'bad',
        title: 'Ollama keeps crashing',
        means: `It ended five times within ten minutes${why}. Your node can’t serve, so you’re not earning. Read the end of its log, fix the cause, and start it with: ${startCommand}.${again}`,
      };
    case 'failing':
      return {
        tone: 'bad',
        title: 'Wrong service',
        means: `That address isn’t Ollama${why}. Your node can’t serve, so you’re not earning. Stop the other program, or enter another address with --ollama-url.${again}`,
      };
    case 'unreachable':
      return {
        tone: 'bad',
        title: 'Ollama isn’t responding',
        means: `The other computer doesn’t answer${why}. Your node can’t serve, so you’re not earning. Start Ollama there and let it listen on the network (OLLAMA_HOST=0.0.0.0). Your node detects it.`,
      };
    case 'not-installed':
      return {
        tone: 'bad',
        title: 'Ollama isn’t installed',
        means: `Your node can’t serve, so you’re not earning. Install it here with: ${installCommand}. Or the official way, which your node detects: ${officialCommand(ollamaRelease, platform)}`,
      };
    case 'unknown':
      return {
        tone: 'plain',
        title: 'Not checked yet',
        means: 'Your node has just started. Check again in a moment.',
      };
  }
}

function whose({ server, by }: OllamaDocument): string {
  if (server === 'remote')
    return 'It runs on another computer, and your node serves with it. Prompts travel there over the network.';
  if (server !== 'ours')
    return 'It wasn’t started by this program, so it isn’t stopped or changed. Your node serves with it.';
  return by === 'node'
    ? 'This program started it and keeps it running. Your node serves with it.'
    : 'This program started it. It keeps running, and a node that is started uses it.';
}

function versionNote({ version, versionMeans }: OllamaDocument): string {
  if (versionMeans !== 'cuts-prompts') return '';
  return ` Version ${version ?? unknown} is older than ${wholePromptOllama} and cuts long prompts. Update Ollama soon.`;
}
