import { readFile } from 'node:fs/promises';
import { NodeError } from '../../../../shared/errors.ts';
import type { Reason } from '../../../../shared/reasons/reason-text.ts';
import type { RunTool } from '../../../daemon/system/run-tool.ts';
import { faultOf } from '../../../daemon/system/service-manager/tool-fault.ts';

/** The service that keeps a node running: it starts `current` again, so an update need only switch and restart. */
export interface NodeService {
  readonly name: string;
  /** @throws NodeError `update-service-failed` */
  start(): Promise<void>;
  /** That it fell over since it was started; null while nothing says so. */
  fault(): Promise<Reason | null>;
  /** Ends what runs, however it is, and starts it. @throws NodeError `update-service-failed` */
  restart(): Promise<void>;
}

/** The service whose main process is `pid`; null: nobody would start that node again. */
export type FindService = (pid: number) => Promise<NodeService | null>;

const startMs = 60_000;
const pollMs = 5000;

/**
 * Searches for a systemd unit by the control group of the process, and believes it only when systemd names the same main
 * process: a node that was started from a terminal is in some group as well.
 */
export function createServiceFinder(modules: { runTool: RunTool }): FindService {
  const { runTool } = modules;
  return async (pid) => {
    const unit = await unitOf(pid);
    if (unit === null) return null;
    const { name, scope } = unit;
    const show = ['show', '--property=MainPID', '--value', name];
    const outcome = await runTool('systemctl', [...scope, ...show], { timeoutMs: pollMs });
    if (outcome.kind !== 'ran' || Number(outcome.stdout.trim()) !== pid) return null;
    return serviceOf(name, scope, runTool);
  };
}

/** The service of a name as it was recorded: `user:NAME` or `system:NAME`. */
export function serviceNamed(recorded: string, modules: { runTool: RunTool }): NodeService {
  const [manager, ...rest] = recorded.split(':');
  return serviceOf(rest.join(':'), manager === 'user' ? ['--user'] : [], modules.runTool);
}

function serviceOf(name: string, scope: readonly string[], runTool: RunTool): NodeService {
  const systemctl = async (...args: string[]) => {
    const outcome = await runTool('systemctl', [...scope, '--no-ask-password', ...args, name], {
      timeoutMs: startMs,
    });
    const reason = faultOf(outcome);
    if (reason !== null) throw new NodeError('update-service-failed', { name, reason });
  };
  // A new version that fell over a few times leaves a limit behind that would refuse the old one too.
  const forget = () => systemctl('reset-failed').catch(() => undefined);
  return {
    name: `${scope.length > 0 ? 'user' : 'system'}:${name}`,
    async fault() {
      const properties = '--property=ActiveState,SubState,NRestarts';
      const outcome = await runTool('systemctl', [...scope, 'show', properties, name], { timeoutMs: pollMs });
      if (outcome.kind !== 'ran') return null;
      const fell = /^(ActiveState=failed|SubState=auto-restart|NRestarts=[1-9]\d*)$/m.test(outcome.stdout);
      return fell ? 'see-its-log' : null;
    },
    async start() {
      await forget();
      // Whether it serves is judged by its heartbeats, not by how long the manager waits for it.
      await systemctl('start', '--no-block');
    },
    async restart() {
      // What does not serve, or hangs, has nothing that a drain could save. Only the main process: its
      // Ollama is ended in order.
      await systemctl('kill', '--kill-who=main', '--signal=SIGKILL').catch(() => undefined);
      await systemctl('stop').catch(() => undefined);
      await forget();
      await systemctl('start', '--no-block');
    },
  };
}

async function unitOf(pid: number): Promise<{ name: string; scope: readonly string[] } | null> {
  const text = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
  const path = /^0::(.*)$/m.exec(text)?.[1] ?? '';
  const name = path.split('/').findLast((part) => part.endsWith('.service'));
  if (name === undefined || /^user@\d+\.service$/.test(name)) return null;
  return { name, scope: /\/user@\d+\.service\//.test(path) ? ['--user'] : [] };
}
