/** The line to the test that started this host: it has functions run here, and is told what happens. */

type Work = (electron: object, arg: unknown) => unknown;

export function tell(message: { kind: string; [key: string]: unknown }): void {
  process.send?.(message);
}

/** Runs what the test sends, with the `electron` that the app has. */
export function serveControl(electron: object): void {
  process.on('message', (message: { id: number; source: string; arg: unknown }) => {
    const answer = async () => {
      const work = new Function(`return (${message.source})`)() as Work;
      return work(electron, message.arg);
    };
    answer().then(
      (value) => tell({ kind: 'answer', id: message.id, value }),
      (error) => tell({ kind: 'answer', id: message.id, error: String(error?.stack ?? error) }),
    );
  });
  // A test that has died must not leave a Chromium behind.
  process.on('disconnect', () => process.exit(1));
}
