import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

export interface Anvil {
  readonly rpcUrl: string;
  readonly port: number;
  /** Resolves when the process is gone. */
  stop(): Promise<void>;
}

export interface AnvilOptions {
  /** Default: a free one. */
  port?: number | undefined;
  chainId: number;
  /** Seconds between blocks besides those that transactions cause. Default: none. */
  blockTimeS?: number | undefined;
}

/**
 * Says anvil's pid, then stays between us and anvil: when our end of its stdin closes, however we died, anvil is ended.
 * The reader must not keep the shell alive once anvil has gone by itself, hence the two jobs.
 */
const supervisor =
  'exec 3<&0; "$@" </dev/null 3<&- & child=$!; echo "pid $child"; { read -r _ <&3; kill $child 2>/dev/null; } & exec 3<&-; wait $child';

const startLimitMs = 60_000;
const stopLimitMs = 3_000;

/** Starts a real EVM on loopback. */
export async function startAnvil(options: AnvilOptions): Promise<Anvil> {
  const flags = ['--host', '127.0.0.1', '--port', String(options.port ?? 0)];
  flags.push('--chain-id', String(options.chainId), '--accounts', '1', '--auto-impersonate', '--no-cors');
  if (options.blockTimeS) flags.push('--block-time', String(options.blockTimeS), '--mixed-mining');
  const child = spawn('/bin/sh', ['-c', supervisor, 'anvil-supervisor', anvilBinary(), ...flags], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  // The supervisor's reader lives until this closes, also when anvil ended first.
  void exited.then(() => child.stdin.destroy());
  child.stdin.on('error', () => undefined);

  let pid: number | null = null;
  const port = await listeningPort(child, exited, (said) => {
    pid = said;
  });
  return {
    rpcUrl: `http://127.0.0.1:${port}`,
    port,
    async stop() {
      child.stdin.end();
      const stubborn = setTimeout(() => pid !== null && process.kill(pid, 'SIGKILL'), stopLimitMs);
      await exited;
      clearTimeout(stubborn);
    },
  };
}

/** Anvil comes as one package per platform. */
function anvilBinary(): string {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const require = createRequire(import.meta.url);
  const manifest = `@foundry-rs/anvil-${process.platform}-${arch}/package.json`;
  try {
    return join(dirname(require.resolve(manifest)), 'bin', 'anvil');
  } catch {
    throw new Error(`practice network: no anvil for ${process.platform} ${process.arch}; run npm ci`);
  }
}

async function listeningPort(
  child: ChildProcess,
  exited: Promise<void>,
  hearPid: (pid: number) => void,
): Promise<number> {
  let said = '';
  child.stderr?.on('data', (data: Buffer) => {
    said = (said + data.toString()).slice(-2000);
  });
  const { stdout } = child;
  if (!stdout) throw new Error('practice network: anvil has no output');
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      child.stdin?.end();
      reject(new Error(`practice network: anvil ${why}. ${said.trim()}`));
    };
    const limit = setTimeout(() => fail(`did not start within ${startLimitMs} ms`), startLimitMs);
    createInterface({ input: stdout }).on('line', (line) => {
      const pid = /^pid (\d+)$/.exec(line)?.[1];
      if (pid !== undefined) hearPid(Number(pid));
      const port = /^Listening on 127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      if (port === undefined) return;
      clearTimeout(limit);
      resolve(Number(port));
    });
    void exited.then(() => {
      clearTimeout(limit);
      fail('ended before it listened');
    });
  });
}
