import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createServiceNotifier } from '../../../../../electron/daemon/system/service-manager/notify.ts';
import { createSimulatedClock } from '../../../../fixtures/simulated-clock.ts';
import { temporaryFolder } from '../../../../fixtures/storage/sandbox.ts';

/** In place of `systemd-notify`: writes down what it is told. */
async function listener() {
  const folder = await temporaryFolder();
  const file = join(folder, 'told');
  const helper = join(folder, 'systemd-notify');
  writeFileSync(helper, `#!/bin/sh\necho "$NOTIFY_SOCKET $*" >> '${file}'\n`);
  chmodSync(helper, 0o755);
  return {
    env: {
      PATH: `${folder}:/usr/bin:/bin`,
      NOTIFY_SOCKET: '/run/x',
      WATCHDOG_USEC: '60000000',
      WATCHDOG_PID: '1',
    },
    told: () => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []),
  };
}

it('says nothing where no service manager listens', () => {
  const clock = createSimulatedClock();
  expect(createServiceNotifier({ env: { PATH: '/bin' } }, { isAlive: () => true, clock })).toBeNull();
});

it('reports that the node is ready, that it lives while its heartbeat goes round, and that it ends', async () => {
  const { env, told } = await listener();
  let alive = true;
  const clock = createSimulatedClock();
  const notifier = createServiceNotifier({ env }, { isAlive: () => alive, clock });
  // What the node starts must not speak for it.
  expect(env).toEqual({ PATH: env.PATH });
  await notifier?.ready();
  await expect.poll(told).toEqual(['/run/x READY=1', '/run/x WATCHDOG=1']);
  alive = false;
  await clock.advance(60_000);
  expect(told()).toHaveLength(2);
  await notifier?.stopping(10_000);
  expect(told().at(-1)).toBe('/run/x STOPPING=1 EXTEND_TIMEOUT_USEC=40000000');
  await notifier?.stop();
});
