import { registerHooks } from 'node:module';

/** Loaded with `node --import`: whoever imports `electron` afterwards gets the test host. */
const host = new URL('./electron.ts', import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === 'electron' || specifier === 'electron/main') return { url: host, shortCircuit: true };
    return next(specifier, context);
  },
});
