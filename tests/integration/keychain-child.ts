import { createInterface } from 'node:readline';
import { systemClock } from '../../electron/daemon/clock.ts';
import { createKeychainStore } from '../../electron/daemon/identity/keychain/store.ts';
import { isNodeError } from '../../shared/errors.ts';

// A process of its own with a keychain store. A key comes in on standard input, one line each: hash and key;
// `ready` is said before the first, and the end of each addition after it.
const store = createKeychainStore({ platform: process.platform, env: process.env }, { clock: systemClock });
console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const [nodeKeyHash = '', privateKey = ''] = line.split(' ');
  try {
    await store.add(nodeKeyHash, privateKey);
    console.log('added');
  } catch (error) {
    console.log(isNodeError(error) ? error.code : String(error));
  }
}
