import { connect, createServer, type Socket } from 'node:net';

/** A stretch of network between a node and a server, such as a router that forgets what it had connected. */
export interface ForgetfulLine {
  readonly url: string;
  /** From now on the connections made so far carry nothing more, and neither end hears of it. */
  forget(): void;
  stop(): Promise<void>;
}

export async function openForgetfulLine(target: string): Promise<ForgetfulLine> {
  const { hostname, port, pathname } = new URL(target);
  const sockets = new Set<Socket>();
  let lines: { forgotten: boolean }[] = [];
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    const line = { forgotten: false };
    lines.push(line);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => line.forgotten || to.write(chunk));
      from.on('error', () => undefined);
      from.on('close', () => {
        sockets.delete(from);
        if (!line.forgotten) to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}${pathname}`,
    forget() {
      for (const line of lines) line.forgotten = true;
      lines = [];
    },
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
