import { type CoordinatorClient, createCoordinatorClient } from '../daemon/coordinator/client.ts';
import { type ClockSkew, createClockSkew } from '../daemon/coordinator/clock-skew.ts';
import { createHttpClient, type HttpClient } from '../daemon/http.ts';
import { createOllamaClient, type OllamaClient } from '../daemon/ollama/client.ts';
import { createOllamaWatch, type OllamaStatus } from '../daemon/ollama/watch.ts';
import type { Invocation } from './invocation.ts';
import type { Configuration } from './resolve.ts';

/** The servers a command talks to, for as long as it runs. */
export interface Connections {
  readonly coordinator: CoordinatorClient;
  readonly skew: ClockSkew;
  readonly ollama: OllamaClient;
  /** One look at Ollama: whether it answers, what it can serve. Never rejects. */
  lookAtOllama(): Promise<OllamaStatus>;
  /** For what may stand in the local network without TLS: Ollama, an Ethereum RPC of one's own. */
  readonly localHttp: HttpClient;
  stop(): Promise<void>;
}

const silent = { debug() {}, info() {}, warn() {}, error() {}, async close() {} };

/** @throws NodeError `ca-file-unreadable` */
export function openConnections(invocation: Invocation, configuration: Configuration): Connections {
  const { clock, env, version } = invocation;
  const { settings } = configuration;
  const options = { proxyEnv: env, caFile: settings.caFile, userAgent: `parallelix-operator/${version}` };
  const http = createHttpClient({ ...options, plainHttp: 'loopback' }, { clock });
  const localHttp = createHttpClient({ ...options, plainHttp: 'anywhere' }, { clock });
  const skew = createClockSkew();
  const ollama = createOllamaClient({ baseUrl: configuration.ollama.url }, { http: localHttp, clock });
  return {
    coordinator: createCoordinatorClient({ baseUrl: settings.coordinatorUrl }, { http, clock, skew }),
    skew,
    ollama,
    async lookAtOllama() {
      const watch = createOllamaWatch(
        { preferredModel: settings.defaultModel },
        { client: ollama, clock, log: silent },
      );
      const status = await watch.refresh();
      await watch.stop();
      return status;
    },
    localHttp,
    async stop() {
      await Promise.all([http.stop(), localHttp.stop()]);
    },
  };
}
