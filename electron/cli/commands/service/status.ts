import { isNodeError } from '../../../../shared/errors.ts';
import { connectToDaemon } from '../../../daemon/control/client.ts';
import type { ServiceState } from '../../../daemon/system/service-manager/service-manager.ts';
import { isLingering } from '../../../node/operations/service/plan.ts';
import { findServices, type InstalledService, stateOf } from '../../../node/operations/service/services.ts';
import { serviceSocket } from '../../../node/operations/service/socket.ts';
import type { Invocation } from '../../args/invocation.ts';
import { type ExitCode, exitCodeMeanings, exitCodes } from '../../exit-codes.ts';
import { facts, paragraph } from '../../terminal/layout.ts';
import { meantService, serviceContext } from './service.ts';

const activityText: Readonly<Record<ServiceState['activity'], string>> = {
  running: 'Running',
  starting: 'Starting',
  stopping: 'Finishing requests',
  restarting: 'Waiting to restart',
  stopped: 'Stopped',
  failed: 'Failed',
  unknown: 'Unknown',
};

const timeoutMs = 5000;

export async function runServiceStatus(invocation: Invocation): Promise<ExitCode> {
  const { flags, terminal } = invocation;
  const context = await serviceContext(invocation);
  const service = await meantService(invocation, context);
  const state = await stateOf(service);
  const node = await greetingOf(invocation, service);
  const others = (await findServices(context)).filter(({ file }) => file.path !== service.file.path);
  const lingering =
    service.manager.kind === 'systemd' && service.manager.scope === 'user' ? isLingering() : null;
  if (flags.json) await printJson(invocation, service, state, lingering, node?.label ?? null);
  else {
    const { manager, file } = service;
    const name = manager.label(file.name);
    terminal.out(`${terminal.bold(`● ${activityText[state.activity]}`)} · ${name}`);
    terminal.out();
    terminal.out(
      facts(terminal, [
        ['node', node === null ? 'not answering' : `${node.label}, node ${node.nodeId ?? '—'}`],
        ['process', state.pid === null ? '—' : String(state.pid)],
        ['restarts', state.restarts === null ? '—' : String(state.restarts)],
        ...(state.pid === null ? ([['last run', lastRunText(state)]] as const) : []),
        ['starts', startText(service, state, lingering)],
        ['runs as', file.user ?? 'you'],
        ['directory', file.stateDir],
        ['file', file.path],
        ...others.map((other) => ['also here', other.manager.label(other.file.name)] as const),
      ]),
    );
    if (lingering === false && state.enabled)
      terminal.out(
        `\n${paragraph(terminal, 'It stops when you sign out. To keep it running, run: parallelix-operator service install --linger')}`,
      );
  }
  return state.activity === 'running' ? exitCodes.done : exitCodes.noDaemon;
}

async function greetingOf({ clock }: Invocation, { manager, file }: InstalledService) {
  const { stateDir } = file;
  try {
    const client = await connectToDaemon(
      { socketPath: serviceSocket({ manager, file }), stateDir, timeoutMs },
      { clock },
    );
    client.close();
    return client.greeting;
  } catch (error) {
    if (!isNodeError(error)) throw error;
    return null;
  }
}

function startText(
  { manager }: InstalledService,
  { enabled }: ServiceState,
  lingering: boolean | null,
): string {
  if (!enabled) return 'not by itself';
  if (manager.scope === 'system' || lingering) return 'with the computer';
  return 'when you sign in';
}

function lastRunText({ exitCode, signal, hung }: ServiceState): string {
  if (hung) return 'it hung and was ended';
  if (signal !== null) return `ended by signal ${signal}`;
  if (exitCode === null) return '—';
  if (exitCode === 0) return 'stopped after finishing its work';
  const name = (Object.keys(exitCodes) as (keyof typeof exitCodes)[]).find(
    (one) => exitCodes[one] === exitCode,
  );
  return `exit code ${exitCode}${name === undefined ? '' : `: ${exitCodeMeanings[name]}`}`;
}

async function printJson(
  { terminal }: Invocation,
  { manager, file }: InstalledService,
  state: ServiceState,
  lingering: boolean | null,
  nodeState: string | null,
): Promise<void> {
  const { printDocument } = await import('../../documents/documents.ts');
  const { serviceStatusDocument } = await import('../../documents/service.ts');
  printDocument(terminal, serviceStatusDocument, {
    schemaVersion: 1,
    document: 'service-status',
    service: manager.label(file.name),
    scope: manager.scope,
    name: file.name,
    file: file.path,
    stateDir: file.stateDir,
    user: file.user,
    version: file.version,
    ...state,
    lingering,
    nodeState,
  });
}
