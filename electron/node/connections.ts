import { type CoordinatorClient, createCoordinatorClient } from '../daemon/coordinator/client.ts';
import { type ClockSkew, createClockSkew } from '../daemon/coordinator/clock-skew.ts';
import { createHttpClient, type HttpClient } from '../daemon/http/client.ts';
import { silentLog } from '../daemon/logging/silent-log.ts';
import { createOllamaClient, type OllamaClient } from '../daemon/ollama/api/client.ts';
import { createOllamaWatch, type OllamaStatus } from '../daemon/ollama/models/watch.ts';
import type { Settings } from '../daemon/storage/settings.ts';
import type { Clock } from '../daemon/system/clock.ts';

/** The servers that one call talks to, for as long as it takes; each way is made when it is first needed. */
export interface Connections {
  coordinator(): CoordinatorClient;
  /** What the coordinator's answers say of this computer's clock. */
  readonly skew: ClockSkew;
  /** One check of Ollama: whether it answers, what it can serve. Never rejects. */
  inspectOllama(): Promise<OllamaStatus>;
  /** Asks Ollama as the daemon does. */
  ollamaClient(): OllamaClient;
  /** To Ollama as the daemon speaks to it: through no proxy, and to no other server. */
  ollamaHttp(): HttpClient;
  /** To everything on the internet, through the proxy where there is one. */
  internetHttp(): HttpClient;
  /** For what may stand in the local network without TLS: Ollama, an Ethereum RPC of one's own. */
  localHttp(): HttpClient;
  stop(): Promise<void>;
}

/** Making a client can throw NodeError `ca-file-unreadable`. */
export function openConnections(
  { clock, env, version }: { clock: Clock; env: NodeJS.ProcessEnv; version: string },
  { settings, ollama }: { settings: Settings; ollama: { url: string } },
): Connections {
  const skew = createClockSkew();
  const opened: HttpClient[] = [];
  const userAgent = `parallelix-operator/${version}`;
  const client = (plainHttp: 'loopback' | 'anywhere') => {
    const http = createHttpClient(
      { proxyEnv: env, caFile: settings.caFile, plainHttp, userAgent },
      { clock },
    );
    opened.push(http);
    return http;
  };
  let coordinator: CoordinatorClient | null = null;
  let local: HttpClient | null = null;
  let internet: HttpClient | null = null;
  let toOllama: HttpClient | null = null;
  const ollamaHttp = () => {
    if (toOllama === null) {
      toOllama = createHttpClient(
        { caFile: settings.caFile, plainHttp: 'anywhere', leavesOrigin: false, userAgent },
        { clock },
      );
      opened.push(toOllama);
    }
    return toOllama;
  };
  const localHttp = () => {
    local ??= client('anywhere');
    return local;
  };
  const ollamaClient = () => createOllamaClient({ baseUrl: ollama.url }, { http: ollamaHttp(), clock });
  return {
    coordinator() {
      coordinator ??= createCoordinatorClient(
        { baseUrl: settings.coordinatorUrl },
        { http: client('loopback'), clock, skew },
      );
      return coordinator;
    },
    skew,
    async inspectOllama() {
      const watch = createOllamaWatch(
        { preferredModel: settings.defaultModel },
        { client: ollamaClient(), clock, log: silentLog },
      );
      const status = await watch.refresh();
      await watch.stop();
      return status;
    },
    ollamaClient,
    ollamaHttp,
    internetHttp() {
      internet ??= client('loopback');
      return internet;
    },
    localHttp,
    async stop() {
      await Promise.all(opened.map((http) => http.stop()));
    },
  };
}
