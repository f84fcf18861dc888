import type { CheckReport, FindingCode, FindingFacts } from '../../../shared/check-findings.ts';
import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import { describeFinding } from '../../../shared/texts/check-text.ts';
import { askChainId } from '../chain/chain-id.ts';
import type { CoordinatorClient } from '../coordinator/client.ts';
import type { HttpClient } from '../http/client.ts';
import { judgeOllamaVersion } from '../ollama/api/version.ts';
import type { OllamaStatus } from '../ollama/models/watch.ts';
import { isLoopbackHost, type Settings } from '../storage/settings-fields.ts';

/** Whether what answers at an address is what it should be. Never rejects. */

function found<C extends FindingCode>(code: C, facts: FindingFacts[C]): CheckReport {
  return describeFinding({ code, facts });
}

export function coordinatorReport(
  url: string,
  health: Awaited<ReturnType<CoordinatorClient['health']>>,
): CheckReport {
  return health.reachable
    ? found('coordinator-answers', { url })
    : found('coordinator-unreachable', { url, reason: health.reason ?? 'no-answer' });
}

/** Ollama as it answers, or does not. */
export function ollamaAddressReport(
  { url, remote }: { url: string; remote: boolean },
  { state, reason, version }: Pick<OllamaStatus, 'state' | 'reason' | 'version'>,
): CheckReport {
  if (state === 'failing') return found('ollama-strange', { url, reason: reason ?? 'not-said' });
  if (state !== 'running') return found('ollama-down', { url, reason: reason ?? 'not-said' });
  return serverReport({ url, remote }, version, null);
}

/** The Ollama that answers, by its version. */
export function serverReport(
  { url, remote }: { url: string; remote: boolean },
  version: string | null,
  whose: Snapshot['ollama']['server'],
): CheckReport {
  const verdict = judgeOllamaVersion(version);
  if (version !== null && (verdict === 'too-old' || verdict === 'cuts-prompts')) {
    return found('ollama-old', { url, version });
  }
  return remote ? found('ollama-remote', { url }) : found('ollama-answers', { url, version, whose });
}

const ethereumMainnet = '0x1';

/** The operator's own Ethereum RPC, and the chain that it answers for. */
export async function rpcReport(
  { rpcUrl, coordinatorUrl }: Pick<Settings, 'rpcUrl' | 'coordinatorUrl'>,
  rpcHttp: HttpClient,
): Promise<CheckReport> {
  if (rpcUrl === null) return found('rpc-none', {});
  const answer = await askChainId(rpcUrl, rpcHttp);
  const { url } = answer;
  if (answer.chainId === null) return found('rpc-unreachable', { url, reason: answer.reason });
  if (answer.chainId === ethereumMainnet) return found('rpc-mainnet', { url });
  // A coordinator on this computer is a practice network, and so is its chain.
  const practice = isLoopbackHost(new URL(coordinatorUrl).hostname);
  return found(practice ? 'rpc-practice' : 'rpc-other-chain', { url, chainId: answer.chainId });
}
