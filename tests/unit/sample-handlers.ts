import type { CommandHandlers } from '../../shared/contract/commands.ts';
import { sampleSnapshot } from './sample-snapshot.ts';

/** Handlers that give what the contract says, whatever they are asked. */
export function sampleHandlers(): CommandHandlers {
  return {
    snapshot: async () => sampleSnapshot(),
    pause: async ({ forMs }) => ({ sinceMs: 1, untilMs: forMs }),
    resume: async () => ({ wasPaused: false }),
    drain: async () => ({ limitMs: 30_000 }),
    'hardware.probe': async () => ({ tier: 2 }),
    'hardware.watch': async ({ forMs }) => ({ untilMs: forMs }),
    'hardware.acceptTierMismatch': async ({ accept }) => ({ accepted: accept }),
    'models.catalogue': async () => ({ recommended: 'llama3.2', models: [] }),
    'models.pull': async ({ large }) => ({ state: large ? 'queued' : 'needs-consent' }),
    'models.cancelPull': async () => ({ wasPulling: true }),
    'models.delete': async () => ({ freedBytes: null }),
    'models.setDefault': async ({ model }) => ({ defaultModel: model }),
    'models.test': async () => ({ started: true }),
    'models.cancelTest': async () => ({ wasRunning: false }),
    'ollama.start': async () => ({ condition: 'starting' }),
    'ollama.stop': async () => ({ condition: 'stopped' }),
    'ollama.install': async () => ({ version: '0.9.0' }),
    'requests.recent': async () => ({ requests: [], more: false }),
    'ollama.cancelInstall': async () => ({ wasInstalling: false }),
  };
}
