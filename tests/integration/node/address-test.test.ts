import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { statePaths } from '../../../electron/daemon/storage/paths.ts';
import { openSettings } from '../../../electron/daemon/storage/settings.ts';
import { systemClock as clock } from '../../../electron/daemon/system/clock.ts';
import { testAddress } from '../../../electron/node/operations/address-test.ts';
import { startPracticeNetwork } from '../../practice-network/practice-network.ts';

/** A server on this computer that answers everything alike. */
async function serve(body: string): Promise<string> {
  const server = createServer((_request, response) => response.end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('an address is tried as the node would use it, and nothing is saved', async () => {
  const homeDir = await mkdtemp(join(tmpdir(), 'address-test-'));
  onTestFinished(() => rm(homeDir, { recursive: true, force: true }));
  const paths = statePaths({
    stateDir: join(homeDir, 's'),
    env: {},
    platform: process.platform,
    homeDir,
  });
  const store = await openSettings({ paths }, { clock });
  const network = await startPracticeNetwork({ chain: 'none' });
  onTestFinished(() => network.stop());
  const context = { env: {}, clock, version: '0.0.0-test' };
  const result = async (name: 'coordinatorUrl' | 'ollamaUrl' | 'rpcUrl', url: string) =>
    (await testAddress(context, store, { name, url })).result;

  const nobody = 'http://127.0.0.1:9';
  expect(await result('coordinatorUrl', network.urls.coordinatorUrl)).toBe('ok');
  expect(await result('coordinatorUrl', nobody)).toBe('failed');
  expect(await result('ollamaUrl', network.urls.ollamaUrl)).toBe('ok');
  expect(await result('ollamaUrl', nobody)).toBe('failed');
  expect(await result('ollamaUrl', await serve('<html>a router</html>'))).toBe('failed');
  expect(await result('rpcUrl', await serve('{"jsonrpc":"2.0","id":1,"result":"0x1"}'))).toBe('ok');
  expect(await result('rpcUrl', await serve('{"jsonrpc":"2.0","id":1,"result":"0x89"}'))).toBe('failed');
  expect(await result('rpcUrl', nobody)).toBe('warning');
  for (const url of ['no address', 'ftp://127.0.0.1', 'http://example.com'])
    await expect(testAddress(context, store, { name: 'coordinatorUrl', url })).rejects.toMatchObject({
      code: 'setting-invalid',
    });
  await expect(
    testAddress(context, store, { name: 'ollamaUrl', url: 'https://ollama.com' }),
  ).rejects.toMatchObject({ code: 'setting-invalid' });
  expect(store.describe().filter(({ source }) => source === 'saved')).toEqual([]);
});
