import type { Snapshot } from '../../../../shared/contract/snapshot.ts';
import { judgeOllamaVersion } from '../../../daemon/ollama/api/version.ts';
import type { OllamaSupervisor } from '../../../daemon/ollama/server/supervisor.ts';
import { withoutNode as workWithoutNode } from '../../../node/operations/ollama-server.ts';
import type { Invocation } from '../../args/invocation.ts';
import type { OllamaDocument } from '../../documents/ollama.ts';
import type { Configuration } from '../../resolve.ts';

/** What a running node reports about its Ollama. */
export function reportedServer({ paths }: Configuration, ollama: Snapshot['ollama']): OllamaDocument {
  const { url, remote, condition, reason, sinceMs, version, server, binary, pid, restart } = ollama;
  return {
    schemaVersion: 1,
    document: 'ollama',
    by: 'node',
    url,
    remote,
    condition,
    reason,
    sinceMs,
    version,
    versionMeans: judgeOllamaVersion(version),
    server,
    binary,
    pid,
    restart,
    logFile: paths.ollamaLogFile,
  };
}

/** Works on Ollama without a node; returns how it stands afterwards. */
export async function withoutNode(
  invocation: Invocation,
  configuration: Configuration,
  work: (supervisor: OllamaSupervisor) => Promise<void>,
): Promise<OllamaDocument> {
  const server = await workWithoutNode(invocation, configuration, work);
  return {
    schemaVersion: 1,
    document: 'ollama',
    by: 'command',
    ...server,
    versionMeans: judgeOllamaVersion(server.version),
    logFile: configuration.paths.ollamaLogFile,
  };
}
