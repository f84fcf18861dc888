import { type ChildProcess, spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import { type Reason, said } from '../../../shared/reasons/reason-text.ts';
import type { Logger } from '../logging/logger.ts';
import { errorCode } from '../storage/system-fault.ts';
import type { Clock, Timer } from '../system/clock.ts';
import { killTool, toolEnvironment } from '../system/run-tool.ts';
import type { CardFigures } from './load.ts';
import { pciAddress } from './pci.ts';

const tool = 'nvidia-smi';
const fields = ['uuid', 'pci.bus_id', 'utilization.gpu', 'memory.used', 'temperature.gpu', 'power.draw'];
const mib = 1024 * 1024;

export interface NvidiaFigures {
  uuid: string | null;
  pciAddress: string | null;
  figures: CardFigures;
}

/**
 * One line of `nvidia-smi --format=csv,noheader,nounits` for uuid, pci.bus_id, utilization.gpu (%), memory.used (MiB),
 * temperature.gpu (°C), power.draw (W). Every spelling of "not available" is null. Null for a line that names no card:
 * in its loop the tool prints errors of the driver in between.
 */
export function parseNvidiaLoad(line: string): NvidiaFigures | null {
  const cells = line.split(',').map((cell) => cell.trim());
  const [id = '', bus = '', utilisation, used, temperature, power] = cells;
  if (cells.length !== fields.length) return null;
  const uuid = /^GPU-[0-9a-f-]{1,64}$/i.exec(id)?.[0] ?? null;
  const address = pciAddress(bus);
  if (uuid === null && address === null) return null;
  const percent = figure(utilisation);
  const usedMib = figure(used);
  return {
    uuid,
    pciAddress: address,
    figures: {
      utilisationPercent: percent !== null && percent <= 100 ? percent : null,
      vramUsedBytes: usedMib === null ? null : usedMib * mib,
      temperatureCelsius: figure(temperature),
      powerWatts: figure(power),
    },
  };
}

function figure(cell: string | undefined): number | null {
  return /^\d{1,9}(?:\.\d{1,6})?$/.test(cell ?? '') ? Number(cell) : null;
}

/** Reads live figures of all NVIDIA cards for as long as it is wanted. */
export interface NvidiaLoad {
  start(): void;
  /** Ends the program at once; nothing is reported afterwards. */
  stop(): void;
}

/** Initialising several cards takes this program seconds; one that says nothing for longer hangs. */
const silentMs = 10_000;
const restartMs = 30_000;
/**
 * Runs a program and waits for the end of the input, which comes when this process is gone, even killed: then the whole
 * process group goes, and also when the program ends by itself. A program that hangs would not notice otherwise.
 */
const leashed = '{ "$0" "$@"; kill -9 -$$; } & read -r _; kill -9 -$$';
/** Every line is far shorter; a program that prints without line ends is none that can be read. */
const longestLine = 4096;

/**
 * One program that goes on printing, because starting it again for every reading costs more than everything else: up to
 * seconds for each card whose driver is not kept loaded. [docs.nvidia.com/deploy/driver-persistence] It is killed when
 * it is no longer wanted, when it says nothing, and when this process is no more, however that ended. One that prints
 * nothing while it goes on is started again for every look after all.
 */
export function createNvidiaLoad(
  options: { env: NodeJS.ProcessEnv; intervalMs: number },
  modules: { clock: Clock; log: Logger; onFigures: (figures: NvidiaFigures) => void },
): NvidiaLoad {
  const { clock, log, onFigures } = modules;
  const env = toolEnvironment({ env: options.env });
  const { intervalMs } = options;
  const query = [`--query-gpu=${fields.join(',')}`, '--format=csv,noheader,nounits'];
  let wanted = false;
  /** The program goes on printing, as far as is known. */
  let goesOn = true;
  /** The program that runs has reported something. */
  let hasReported = false;
  let child: ChildProcess | null = null;
  let timer: Timer | null = null;
  let complained = false;

  function run(): void {
    hasReported = false;
    const args = goesOn ? [...query, '-lms', String(intervalMs)] : query;
    timer = clock.after(silentMs, () => giveUp(`no-answer-in(${silentMs})`));
    try {
      const started: ChildProcess = spawn('/bin/sh', ['-c', leashed, tool, ...args], {
        env,
        detached: true,
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      child = started;
      // What an earlier program still prints is ignored.
      const isCurrent = () => child === started;
      // Before anything that can throw: without descriptors left a child has no streams, and an unheard error ends the node.
      started.on(
        'error',
        (error: NodeJS.ErrnoException) => isCurrent() && giveUp(errorCode(error) ?? said(error.message)),
      );
      started.stdin?.on('error', () => {});
      readLines(
        started,
        (line) => isCurrent() && take(line),
        () => isCurrent() && giveUp('answer-not-understood'),
      );
      started.on('close', (code, signal) => {
        if (!isCurrent()) return;
        if (!goesOn && hasReported) retry();
        else giveUp(signal === null ? `exit-code(${code ?? 'none'})` : `signal(${signal})`);
      });
    } catch (error) {
      // Some failures to start are thrown instead of emitted.
      giveUp(said(error instanceof Error ? error.message : String(error)));
    }
  }

  function take(line: string): void {
    const found = parseNvidiaLoad(line);
    if (found === null) return;
    complained = false;
    hasReported = true;
    timer?.cancel();
    timer = clock.after(silentMs, () => giveUp(`no-answer-in(${silentMs})`));
    onFigures(found);
  }

  function retry(): void {
    end();
    timer = clock.after(intervalMs, run);
  }

  function giveUp(reason: Reason): void {
    if (goesOn && !hasReported) {
      goesOn = false;
      return retry();
    }
    end();
    if (!complained) log.warn('telemetry-failed', { tool, reason });
    complained = true;
    timer = clock.after(restartMs, run);
  }

  function end(): void {
    timer?.cancel();
    const ended = child;
    child = null;
    if (ended === null) return;
    killTool(ended);
    ended.stdin?.destroy();
  }

  return {
    start() {
      if (wanted) return;
      wanted = true;
      complained = false;
      run();
    },
    stop() {
      wanted = false;
      end();
    },
  };
}

function readLines(child: ChildProcess, onLine: (line: string) => void, onOverflow: () => void): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
    if (rest.length > longestLine) onOverflow();
  });
}
