import { isNodeError, NodeError } from '../../shared/errors.ts';
import { describeError, printable } from '../../shared/texts/error-text.ts';
import { isDiskFault, strayFileError } from '../daemon/storage/system-fault.ts';
import type { ErrorDocument } from './documents/documents.ts';
import { type ExitCode, exitCodeOfError, exitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal/terminal.ts';

export interface FaultOptions {
  terminal: Terminal;
  /** Add the stack. */
  debug: boolean;
}

const listeners: ((error: unknown) => void)[] = [];

/** Called once before the program ends because of an error that nobody caught. */
export function onFault(listener: (error: unknown) => void): void {
  listeners.push(listener);
}

/** An error that nobody caught ends the program: half a node would seem alive and earn nothing. */
export function watchForFaults(options: FaultOptions): void {
  const end = (error: unknown) => {
    for (const listener of listeners.splice(0)) {
      try {
        listener(error);
      } catch {
        // The first error is the one to report.
      }
    }
    failWith(
      error instanceof NodeError ? new NodeError('internal-error', {}, { cause: error }) : error,
      options,
    );
    process.exit(exitCodes.internal);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}

/** Prints an error on one line of stderr, as a document too when asked, and gives its exit code. */
export function failWith(
  error: unknown,
  options: FaultOptions & {
    json?: boolean;
    /** A service manager started it, and tries again after a code that isn't final. */
    service?: boolean;
  },
): ExitCode {
  const { terminal, debug, json = false, service = false } = options;
  // An error of the system that nobody gave a place to is no fault of ours either.
  const known =
    (isNodeError(error) ? error : strayFileError(error)) ??
    new NodeError('internal-error', {}, { cause: error });
  // A disk that is full or read-only passes: a node that its service then gives up would stay offline for good.
  const exitCode = service && isDiskFault(known) ? exitCodes.failed : exitCodeOfError(known);
  const message = describeError(known);
  if (json) {
    const { code: name, details } = known;
    const errorDocument: ErrorDocument = {
      schemaVersion: 1,
      document: 'error',
      error: { code: name, message, details: { ...details } },
      exitCode,
    };
    terminal.out(JSON.stringify(errorDocument));
  }
  terminal.err(`parallelix-operator: ${message}`);
  if (debug) terminal.err(stackOf(known));
  return exitCode;
}

function stackOf(error: Error): string {
  const lines: string[] = [];
  for (let next: unknown = error; next instanceof Error && lines.length < 200; next = next.cause) {
    lines.push(...(next.stack ?? String(next)).split('\n').map((line) => `  ${printable(line, 400)}`));
  }
  return lines.join('\n');
}
