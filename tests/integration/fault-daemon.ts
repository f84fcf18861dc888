import { isNodeError } from '../../shared/errors.ts';
import { type FaultHostOptions, hostHere } from './fault-host.ts';
import { type DeathStepName, deathSteps, dieAt } from './fault-steps.ts';

/**
 * The real daemon in a process of its own, for tests that kill it. Its log goes to stdout too. SIGTERM drains it;
 * a refusal to start goes to stderr as one JSON line, with exit code 1.
 */
export interface FaultDaemonOptions extends FaultHostOptions {
  dieAt?: DeathStepName | undefined;
}

const options = JSON.parse(process.argv[2] ?? '') as FaultDaemonOptions;
if (options.dieAt) dieAt(deathSteps[options.dieAt]);
// Also one that comes while the daemon starts.
const terminated = new Promise<void>((resolve) => process.once('SIGTERM', () => resolve()));
try {
  const { host, settings } = await hostHere(options, {
    sink: (entry) => process.stdout.write(`${JSON.stringify(entry)}\n`),
  });
  void terminated.then(() => host.daemon.drain(settings.timing.drainMs));
  await host.ended;
} catch (error) {
  const refusal = isNodeError(error)
    ? { code: error.code, details: error.details }
    : { code: 'unknown', details: String(error) };
  process.stderr.write(`${JSON.stringify(refusal)}\n`);
  process.exitCode = 1;
}
