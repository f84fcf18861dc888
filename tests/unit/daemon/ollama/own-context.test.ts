import { expect, it, onTestFinished } from 'vitest';
import { createHttpClient } from '../../../../electron/daemon/http/client.ts';
import { createOllamaClient } from '../../../../electron/daemon/ollama/api/client.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import { startOllamaStandIn } from '../../../practice-network/ollama/stand-in.ts';

it.each([
  ['num_ctx                        1e+06\nstop                           "</s>"', 1_000_000],
  ['temperature                    0.7\nnum_ctx                        131072', 131_072],
  ['num_ctx_of_mine                5', null],
  ['num_ctx                        many', null],
])('a model that sets %j has a context of its own: %s', async (parameters, ownContextTokens) => {
  const ollama = await startOllamaStandIn({ models: [{ name: 'own', parameters }] });
  const http = createHttpClient({ plainHttp: 'loopback', userAgent: 'test' }, { clock: systemClock });
  onTestFinished(async () => {
    await http.stop();
    await ollama.stop();
  });
  const client = createOllamaClient({ baseUrl: ollama.url }, { http, clock: systemClock });
  expect(await client.show('own')).toMatchObject({ ownContextTokens });
});
