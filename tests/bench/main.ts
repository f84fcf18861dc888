/*
 * npm run bench: the budgets of the design, measured on this machine with the built command line in a process of its
 * own and the practice network around it. A figure over its budget is shown, never an error.
 */
import { existsSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createBench } from './bench.ts';
import { durableWriteMs, readLoad } from './machine.ts';
import { documentOf, type Outcome, tableOf } from './report.ts';
import { rows } from './rows.ts';

const usage =
  'bench: flags are --quick, --row N (1 to 11), --json and --cli PATH (another build to measure: a .mjs file, or the launcher of a package)';

function readFlags() {
  try {
    const { values } = parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        row: { type: 'string' },
        cli: { type: 'string', default: join(import.meta.dirname, '..', '..', 'dist', 'cli.mjs') },
      },
      strict: true,
    });
    const { row } = values;
    if (row !== undefined && !/^([1-9]|1[01])$/.test(row))
      throw new Error(`--row is a number from 1 to 11, not "${row}"`);
    if (!existsSync(values.cli)) throw new Error(`there is no ${values.cli}; npm run build makes it`);
    return { ...values, row: row === undefined ? null : Number(row) };
  } catch (error) {
    console.error(`${usage}. ${(error as Error).message.split('\n')[0]}`);
    process.exit(2);
  }
}

const flags = readFlags();
const interrupted = new AbortController();
const bench = createBench({ cli: flags.cli, quick: flags.quick, signal: interrupted.signal });
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => interrupted.abort(new Error('interrupted')));

const surroundings = {
  measuredAt: new Date().toISOString(),
  quick: flags.quick,
  node: process.version,
  system: `${process.platform} ${release()} ${process.arch}`,
  processors: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}`,
  loadBefore: readLoad(),
  durableWriteMs: durableWriteMs(tmpdir()),
};

const outcomes: Outcome[] = [];
for (const [index, { figure, official, measure }] of rows.entries()) {
  const row = index + 1;
  if (interrupted.signal.aborted || (flags.row !== null && flags.row !== row)) continue;
  const known = { row, figure, official };
  try {
    const measured = typeof measure === 'function' ? await measure(bench) : measure;
    outcomes.push(
      'notHere' in measured
        ? { ...known, kind: 'not measured here', reason: measured.notHere }
        : { ...known, kind: 'measured', ...measured },
    );
  } catch (error) {
    if (interrupted.signal.aborted) break;
    console.error(`row ${row} could not be measured:`, error);
    outcomes.push({
      ...known,
      kind: 'failed',
      reason: String((error as Error).message).split('\n')[0] ?? '',
    });
  }
}
await bench.end();
if (interrupted.signal.aborted) {
  console.error('bench: interrupted');
  process.exit(130);
}

if (flags.json) console.log(JSON.stringify(documentOf(outcomes, surroundings), null, 2));
else {
  const { processors, node, system, loadBefore, durableWriteMs: writeMs } = surroundings;
  console.log(`\n${system}, ${processors}, Node ${node}${flags.quick ? ', --quick: fewer rounds' : ''}`);
  console.log(
    `load average before: ${loadBefore}; a durable write of 4 KiB takes ${writeMs.toFixed(2)} ms (median)\n`,
  );
  console.log(tableOf(outcomes));
}
process.exitCode = outcomes.some(({ kind }) => kind === 'failed') ? 1 : 0;
