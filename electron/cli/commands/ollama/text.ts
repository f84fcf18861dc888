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
    ['address', `${url}${remote ? ' (another machine)' : ''}`],
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
    restart === null ? '' : ` It is tried again ${formatTime(restart.atMs, nowMs)}, try ${restart.attempt}.`;
  switch (condition) {
    case 'running':
      return { tone: 'good', title: 'Ollama runs', means: `${whose(found)}${versionNote(found)}` };
    case 'too-old':
      return {
        tone: 'warn',
        title: 'Ollama is old',
        means: `Version ${version ?? unknown} is older than ${oldestOllama}: it does not say what a model is for, and a prompt that is too long loses its beginning unnoticed. The node serves with it all the same, and its time counts; update Ollama soon.`,
      };
    case 'starting':
      return {
        tone: 'warn',
        title: 'Ollama is starting',
        means:
          'It does not answer yet; online time counts only after the first heartbeat; usually under a minute.',
      };
    case 'stopped':
      return {
        tone: 'bad',
        title: 'Ollama does not run',
        means: `It is installed and nothing answers${why}; the node cannot serve and earns nothing; ${
          reason === 'own-service'
            ? `start it with: sudo systemctl start ollama; or beside it: ${startCommand}`
            : `start it with: ${startCommand}`
        }.${again}`,
      };
    case 'crashing':
      return {
        tone: 'bad',
        title: 'Ollama keeps ending',
        means: `It ended five times within ten minutes${why}; the node cannot serve and earns nothing meanwhile; read the end of its log, mend what it says, and start it with: ${startCommand}.${again}`,
      };
    case 'failing':
      return {
        tone: 'bad',
        title: 'Ollama does not work',
        means: `Something is at its address, but does not answer as Ollama does${why}; the node cannot serve and earns nothing; end what has the address, or name another one with --ollama-url.${again}`,
      };
    case 'unreachable':
      return {
        tone: 'bad',
        title: 'Ollama is out of reach',
        means: `The other machine does not answer${why}; the node cannot serve and earns nothing; start Ollama there and let it listen on the network (OLLAMA_HOST=0.0.0.0); the node goes on by itself.`,
      };
    case 'not-installed':
      return {
        tone: 'bad',
        title: 'Ollama is not installed',
        means: `The node cannot serve and earns nothing; install it here with: ${installCommand}; or the official way, after which the node goes on by itself: ${officialCommand(ollamaRelease, platform)}`,
      };
    case 'unknown':
      return {
        tone: 'plain',
        title: 'Not looked at yet',
        means: 'The node has just started; look again in a moment.',
      };
  }
}

function whose({ server, by }: OllamaDocument): string {
  if (server === 'remote')
    return 'It runs on another machine, and the node serves with it; prompts travel there over the network.';
  if (server !== 'ours')
    return 'It was not started by this program, which neither stops nor changes it; the node serves with it.';
  return by === 'node'
    ? 'This program started it and keeps it running; the node serves with it.'
    : 'This program started it; it goes on by itself, and a node that is started takes it over.';
}

function versionNote({ version, versionMeans }: OllamaDocument): string {
  if (versionMeans !== 'cuts-prompts') return '';
  return ` Version ${version ?? unknown} is older than ${wholePromptOllama}: a prompt that is too long loses its beginning unnoticed; update Ollama soon.`;
}
