/*
 * A stand-in for the program `ollama`: `ollama serve` with the HTTP API of the stand-in, at the address and with the
 * folder of Ollama's own variables, its words and its exit codes. What it is to do wrong is in a file that
 * STAND_IN_FAULTS names, read at every start. Installed by `installed-program.ts`.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { type ProgramFaults, programFaultsSchema } from './program-faults.ts';
import { standInVersion, startOllamaStandIn } from './stand-in.ts';

const [command] = process.argv.slice(2);
const faults = readFaults();
const version = faults.version ?? standInVersion;

if (command === '--version' || command === '-v') {
  console.log(`ollama version is ${version}`);
  process.exit(0);
}
if (command !== 'serve') {
  console.error(`Error: unknown command "${command ?? ''}" for "ollama"`);
  process.exit(1);
}
await serve();

function readFaults(): ProgramFaults {
  const file = process.env.STAND_IN_FAULTS;
  return programFaultsSchema.parse(file === undefined ? {} : JSON.parse(readFileSync(file, 'utf8')));
}

async function serve(): Promise<void> {
  const listen = process.env.OLLAMA_HOST ?? '127.0.0.1:11434';
  const port = Number(listen.slice(listen.lastIndexOf(':') + 1));
  const told = Object.entries(process.env).filter(([name]) => /^OLLAMA_|_VISIBLE_DEVICES$/.test(name));
  console.error(`level=INFO msg="server config" env=${JSON.stringify(Object.fromEntries(told))}`);
  if (faults.crashAtStart !== null) {
    console.error('Error: stand-in: crash at start');
    process.exit(faults.crashAtStart);
  }
  if (faults.runnerPidFile !== null) startRunner(faults.runnerPidFile);
  if (faults.silent) {
    setInterval(() => undefined, 1_000_000);
  } else {
    const server = await startOllamaStandIn({ port, version }).catch((error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      console.error(`Error: listen tcp ${listen}: bind: ${taken ? 'address already in use' : error.code}`);
      process.exit(1);
    });
    console.error(`level=INFO msg="Listening on ${listen} (version ${version})"`);
    process.once('SIGTERM', () => {
      if (faults.ignoreSigterm) return;
      void server.stop().then(() => process.exit(0));
    });
  }
  process.on('SIGTERM', () => {
    if (faults.silent && !faults.ignoreSigterm) process.exit(0);
  });
  const { crashAfterMs } = faults;
  if (crashAfterMs !== null) {
    setTimeout(() => {
      console.error('panic: stand-in: crash on demand');
      process.exit(2);
    }, crashAfterMs);
  }
}

/** A process like the model runners of Ollama: a child in the group of its server, which knows nothing of us. */
function startRunner(pidFile: string): void {
  const runner = spawn(
    process.execPath,
    [
      ...['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1e6)'],
      ...[process.env.STAND_IN_PROGRAM ?? 'ollama', 'runner'],
    ],
    {
      stdio: 'ignore',
    },
  );
  writeFileSync(pidFile, String(runner.pid));
  process.once('exit', () => {
    if (!faults.leaveRunner) runner.kill('SIGKILL');
  });
}
