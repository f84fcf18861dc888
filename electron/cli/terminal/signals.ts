/** Signals that ask a program to end. */
export type EndingSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/**
 * The rule of hang-ups, for every command: they count only where there is a terminal to lose. What was started with
 * `nohup`, or has its output in a file or a pipe, goes on; a reader that goes away is noticed when something is printed.
 */
const hasTerminalToLose = (): boolean => process.stdout.isTTY === true;

/** The signals by which this command is asked to end. */
export function endingSignals(): readonly EndingSignal[] {
  return hasTerminalToLose() ? ['SIGINT', 'SIGTERM', 'SIGHUP'] : ['SIGINT', 'SIGTERM'];
}

/** Node takes back the ignoring of signals that `nohup` hands down, so that has to be done again, first of all. */
export function keepThroughHangUp(): void {
  if (!hasTerminalToLose()) process.on('SIGHUP', () => {});
}

/**
 * Calls back when the command is asked to end; the second time the process ends at once, as it would without this.
 * Returns how to take that back.
 *
 * @param options `except`: signals that mean nothing to this command: then they end it at once. `stays`: also the second
 *   time and later, for what has to be taken back in good order
 */
export function onInterrupt(
  run: () => void,
  { except = [], stays = false }: { except?: readonly EndingSignal[]; stays?: boolean } = {},
): () => void {
  const signals = endingSignals().filter((signal) => !except.includes(signal));
  const stop = () => {
    for (const signal of signals) process.off(signal, once);
  };
  const once = () => {
    if (!stays) stop();
    run();
  };
  for (const signal of signals) process.on(signal, once);
  return stop;
}
