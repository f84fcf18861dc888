import { requireManager, stateOf } from '../../../node/operations/service/services.ts';
import type { Invocation } from '../../args/invocation.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { meantService, serviceContext } from './service.ts';

const texts = {
  start: 'is running. It earns with the first accepted heartbeat.',
  stop: 'is stopped. You won’t earn until it runs again.',
  restart: 'is running again.',
} as const;

/** `service start`, `stop` and `restart`: what is asked for already is done. */
export async function runControl(invocation: Invocation, verb: keyof typeof texts): Promise<ExitCode> {
  const { flags, terminal } = invocation;
  const service = await meantService(invocation, await serviceContext(invocation));
  const { manager, file } = service;
  await requireManager(manager);
  if (!flags.json && verb !== 'start') terminal.err('Finishing current requests …');
  await manager[verb](file.name);
  const { activity, pid } = await stateOf(service);
  if (flags.json) {
    const { printDocument } = await import('../../documents/documents.ts');
    const { serviceControlDocument } = await import('../../documents/service.ts');
    printDocument(terminal, serviceControlDocument, {
      schemaVersion: 1,
      document: 'service-control',
      service: manager.label(file.name),
      scope: manager.scope,
      action: verb,
      activity,
      pid,
    });
  } else terminal.out(`${manager.label(file.name)} ${texts[verb]}`);
  return exitCodes.done;
}
