import type { NodePhase } from '../../shared/contract/app.ts';
import { applyEvent, type Reported } from '../../shared/contract/changes.ts';
import type { DaemonEvent } from '../../shared/contract/messages.ts';
import type { Logger } from '../daemon/logging/logger.ts';
import type { NodeContext } from './context.ts';
import { type DaemonLink, linkIfRunning } from './daemon-link.ts';
import { phaseOfAttached, phaseOfFailure } from './node-phase.ts';

/** The one daemon that a host is linked to, and what it last reported. */
export interface HeldDaemon {
  /** Null while there is none. */
  readonly link: DaemonLink | null;
  readonly last: Reported | null;
  onEvent(listener: (event: DaemonEvent) => void): void;
  /** Holds it until it ends, which is a phase of its own. */
  hold(link: DaemonLink, phase: NodePhase): Promise<void>;
  /** Holds the one that another program runs; false where none runs. @throws NodeError `daemon-not-answering` */
  attach(): Promise<boolean>;
  /** Ends a hosted daemon within `limitMs`, lets go of an attached one. Resolves when it has ended. */
  release(limitMs: number): Promise<void>;
}

export function createHeldDaemon(
  context: NodeContext,
  modules: { enter: (phase: NodePhase) => void; log: Logger },
): HeldDaemon {
  const { clock } = context;
  const { enter, log } = modules;
  const listeners: ((event: DaemonEvent) => void)[] = [];
  let link: DaemonLink | null = null;
  let last: Reported | null = null;

  function onEvent(event: DaemonEvent): void {
    last = applyEvent(last, event);
    for (const listener of listeners) listener(event);
  }

  function over(ended: DaemonLink, next: NodePhase): void {
    if (link !== ended) return;
    link = null;
    last = null;
    enter(next);
  }

  async function hold(next: DaemonLink, phase: NodePhase): Promise<void> {
    link = next;
    void next.ended.then(
      () => over(next, { phase: 'stopped', sinceMs: clock.now() }),
      (error: unknown) => over(next, phaseOfFailure(error, { clock, log })),
    );
    if (next.compatible) await next.subscribe(onEvent);
    enter(phase);
  }

  return {
    get link() {
      return link;
    },
    get last() {
      return last;
    },
    onEvent: (listener) => void listeners.push(listener),
    hold,
    async attach() {
      const found = await linkIfRunning(context);
      if (found === null) return false;
      await hold(found, phaseOfAttached(found));
      return true;
    },
    async release(limitMs) {
      const { ended, close } = link ?? { ended: Promise.resolve(), close: async () => {} };
      await close(limitMs);
      await ended.catch(() => undefined);
    },
  };
}
