/*
 * npm run bench: the budgets of the design, measured on this machine with the built command line in a process of its
 * own and the practice network around it. A figure over its budget is shown, never an error.
 */
import { existsSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Bench, createBench } from './bench.ts';
import { officialProgram, ourProgram } from './day/client.ts';
import { dayTable, runDay } from './day/day.ts';
import { durableWriteMs, readLoad } from './machine.ts';
import { documentOf, type Outcome, tableOf } from './report.ts';
import { type Row, rows } from './rows.ts';
import { shippedBuild } from './shipped.ts';

const usage =
  'bench: "day" runs a day of trouble; flags are --quick, --row N (1 to 12), --json and --cli PATH (a .mjs file, which runs on bare Node, or the launcher of a package); --row and --cli can be repeated';

const build = join(import.meta.dirname, '..', '..', 'dist', 'cli.mjs');

function readFlags() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        row: { type: 'string', multiple: true, default: [] },
        cli: { type: 'string', multiple: true, default: [] },
      },
      strict: true,
    });
    const wrong = values.row.find((row) => !/^([1-9]|1[0-2])$/.test(row));
    if (wrong !== undefined) throw new Error(`--row is a number from 1 to 12, not "${wrong}"`);
    const unknown = positionals.find((word) => word !== 'day');
    if (unknown !== undefined) throw new Error(`"${unknown}" is nothing that can be measured`);
    const missing = [...values.cli, build].find((file) => !existsSync(file));
    if (missing !== undefined) throw new Error(`there is no ${missing}; npm run build makes it`);
    return { ...values, rows: new Set(values.row.map(Number)), day: positionals.length > 0 };
  } catch (error) {
    console.error(`${usage}. ${(error as Error).message.split('\n')[0]}`);
    process.exit(2);
  }
}

const flags = readFlags();
const interrupted = new AbortController();
const shipped = shippedBuild(build);
const measured = flags.cli.length > 0 ? flags.cli : [shipped.launcher];
const benches = measured.map((cli) => createBench({ cli, quick: flags.quick, signal: interrupted.signal }));
/** What a line begins with where several are measured. */
const nameOf = (index: number) => (benches.length > 1 ? `${'ABCDEFGH'.charAt(index)} ` : '');
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => interrupted.abort(new Error('interrupted')));

if (flags.day) {
  const commands = measured.map((cli) => (cli.endsWith('.mjs') ? [process.execPath, cli] : [cli]));
  const { OFFICIAL_CLIENT: official } = process.env;
  const programs = [...commands.map(ourProgram), ...(official ? [officialProgram(official)] : [])];
  const [{ pause, say }] = benches as [Bench];
  // Side by side: each has a network of its own, and most of a day is waiting.
  const outcomes = await Promise.all(programs.map((program) => runDay(program, { pause, say })));
  shipped.remove();
  console.log(flags.json ? JSON.stringify(outcomes, null, 2) : dayTable(outcomes));
  if (!official && !flags.json)
    console.log('OFFICIAL_CLIENT names no file, so the official client has no column.');
  process.exit(0);
}

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
for (const [index, entry] of rows.entries()) {
  if (flags.rows.size > 0 && !flags.rows.has(index + 1)) continue;
  // One after the other within a row, so that they meet the same noise.
  for (const [which, bench] of benches.entries()) {
    if (interrupted.signal.aborted) break;
    const outcome = await measureRow(index + 1, entry, bench, nameOf(which));
    if (outcome) outcomes.push(outcome);
  }
}

async function measureRow(row: number, entry: Row, bench: Bench, name: string): Promise<Outcome | null> {
  const { measure, official } = entry;
  const known = { row, figure: name + entry.figure, official };
  try {
    const result = typeof measure === 'function' ? await measure(bench) : measure;
    if ('notHere' in result) return { ...known, kind: 'not measured here', reason: result.notHere };
    const lines = result.lines.map((line) => ({ ...line, figure: name + line.figure }));
    return { ...known, kind: 'measured', ...result, lines };
  } catch (error) {
    if (interrupted.signal.aborted) return null;
    console.error(`row ${row} could not be measured:`, error);
    const reason = String((error as Error).message).split('\n')[0] ?? '';
    return { ...known, kind: 'failed', reason };
  }
}

await Promise.all(benches.map((bench) => bench.end()));
shipped.remove();
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
  if (flags.cli.length === 0) console.log('The build, started by the launcher of the packages.\n');
  else for (const [index, cli] of flags.cli.entries()) console.log(`${nameOf(index)}${cli}`);
  console.log(tableOf(outcomes));
}
process.exitCode = outcomes.some(({ kind }) => kind === 'failed') ? 1 : 0;
