import './node-version.ts';
import './small-memory.ts';
import '../node/no-debugger.ts';
import { isNodeError } from '../../shared/errors.ts';
import { homeDirectory } from '../daemon/system/account.ts';
import { systemClock } from '../daemon/system/clock.ts';
import { productVersion } from '../node/product-version.ts';
import type { Invocation } from './args/invocation.ts';
import { type ParsedArguments, parseArguments } from './arguments.ts';
import { commandNamed } from './commands.ts';
import { type ExitCode, exitCodeUnder } from './exit-codes.ts';
import { failWith, watchForFaults } from './faults.ts';
import { keepThroughHangUp } from './terminal/signals.ts';
import { createTerminal } from './terminal/terminal.ts';

keepThroughHangUp();
const exitCode = await main(process.argv.slice(2));
await Promise.all([process.stdout, process.stderr].map(written));
process.exit(exitCodeUnder(process.env.PARALLELIX_SERVICE_MANAGER, exitCode));

/** Pipes are not written at once everywhere; a reader that has stopped reading is not waited for long. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 1000).unref();
    stream.write('', () => resolve());
  });
}

async function main(args: readonly string[]): Promise<ExitCode> {
  const { env, platform } = process;
  const plainly = (name: string) => args.includes(name);
  // Known before anything is understood: a command line that is wrong is explained in the same way.
  const [debug, json] = [plainly('--debug'), plainly('--json')];
  const terminal = createTerminal({ env, platform, plain: plainly('--plain'), json });
  watchForFaults({ terminal, debug });
  let parsed: ParsedArguments;
  try {
    parsed = parseArguments(args);
    const help = parsed.flags.help && parsed.command !== 'help';
    const invocation: Invocation = {
      operands: help ? [parsed.command] : parsed.operands,
      flags: parsed.flags,
      env,
      homeDir: homeDirectory(),
      platform,
      version: productVersion(),
      terminal,
      clock: systemClock,
    };
    const run = await commandNamed(help ? 'help' : parsed.command).load();
    return await run(invocation);
  } catch (error) {
    // A flag that is wrong makes no document: whoever wrote the command line reads stderr.
    return failWith(error, {
      terminal,
      debug,
      service: plainly('start') && plainly('--wait'),
      json: json && !isNodeError(error, 'usage') && !isNodeError(error, 'wallet-phrase'),
    });
  }
}
